"""When those of which month answered; the columns end after 1, 3, 7, 14 and 30 days."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.timeline.models import Kind
from tests.analytics.histories import DAY, NOW, at, write

AUTUMN = Filters(date(2026, 9, 1), date(2026, 11, 23))
OUT, SAID = Kind.OUTREACH_DELIVERED, Kind.RESPONDED


@pytest.fixture
def months(make):
    """Eight people of September, nobody of October, two of November (twelve and two days ago)."""
    first = at("2026-09-01")
    second = timedelta(seconds=1)
    for after in (0 * DAY, 1 * DAY, 1 * DAY + second, 7 * DAY, 14 * DAY + second, 30 * DAY, 30 * DAY + second, None):
        write(make.person().id, (first, OUT), *([(first + after, SAID)] if after is not None else []))
    write(make.person().id, (NOW - 12 * DAY, OUT), (NOW - 10 * DAY, SAID), (NOW - 9 * DAY, SAID))
    write(make.person().id, (NOW - 2 * DAY, OUT))
    with clock.standing_at(NOW):
        yield queries.heat(AUTUMN)


def test_a_first_answer_falls_in_one_column_and_a_row_adds_up_to_its_response_rate(months):
    september = months[0]
    assert (september.label, september.people, september.shares) == ("2026-09", 8, (2 / 8, 1 / 8, 1 / 8, 0, 2 / 8))
    with clock.standing_at(NOW):
        cohort = queries.response_rate(AUTUMN).by_month[0]
    assert sum(september.shares) == cohort.responded.value


def test_what_cannot_be_known_yet_is_none_and_what_can_still_rise_is_marked(months):
    september, _october, november = months
    # The elder is in the fourth column (8 to 14 days), the younger in the second: only the first is over for both.
    assert (november.people, november.shares) == (2, (0, 1 / 2, 0, 0, None))
    assert (november.complete, november.immature) == (1, True)
    assert (september.complete, september.immature) == (5, False)


def test_an_empty_month_is_empty(months):
    october = months[1]
    assert (october.label, october.people, october.shares, october.immature) == ("2026-10", 0, (None,) * 5, False)
