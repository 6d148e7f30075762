"""Whatever happened to people, the database counts the same as a slow recount in plain Python.

Many small worlds, drawn from a fixed seed: contacts, moves and moves by mistake, merges, erasures, visits that the rules of today
judge otherwise. A world that is counted differently is made smaller for as long as it is, and printed.
"""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.analytics.queries.conversion import conversion
from portal.analytics.queries.periods import months, span
from portal.analytics.queries.times import curve, time_to_engagement
from portal.pipeline.models import StageName
from portal.timeline.models import Kind
from tests.analytics import recount
from tests.analytics.histories import NOW, at, ground
from tests.analytics.histories.steps import CONTACTS, Step, possible
from tests.analytics.histories.telling import tell

BEGIN = at("2025-01-01 00:00")
# Four rows of people, by number: their source and persona.
GROUPS = {1: (1, 1), 2: (2, 1), 3: (1, 2), 4: (1, 1)}
WHO = st.sampled_from(list(GROUPS))
# Days fall on each other often, and windows of 30, 180 and 365 days are hit exactly.
DAYS = st.one_of(st.integers(0, 690), st.sampled_from([0, 30, 180, 210, 365, 395, 396, 545, 575, 690]))
# Noon; midnight in the company's zone in winter, and in summer.
MOMENTS = st.builds(lambda day, hour: BEGIN + timedelta(days=day, hours=hour), DAYS, st.sampled_from([12, 0, 23]))
CAMPAIGNS = st.sampled_from([None, 1, 2, 3])
WORDS = st.sampled_from([*CONTACTS, "outreach", "outreach", "yes", "visit taken for a person", "visit taken for a machine"])
# People are hired, by mistake or not, oftener than chance would have it.
STAGES = st.sampled_from([*StageName, StageName.HIRED, StageName.HIRED])
MOVES = st.builds(Step, MOMENTS, WHO, st.sampled_from(["moved", "moved", "moved by mistake"]), st.none(), STAGES)
ORDINARY = st.builds(Step, MOMENTS, WHO, WORDS, CAMPAIGNS)
MERGES = st.builds(Step, MOMENTS, WHO, st.just("merged with"), st.none(), WHO)
ERASURES = st.builds(Step, MOMENTS, WHO, st.just("erased"))
HIRES = st.builds(
    Step, MOMENTS, WHO, st.sampled_from(["hired", "hired", "hired, withdrawn"]), CAMPAIGNS, st.sampled_from([None, 0, 30])
)
PAUSES = st.builds(Step, MOMENTS, WHO, st.just("paused"), st.none(), st.none() | st.dates(date(2025, 2, 1), date(2027, 1, 1)))
SCORES = st.builds(Step, MOMENTS, WHO, st.just("scored"), CAMPAIGNS, st.sampled_from([0, 6, 7, 8, 9, 10]))
STEPS = st.builds(
    lambda *parts: possible(list(itertools.chain(*parts))),
    st.lists(ORDINARY, max_size=12),
    st.lists(MOVES, max_size=5),
    st.just([]) | st.lists(HIRES, max_size=4),
    st.just([]) | st.lists(PAUSES, max_size=3),
    st.just([]) | st.lists(SCORES, max_size=3) | st.lists(SCORES, min_size=7, max_size=10),
    st.just([]) | st.lists(MERGES, max_size=2),
    st.just([]) | st.just([]) | st.lists(ERASURES, max_size=1),
)
SINCE = st.sampled_from([date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 29)])
CHOICES = st.none() | st.sampled_from([1, 2])
FILTERS = st.builds(
    Filters,
    SINCE,
    st.just(date(2026, 11, 23)) | st.just(date(2026, 8, 31)),
    campaign_id=CHOICES,
    source_id=CHOICES,
    persona_id=CHOICES,
    owner_id=st.none() | CHOICES,
    role=st.none() | st.sampled_from([None, "/stories/welder"]),
    but=st.none() | st.sampled_from(["campaign_id", "role", "owner_id", "source_id", "persona_id"]),
)
OWNERS = {1: 1, 2: 2, 3: 2, None: None}
ROLES = {1: "/stories/welder", 2: "/stories/control-engineer", 3: "/stories/welder", None: None}


@dataclass(frozen=True)
class Counted:
    """A world told to the database and to the recount, and what is asked of both."""

    people: list[recount.Person]
    filters: Filters

    def chosen(self):
        """Whom the filters narrow to: source and persona are their own, owner and role are of a campaign that reached them."""
        people = [p for p in self.people if self.fits("source_id", p.source) and self.fits("persona_id", p.persona)]
        if self.filters.owner_id is None and self.filters.role is None:
            return people
        return [p for p in people if any(e.kind is Kind.OUTREACH_DELIVERED and self.wanted(e.campaign) for e in p.events)]

    def wanted(self, campaign):
        """Whether the filters ask for a campaign."""
        named = {"campaign_id": campaign, "owner_id": OWNERS[campaign], "role": ROLES[campaign]}
        return all(self.fits(name, value) for name, value in named.items())

    def fits(self, name, value):
        """Whether a value is the chosen one, or, where everything else is asked for, is not."""
        asked = getattr(self.filters, name)
        return asked is None or (value != asked if self.filters.but == name else value == asked)


@pytest.fixture
def land(make):
    """Campaigns, sources and personas, used again by every world."""
    ground(make)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=STEPS, filters=FILTERS)
def test_every_history_is_counted_the_same(land, steps, filters):
    tell(GROUPS, steps, NOW)
    world = Counted(recount.people_of(GROUPS, steps, NOW), filters)
    with clock.standing_at(NOW):
        for compare in (
            compare_response,
            compare_engagement,
            compare_pool,
            compare_conversion,
            compare_times,
            compare_hires,
            compare_feedback,
        ):
            compare(world)


def compare_response(world):
    report, whole, chosen = queries.response_rate(world.filters), span(world.filters), world.chosen()
    told = recount.response(chosen, whole.start, whole.end, world.wanted)
    assert cohort(report.total) == told
    by_campaign = {
        one: recount.response(chosen, whole.start, whole.end, {one}.__contains__) for one in (1, 2, 3) if world.wanted(one)
    }
    counted = {row.campaign_id: cohort(row) for row in report.by_campaign if row.campaign_id}
    assert counted == {one: sums for one, sums in by_campaign.items() if sums[2]}
    by_month = [recount.response(chosen, part.start, part.end, world.wanted) for part in months(world.filters)]
    assert [cohort(row) for row in report.by_month] == by_month


def cohort(row):
    return row.responded.hits, row.interested.hits, row.responded.of


def compare_engagement(world):
    report, whole, chosen = queries.engagement(world.filters), span(world.filters), world.chosen()
    assert (report.total.engaged.hits, report.total.engaged.of) == recount.engagement(
        chosen, whole.start, whole.end, world.wanted
    )
    by_month = [recount.engagement(chosen, part.start, part.end, world.wanted) for part in months(world.filters)]
    assert [(row.engaged.hits, row.engaged.of) for row in report.by_month] == by_month
    for row in report.by_campaign:
        told = recount.engagement(chosen, whole.start, whole.end, {row.campaign_id}.__contains__)
        assert (row.engaged.hits, row.engaged.of) == told


def compare_pool(world):
    if world.filters.campaign_id is not None:
        return
    rows = [(row.start, row.joined, row.reactivated, row.left, row.end) for row in queries.pool_growth(world.filters)]
    ends = [min(part.end, NOW) for part in months(world.filters)]
    starts = [months(world.filters)[0].start, *ends[:-1]]
    told = [recount.pool(world.chosen(), start, end) for start, end in zip(starts, ends, strict=True)]
    assert rows == told
    for before, after in itertools.pairwise(rows):
        assert before[4] == after[0]


def compare_conversion(world):
    report, whole, chosen = conversion(world.filters), span(world.filters), world.chosen()
    assert funnel(report.total) == recount.conversion(chosen, whole.start, whole.end, world.wanted)
    by_month = [recount.conversion(chosen, part.start, part.end, world.wanted) for part in months(world.filters)]
    assert [funnel(row) for row in report.by_month] == by_month
    for row in report.by_campaign:
        assert funnel(row) == recount.conversion(chosen, whole.start, whole.end, {row.campaign_id}.__contains__)
    steps = [report.total.base, *(rate.hits for rate in report.total.reached)]
    assert [(rate.hits, rate.of) for rate in report.total.passed] == list(zip(steps[1:], steps, strict=False))


def funnel(row):
    assert {rate.of for rate in row.reached} == {row.base}
    return row.base, [rate.hits for rate in row.reached]


def compare_times(world):
    report, whole, chosen = time_to_engagement(world.filters), span(world.filters), world.chosen()
    rows = recount.waits(chosen, whole.start, whole.end, NOW, world.wanted)
    assert timed(report.total) == timing(rows)
    by_month = [timing(recount.waits(chosen, part.start, part.end, NOW, world.wanted)) for part in months(world.filters)]
    assert [timed(row) for row in report.by_month] == by_month
    for row in report.by_campaign:
        mine = recount.waits(chosen, whole.start, whole.end, NOW, {row.campaign_id}.__contains__)
        assert timed(row) == timing(mine)
    told = recount.kaplan_meier(rows)[1]
    points = curve(world.filters)
    for day, share in told.items():
        reached = [point.share for point in points if point.day <= day]
        assert day > points[-1].day or reached[-1] == pytest.approx(float(share)), (day, points)


def timed(row):
    found = [(one.n, one.median, one.p75, one.p90) for one in (row.times, row.answered_times, row.first_click)]
    return row.people, row.answered, found, {days: (rate.hits, rate.of) for days, rate in row.within.items()}


def timing(rows):
    answers = [answer for answer, _click, _watched in rows]
    found = [recount.kaplan_meier(rows)[0], recount.plain(answers), recount.plain(click for _answer, click, _watched in rows)]
    answered = sum(answer is not None for answer in answers)
    return len(rows), answered, found, {days: recount.within(rows, days) for days in (1, 7, 30)}


def compare_hires(world):
    report, since, until = queries.time_to_hire(world.filters), world.filters.since, world.filters.until
    told = [one for one in recount.accepted(world.people, since, until) if hire_wanted(world, *one)]
    assert clocked(report.total) == recount.time_to_hire(told)
    for row in report.by_campaign:
        assert clocked(row) == recount.time_to_hire(one for one in told if one[1].campaign == row.campaign_id)
    for row in report.by_month:
        assert clocked(row) == recount.time_to_hire(one for one in told if f"{one[1].on:%Y-%m}" == row.label)


def hire_wanted(world, person, hired):
    mine = world.fits("source_id", hired.source) and world.fits(
        "persona_id", person.persona if person.erased_at is None else None
    )
    return mine and world.wanted(hired.campaign)


def clocked(row):
    found = (row.outreach, row.outreach_unsnoozed, row.considered, row.considered_unsnoozed)
    return row.hires, [(one.n, one.median, one.p75, one.p90) for one in found]


def compare_feedback(world):
    report, whole = queries.candidate_feedback(world.filters), span(world.filters)
    people = [p for p in world.people if world.fits("source_id", p.source) and world.fits("persona_id", p.persona)]
    total = recount.feedback(people, whole.start, whole.end, world.wanted)
    assert (report.total.answers, report.total.score) == total
    by_month = [recount.feedback(people, part.start, part.end, world.wanted) for part in months(world.filters)]
    assert [(row.answers, row.score) for row in report.by_month] == by_month
    assert sum(row.answers for row in report.by_stage) <= total[0]
