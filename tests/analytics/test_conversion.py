"""Who reached which stage, worked out by hand for one campaign (ten o'clock each day).

Ada    A 1 Mar, through every stage to Hired           Eli    interested 1 Feb, before A 5 Mar wrote to them
Bob    A 2 Mar, straight to Considered, back again     Gus    B 10 Jan, interested 1 Feb; A 15 Aug, considered 1 Sep
Cem    A 3 Mar, engaged; Hired by mistake              Mallory  A 6 Mar, bounced, considered all the same
Dana   A 4 Mar, declined
"""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import STAGES_REACHED, Filters
from portal.db import transaction
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Kind
from tests.analytics.histories import NOW, at, campaigns, write

YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))
OUT = Kind.OUTREACH_DELIVERED


def walk(candidate_id, *moves):
    """Each move is (day, stage) or (day, stage, "mistake")."""
    with transaction() as session:
        placement = Placement(candidate_id=candidate_id, stage=moves[-1][1], since=at(moves[-1][0]))
        for day, stage, *mistake in moves:
            moved = StageTransition(placement=placement, from_stage=None, to_stage=stage, at=at(day))
            moved.mistaken_at = at(day) + timedelta(hours=1) if mistake else None
            session.add(moved)


@pytest.fixture
def story(make):
    """The numbers of campaigns A and B."""
    a, b = campaigns(make, 2)
    ada, bob, cem, dana, eli, gus, mallory = (make.person(name).id for name in "Ada Bob Cem Dana Eli Gus Mallory".split())
    for day, person in enumerate((ada, bob, cem, dana, eli, mallory), start=1):
        write(person, (at(f"2026-03-{day:02}"), OUT, a))
    write(mallory, (at("2026-03-06 10:01"), Kind.BOUNCED, a))
    write(gus, (at("2026-01-10"), OUT, b), (at("2026-08-15"), OUT, a))
    walk(ada, *((f"2026-04-{day:02}", stage) for day, stage in enumerate(STAGES_REACHED, start=1)))
    walk(bob, ("2026-03-20", StageName.CONSIDERED), ("2026-03-25", StageName.ENGAGED))
    walk(cem, ("2026-03-04", StageName.ENGAGED), ("2026-03-05", StageName.HIRED, "mistake"))
    walk(dana, ("2026-03-09", StageName.DECLINED))
    walk(eli, ("2026-02-01", StageName.INTERESTED))
    walk(mallory, ("2026-03-10", StageName.CONSIDERED))
    walk(gus, ("2026-02-01", StageName.INTERESTED), ("2026-09-01", StageName.CONSIDERED))
    with clock.standing_at(NOW):
        yield a, b


def hits(row):
    return row.base, tuple(rate.hits for rate in row.reached)


def test_each_attempt_counts_at_the_furthest_stage_it_ever_reached(story):
    total = queries.conversion(YEAR).total
    # Engaged: Ada, Bob, Cem, Gus twice. Interested: without Cem. Then Ada, Bob and Gus in August. Hired: Ada.
    assert hits(total) == (7, (5, 4, 3, 3, 1))
    assert {rate.of for rate in total.reached} == {7}
    assert [(rate.hits, rate.of) for rate in total.passed] == [(5, 7), (4, 5), (3, 4), (3, 3), (1, 3)]


def test_campaigns_and_months_are_those_that_opened_the_attempt_furthest_first(story):
    a, b = story
    report = queries.conversion(YEAR)
    assert [(row.campaign_id, hits(row)) for row in report.by_campaign] == [(a, (6, (4, 3, 3, 3, 1))), (b, (1, (1, 1, 0, 0, 0)))]
    months = {row.label: hits(row) for row in report.by_month if row.base}
    assert months == {"2026-01": (1, (1, 1, 0, 0, 0)), "2026-03": (5, (3, 2, 2, 2, 1)), "2026-08": (1, (1, 1, 1, 1, 0))}
    # A period takes the attempts that began in it; what came later still counts.
    assert hits(queries.conversion(Filters(date(2026, 1, 1), date(2026, 1, 31))).total) == (1, (1, 1, 0, 0, 0))


def test_a_cohort_is_marked_until_its_youngest_is_ninety_days_old(story):
    with clock.standing_at(at("2026-08-15") + timedelta(days=89, hours=23)):
        young = queries.conversion(YEAR)
        assert (young.total.age_days, young.total.immature) == (89, True)
        assert [row.immature for row in young.by_month if row.label == "2026-03"] == [False]
    with clock.standing_at(at("2026-08-15") + timedelta(days=90)):
        assert not queries.conversion(YEAR).total.immature


def test_an_empty_period_is_empty(story):
    nobody = queries.conversion(Filters(date(2025, 1, 1), date(2025, 1, 31)))
    assert (nobody.by_campaign, nobody.total.age_days, nobody.total.immature) == ([], None, False)
    assert [rate.value for rate in (*nobody.total.reached, *nobody.total.passed)] == [None] * 10
