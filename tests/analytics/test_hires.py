"""Metric 5, worked out by hand."""

from datetime import date

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import transaction
from portal.hiring.models import Hire
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Kind
from tests.analytics.histories import NOW, at, campaigns, write

OUT, BACK = Kind.OUTREACH_DELIVERED, Kind.BOUNCED
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _today():
    with clock.standing_at(NOW):
        yield


def hire(person, accepted_on, campaign=None, **columns):
    with transaction() as session:
        row = {"candidate_id": person.id if person else None, "campaign_id": campaign, "role": "Engineer", "created_at": NOW}
        session.add(Hire(**row | {"accepted_on": date.fromisoformat(accepted_on)} | columns))


def moved(person, *steps):
    """Steps are (moment, stage) or (moment, stage, mistaken)."""
    with transaction() as session:
        placement = Placement(candidate_id=person.id, stage=steps[-1][1], since=steps[-1][0])
        for moment, stage, *mistaken in steps:
            marked = NOW if mistaken else None
            session.add(StageTransition(placement=placement, to_stage=stage, at=moment, mistaken_at=marked))


def pause(person, moment, until):
    with clock.standing_at(moment):
        candidates.set_preferences(person, Pace.ANY, until)


def clocks(row):
    found = (row.outreach, row.outreach_unsnoozed, row.considered, row.considered_unsnoozed)
    return [(one.n, one.median) for one in found]


def test_both_clocks_end_with_the_acceptance(make):
    """1 March to 30 May is 90 days, 1 April to 30 May 59; a mail that came back in February starts nothing."""
    [a] = campaigns(make, 1)
    ada = make.person("Ada")
    write(ada.id, (at("2026-02-01"), OUT, a), (at("2026-02-01 10:01"), BACK, a), (at("2026-03-01"), OUT, a))
    write(ada.id, (at("2026-04-15"), OUT, a))
    hire(ada, "2026-05-30", a, considered_on=date(2026, 4, 1))
    report = queries.time_to_hire(YEAR)
    assert report.total.hires == 1
    assert clocks(report.total) == [(1, 90), (1, 90), (1, 59), (1, 59)]
    assert [(row.campaign_id, row.hires) for row in report.by_campaign] == [(a, 1)]
    assert [row.label for row in report.by_month if row.hires] == ["2026-05"]
    assert queries.time_to_hire(Filters(YEAR.since, date(2026, 5, 29))).total.hires == 0


def test_days_of_quiet_count_once_and_only_within_the_clock(make):
    """Of 90 days from 1 March: paused 11 March to 10 April (30), at Not now 1 to 20 April (10 more), paused again from 20 May for
    a month but lifted on the 25th (5). 90 - 45 = 45. From 5 April on 55 days: 5 of the pause, 10 more, 5. 55 - 20 = 35."""
    ada = make.person("Ada")
    write(ada.id, (at("2026-03-01"), OUT))
    pause(ada, at("2026-03-11"), date(2026, 4, 10))
    moved(
        ada,
        (at("2026-04-01"), StageName.NOT_NOW),
        (at("2026-04-20"), StageName.CONSIDERED),
        (at("2026-05-01"), StageName.NOT_NOW, "mistaken"),
        (at("2026-05-30"), StageName.HIRED),
    )
    pause(ada, at("2026-05-20"), date(2026, 6, 20))
    pause(ada, at("2026-05-25"), None)
    hire(ada, "2026-05-30", considered_on=date(2026, 4, 5))
    assert clocks(queries.time_to_hire(YEAR).total) == [(1, 90), (1, 45), (1, 55), (1, 35)]


def test_the_start_of_consideration_is_the_first_move_that_was_no_mistake(make):
    ada = make.person("Ada")
    moved(
        ada,
        (at("2026-03-01"), StageName.CONSIDERED, "mistaken"),
        (at("2026-04-01"), StageName.CONSIDERED),
        (at("2026-05-01"), StageName.CONSIDERED),
    )
    hire(ada, "2026-05-11")
    assert clocks(queries.time_to_hire(YEAR).total) == [(0, None), (0, None), (1, 40), (1, 40)]


def test_a_second_hire_counts_from_what_came_after_the_first(make):
    ada = make.person("Ada")
    write(ada.id, (at("2025-01-10"), OUT), (at("2026-08-01"), OUT))
    hire(ada, "2025-03-01")
    hire(ada, "2026-08-31")
    assert clocks(queries.time_to_hire(YEAR).total)[0] == (1, 30)


def test_nobody_is_a_hire_without_the_clocks_nobody_knows(make):
    """From elsewhere, and erased: both are counted with their own days; what the erased one wished is gone with them."""
    hire(None, "2026-05-11", considered_on=date(2026, 5, 1))
    hire(None, "2026-05-13", considered_on=date(2026, 5, 1), erased_at=NOW)
    hire(make.person("Bob"), "2026-05-12", withdrawn_at=NOW)
    total = queries.time_to_hire(YEAR).total
    assert (total.hires, clocks(total)) == (2, [(0, None), (0, None), (2, 10), (1, 10)])


def test_quantiles_over_several_hires_and_what_filters_leave(make):
    a, b = campaigns(make, 2)
    for number, (days, campaign) in enumerate([(10, a), (20, a), (30, a), (40, b)]):
        person = make.person(f"P{number}")
        write(person.id, (at(f"2026-06-{30 - days // 2:02}"), OUT, campaign))
        hire(person, "2026-06-30", campaign, source_id=make.source("Fair" if campaign == b else "Talks").id)
    total = queries.time_to_hire(YEAR).total.outreach
    assert (total.n, total.median, total.p75, total.p90) == (4, 10, 15, 20)
    only_b = queries.time_to_hire(Filters(YEAR.since, YEAR.until, campaign_id=b)).total
    fair = Filters(YEAR.since, YEAR.until, source_id=make.source("Fair").id)
    assert only_b.outreach == queries.time_to_hire(fair).total.outreach
    assert queries.time_to_hire(fair.others()).total.hires == 3
