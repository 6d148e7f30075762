"""Metric 6, worked out by hand. Today is 23 November 2026: 90 days ago 25 August, 180 days 27 May, 365 days 23 November 2025."""

from datetime import date

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.db import transaction
from portal.hiring.models import Hire, Leaving, Review
from tests.analytics.histories import NOW, campaigns

YEARS = Filters(date(2025, 1, 1), date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _today():
    with clock.standing_at(NOW):
        yield


def hire(starts_on, campaign=None, *, left_on=None, source=None, reviews=(), **columns):
    """Reviews are (day, rating, ramp-up, satisfaction, employed)."""
    begins = date.fromisoformat(starts_on) if starts_on else None
    left = {"left_on": date.fromisoformat(left_on), "leaving": Leaving.RESIGNED} if left_on else {}
    row = {"campaign_id": campaign, "role": "Engineer", "accepted_on": begins or date(2026, 1, 1), "created_at": NOW}
    with transaction() as session:
        made = Hire(**row | left | {"starts_on": begins, "source_id": source.id if source else None} | columns)
        session.add(made)
        session.flush()
        for day, rating, ramp_up, satisfaction, employed in reviews:
            answers = {"rating": rating, "ramp_up": ramp_up, "satisfaction": satisfaction, "employed": employed}
            name = f"{made.id}.{day}"
            session.add(Review(hire_id=made.id, day=day, nonce=name, token_hash=name, answered_at=NOW, **answers))


def share(rate):
    return rate.hits, rate.of


def test_the_score_is_the_mean_of_what_is_known_of_each(make):
    """Two with marks, three of whom only employment is known.

    First (Oct 2025): ratings 5, 3, 4 (100, 50, 75), ramp-up 4 then 5 (the latest: 100), satisfaction 3 (50), employed: 475/6.
    Second (since June 2026): rating 3 (50), no ramp-up, satisfaction 1 (0), left in October (0): 50/3. Third to fifth: 100 each.
    """
    [a] = campaigns(make, 1)
    hire("2025-10-01", a, reviews=[(90, 5, 4, 3, True), (180, 3, 5, None, True), (365, 4, None, None, None)])
    hire("2026-06-01", a, left_on="2026-10-01", reviews=[(90, 3, None, 1, True)])
    for _ in range(3):
        hire("2026-08-25", a)
    hire("2026-08-26", a, reviews=[(90, 1, 1, 1, False)])  # 89 days: not seasoned
    hire(None, a)
    hire("2026-01-01", a, withdrawn_at=NOW)
    ours = queries.quality_of_hire(YEARS).ours
    assert (ours.hires, ours.seasoned) == (7, 5)
    assert ours.score == pytest.approx((475 / 6 + 50 / 3 + 300) / 5)
    # The means lie 0, -62.5 and three times 20.8 from it: a standard error of 16.14, times Student's 2.776; none above 100.
    assert (ours.low, ours.high) == (pytest.approx(79.17 - 44.8, abs=0.2), 100)
    # Due: 6 for the first, 4 each for the others (no rating of later days yet).
    assert share(ours.completeness) == (6 + 3 + 3, 6 + 4 * 4)
    assert ours.indicators["employed"] == 80
    assert {name for name, mean in ours.indicators.items() if mean is not None} == {"employed"}  # the others are of two persons


def test_below_five_seasoned_hires_nothing_but_their_number_is_told(make):
    [a] = campaigns(make, 1)
    for _ in range(4):
        hire("2026-01-01", a, reviews=[(90, 5, 5, 5, True)])
    ours = queries.quality_of_hire(YEARS).ours
    assert (ours.hires, ours.seasoned, ours.score, share(ours.completeness)) == (4, 4, None, (0, 0))
    assert set(ours.indicators.values()) == {None}
    assert {share(rate) for rate in ours.retention.values()} == {(0, 0)}


def test_retention_counts_who_was_there_on_the_day(make):
    """Six since 1 May 2026 (206 days): one left on day 89, one on 90, one on 179, of one a manager said so at 180."""
    [a] = campaigns(make, 1)
    for left_on in ("2026-07-29", "2026-07-30", "2026-10-27", None, None):
        hire("2026-05-01", a, left_on=left_on)
    hire("2026-05-01", a, reviews=[(90, None, None, None, True), (180, None, None, None, False)])
    ours = queries.quality_of_hire(YEARS).ours
    assert {day: share(rate) for day, rate in ours.retention.items()} == {90: (5, 6), 180: (2, 6), 365: (0, 0)}
    assert ours.indicators["employed"] == pytest.approx(100 * 2 / 6)


def test_hires_of_our_campaigns_stand_against_all_others_and_by_source(make):
    a, b = campaigns(make, 2)
    talks, agency = make.source("Talks"), make.source("Agency")
    for number in range(5):
        hire("2026-01-05", a if number else b, source=talks, reviews=[(90, 5, 5, 5, True)])
        hire("2026-01-05", source=agency, reviews=[(90, 3, 3, 3, True)])
    found = queries.quality_of_hire(YEARS)
    assert (found.ours.score, found.others.score) == (100, pytest.approx((50 + 50 + 50 + 100) / 4))
    assert [(row.label, row.hires, row.score) for row in found.by_month if row.hires] == [("2026-01", 5, 100)]
    assert len(found.by_month) == 23
    assert [(row.label, row.score) for row in found.by_source] == [("Talks", 100), ("Agency", 62.5)]
    assert found.ours.indicators["rating_90"] == 100
    only_a = queries.quality_of_hire(Filters(YEARS.since, YEARS.until, campaign_id=a))
    assert (only_a.ours.seasoned, only_a.ours.score, only_a.others.score) == (4, None, 62.5)
    assert queries.quality_of_hire(Filters(date(2026, 2, 1), YEARS.until)).others.hires == 0
