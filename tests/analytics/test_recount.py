"""Whatever happened to people, the database counts the same as a slow recount in plain Python."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.analytics.queries.periods import months, span
from portal.db import transaction
from portal.timeline.models import Kind, Touchpoint
from tests.analytics import recount
from tests.analytics.histories import NOW, at, campaigns, write

KINDS = [
    Kind.OUTREACH_DELIVERED,
    Kind.MAIL_DELIVERED,
    Kind.BOUNCED,
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
    Kind.FEEDBACK_GIVEN,
    Kind.ASKED,
    Kind.REFERRED,
    Kind.ATTENDED,
    Kind.UNSUBSCRIBED,
    Kind.RESUBSCRIBED,
    Kind.MOVED,
]
BEGIN = at("2025-01-01 00:00")
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: Kind
    campaign: int | None
    answer: str


# Days fall on each other often, and windows of 30, 180 and 365 days are hit exactly.
DAYS = st.one_of(st.integers(0, 690), st.sampled_from([0, 30, 180, 210, 365, 395, 396, 545, 575, 690]))
EVENT = st.tuples(DAYS, st.sampled_from(KINDS), st.sampled_from([None, 1, 2]), st.sampled_from(["interested", "not now", "no"]))
FIXTURES = [HealthCheck.function_scoped_fixture]  # every example empties the timeline itself
HISTORY = st.lists(EVENT, max_size=8)


@pytest.fixture
def crowd(make):
    """Four people and two campaigns, used again by every example."""
    campaigns(make, 2)
    return [make.person(f"Person {number}") for number in range(4)]


def tell(crowd, drawn):
    """Write the drawn histories in the place of the last ones; returns them as events in order."""
    with transaction() as session:
        session.execute(sa.delete(Touchpoint))
    histories = []
    for person, events in zip(crowd, drawn, strict=True):
        rows = [Event(BEGIN + timedelta(days=day), kind, campaign, answer) for day, kind, campaign, answer in events]
        rows.sort(key=lambda event: event.at)
        write(person.id, *((row.at, row.kind, row.campaign, row.answer) for row in rows))
        histories.append(rows)
    return histories


@settings(max_examples=30, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=FIXTURES)
@given(drawn=st.lists(HISTORY, min_size=4, max_size=4), left=st.lists(st.none() | DAYS, min_size=4, max_size=4))
def test_every_history_is_counted_the_same(crowd, drawn, left):
    histories = tell(crowd, drawn)
    unsubscribed = [None if day is None else BEGIN + timedelta(days=day) for day in left]
    with transaction():
        for person, moment in zip(crowd, unsubscribed, strict=True):
            person.unsubscribed_at = moment
    with clock.standing_at(NOW):
        _compare_response(histories)
        _compare_engagement(histories, unsubscribed)
        _compare_pool(histories)


def _compare_response(histories):
    report = queries.response_rate(YEAR)
    counted = {row.campaign_id: _cohort(row) for row in report.by_campaign if row.campaign_id}
    whole = span(YEAR)
    told = {number: recount.response(histories, whole.start, whole.end, number) for number in (1, 2)}
    assert _cohort(report.total) == recount.response(histories, whole.start, whole.end)
    assert counted == {number: sums for number, sums in told.items() if sums[2]}
    by_month = [recount.response(histories, part.start, part.end) for part in months(YEAR)]
    assert [_cohort(row) for row in report.by_month] == by_month


def _cohort(row):
    return row.responded.hits, row.interested.hits, row.responded.of


def _compare_engagement(histories, unsubscribed):
    report = queries.engagement(YEAR)
    whole = span(YEAR)
    total = report.total.engaged
    assert (total.hits, total.of) == recount.engagement(histories, whole.start, whole.end, unsubscribed)
    by_month = [recount.engagement(histories, part.start, part.end, unsubscribed) for part in months(YEAR)]
    assert [(row.engaged.hits, row.engaged.of) for row in report.by_month] == by_month
    for row in report.by_campaign:
        told = recount.engagement(histories, whole.start, whole.end, unsubscribed, row.campaign_id)
        assert (row.engaged.hits, row.engaged.of) == told


def _compare_pool(histories):
    rows = [(row.start, row.joined, row.reactivated, row.left, row.end) for row in queries.pool_growth(YEAR)]
    ends = [min(part.end, NOW) for part in months(YEAR)]
    starts = [months(YEAR)[0].start, *ends[:-1]]
    assert rows == [recount.pool(histories, start, end) for start, end in zip(starts, ends, strict=True)]
    for before, after in itertools.pairwise(rows):
        assert before[4] == after[0]
