"""Whatever managers say of hires, the database makes the same of it as a slow recount in plain Python."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.db import transaction
from portal.hiring.models import Hire, Leaving, Review
from tests.analytics.histories import NOW, ground
from tests.analytics.histories.telling import forget
from tests.analytics.recount.quality import DAYS, Said, Worked, quality

TODAY = date(2026, 11, 23)
YEARS = Filters(date(2025, 1, 1), TODAY)
MARK = st.none() | st.integers(1, 5)
# First days just before and after the days of a review; a last day is the day of one, or the day before.
AGES = st.sampled_from([None, 0, 89, 90, 91, 180, 181, 365, 400])
STAYS = st.none() | st.none() | st.sampled_from([0, 89, 90, 179, 180, 364, 365])
GONE = st.sampled_from([None, None, True, True, False])


@st.composite
def worked(draw):
    """A hire; managers are asked about days that came, and once gone nobody is there again."""
    age, stay = draw(AGES), draw(STAYS)
    starts = None if age is None else TODAY - timedelta(days=age)
    left = starts + timedelta(days=stay) if starts and stay is not None and stay <= age else None
    reviewed = [day for day in DAYS if age is not None and day <= age and (left is None or starts + timedelta(days=day) <= left)]
    said, gone = [], False
    for day in draw(st.lists(st.sampled_from(reviewed), unique=True).map(sorted)) if reviewed else []:
        employed = None if left else False if gone else draw(GONE)
        gone = employed is False
        said.append(Said(day, draw(MARK), draw(MARK), draw(MARK), employed))
    accepted = starts or date(2026, 5, 1)
    return Worked(accepted, starts, left, draw(st.sampled_from([None, 1, 1, 2])), draw(st.sampled_from([1, 2])), tuple(said))


@pytest.fixture
def land(make):
    """Campaigns and sources, used again by every world."""
    ground(make)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(hires=st.lists(worked(), max_size=4) | st.lists(worked(), min_size=9, max_size=16))
def test_hires_are_judged_the_same(land, hires):
    forget()
    with transaction() as session:
        session.add_all([row(number, one) for number, one in enumerate(hires, start=1)])
    with clock.standing_at(NOW):
        found = queries.quality_of_hire(YEARS)
    compare(found.ours, [one for one in hires if one.campaign])
    compare(found.others, [one for one in hires if not one.campaign])
    by_source = {source: [one for one in hires if one.source == source] for source in (1, 2)}
    assert {row.source_id for row in found.by_source} == {source for source, rows in by_source.items() if rows}
    for told in found.by_source:
        compare(told, by_source[told.source_id])
    with clock.standing_at(NOW):
        only = queries.quality_of_hire(Filters(date(2025, 11, 23), TODAY, campaign_id=1)).ours
    compare(only, [one for one in hires if one.campaign == 1 and one.accepted_on >= date(2025, 11, 23)])


def row(number, one):
    names = ("rating", "ramp_up", "satisfaction", "employed")
    reviews = [
        Review(
            day=said.day,
            nonce=f"{number} {said.day}",
            token_hash=f"{number} {said.day}",
            answered_at=NOW,
            **{name: getattr(said, name) for name in names},
        )
        for said in one.said
    ]
    days = {"accepted_on": one.accepted_on, "starts_on": one.starts_on, "left_on": one.left_on, "created_at": NOW}
    leaving = Leaving.RESIGNED if one.left_on else None
    return Hire(**days, leaving=leaving, campaign_id=one.campaign, source_id=one.source, role="Engineer", reviews=reviews)


def compare(found, hires):
    told = quality(hires, TODAY)
    assert (found.hires, found.seasoned) == (told.hires, told.seasoned)
    assert found.score == pytest.approx(told.score)
    assert dict(found.indicators) == pytest.approx(told.indicators)
    assert {day: (rate.hits, rate.of) for day, rate in found.retention.items()} == told.retention
