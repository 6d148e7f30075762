"""The golden cast (see `golden_people`): rates, funnel, times and pool, worked out by hand."""

from datetime import UTC, date, datetime

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.analytics.queries.conversion import conversion
from portal.analytics.queries.times import curve, time_to_engagement
from portal.db import transaction
from portal.outreach.models import LandingLink, Verdict, Visit
from tests.analytics.golden_people import GROUPS, NUMBERS, A, B, C, golden_steps
from tests.analytics.histories import NOW, at, ground
from tests.analytics.histories.telling import tell

YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))
MARCH = Filters(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def golden(make):
    """The numbers of the cast, with the clock at noon of 23 November 2026 (UTC)."""
    ground(make)
    tell(GROUPS, golden_steps(), NOW)
    with clock.standing_at(NOW):
        yield NUMBERS


def counts(rate):
    return rate.hits, rate.of


def test_the_response_rate_counts_people_of_the_cohort(golden):
    # A in March: Ada, Bob, Cem, Dana, Fay; in April: Mia, Ola, Pia, Quin, Uma, Vic, Wim, Xia, Yan, Zoe; in August: Hao. 16.
    # B in January: Gus, Hao; February: Lea, Jet, Kai; March: Gil, Hal; April: Rea, Sam, Tom, Bea, Flo; August: Jet;
    # November: Ivo, Jun. 15. Nobody for Eli and Nils (bounced), Mia's second row, Kai's second mail, Wim's attempt of 2025.
    # Answered in 30 days, A: Ada, Bob, Fay, Hao, Mia, Wim, Xia, Yan, Zoe; B: Jun, Lea, Rea, Flo, Hal. Not Dana, Tom, Sam.
    # Interested, A: Ada, Mia, Wim, Xia, Yan, Zoe; B: Jun, Flo, Hal.
    report = queries.response_rate(YEAR)
    assert (counts(report.total.responded), counts(report.total.interested)) == ((14, 31), (9, 31))
    by_campaign = {row.campaign_id: (counts(row.responded), counts(row.interested)) for row in report.by_campaign}
    assert by_campaign == {A: ((9, 16), (6, 16)), B: ((5, 15), (3, 15))}
    by_month = {row.label[5:]: counts(row.responded) for row in report.by_month if row.responded.of}
    assert by_month == {"01": (0, 2), "02": (1, 3), "03": (4, 7), "04": (7, 15), "08": (1, 2), "11": (1, 2)}
    assert len(report.by_month) == 11


def test_a_cohort_younger_than_its_window_is_marked(golden):
    report = queries.response_rate(YEAR)
    b = next(row for row in report.by_campaign if row.campaign_id == B)
    assert (b.immature, b.age_days, b.waiting) == (True, 3, 1)  # Jun is 3 days old and has answered; Ivo has 17 days left
    march = next(row for row in report.by_month if row.label == "2026-03")
    assert (march.immature, march.waiting) == (False, 0)


def test_filters_narrow_the_cohort(golden, make):
    year = (YEAR.since, YEAR.until)
    assert counts(queries.response_rate(Filters(*year, campaign_id=A)).total.responded) == (9, 16)
    assert counts(queries.response_rate(MARCH).total.responded) == (4, 7)
    nobody = queries.response_rate(Filters(*year, persona_id=make.persona("Welders").id)).total
    assert (counts(nobody.responded), nobody.responded.value) == ((0, 0), None)
    assert counts(queries.response_rate(Filters(*year, source_id=make.source().id)).total.responded) == (14, 31)
    assert counts(queries.response_rate(Filters(*year, role="/stories/welder")).total.responded) == (9, 16)


def test_engagement_counts_contactable_people_touched_in_the_period(golden):
    # Engaged: Ada, Cem, Dana, Fay, Gus, Hao, Jun, Kim, Mia, Quin, Rea, Tom, Wim, Xia, Yan, Zoe, Bea, Eda, Flo, Hal. 20.
    # Only touched: Ivo, Ola, Pia, Sam, Uma, Vic, Cai, Dov, Gil, Jet, Kai. 11.
    # Neither: Bob (unsubscribed), Lea (erased), Eli and Nils (never reached), Alp and Ian (long ago).
    report = queries.engagement(YEAR)
    assert counts(report.total.engaged) == (20, 31)
    by_month = {row.label[5:]: counts(row.engaged) for row in report.by_month}
    assert by_month["03"] == (4, 7)  # Ada, Cem, Gus, Hal; Dana, Fay, Gil
    assert by_month["05"] == (2, 4)  # Tom, Eda; Cai, Dov
    assert by_month["06"] == (1, 1)  # Kim
    assert by_month["10"] == (0, 0)  # the mail to Gus came back
    # A: Ada, Cem, Dana, Fay, Gus, Hao, Quin, Wim, Xia, Yan, Zoe, Bea; Mia (who answered to B), Ola, Pia, Uma, Vic.
    # B: Jun, Mia, Rea, Tom, Bea, Flo, Hal; Gus, Hao, Ivo, Sam, Gil, Jet, Kai. C: Bea.
    by_campaign = {row.campaign_id: counts(row.engaged) for row in report.by_campaign}
    assert by_campaign == {A: (12, 17), B: (7, 14), C: (1, 1)}


def test_the_funnel_counts_how_far_people_ever_came(golden):
    # Hired: Ada, Wim, Yan; considered: Vic (back since), Xia (whose hire was withdrawn); interested: Mia, Jun; engaged: Quin.
    # Not Uma, who was moved by mistake. Wim's first hire belongs to his attempt of 2025.
    report = conversion(YEAR)
    assert [counts(rate) for rate in report.total.reached] == [(8, 31), (7, 31), (5, 31), (5, 31), (3, 31)]
    assert [counts(rate) for rate in report.total.passed] == [(8, 31), (7, 8), (5, 7), (5, 5), (3, 5)]
    by_campaign = {row.campaign_id: [rate.hits for rate in row.reached] for row in report.by_campaign}
    assert by_campaign == {A: [7, 6, 5, 5, 3], B: [1, 1, 0, 0, 0]}
    [old] = conversion(Filters(date(2025, 1, 1), date(2025, 12, 31))).by_campaign
    assert [rate.hits for rate in old.reached] == [1, 1, 1, 1, 1]


def test_times_wait_for_those_who_have_not_answered(golden):
    # Answers after ½ hour (Flo), 1 hour (Hal: the night of summer time), 1 day (Hao, Jun, Wim, Xia, Yan, Zoe), 2 days (Lea),
    # 4 (Ada), 5 (Rea), 9 (Mia), 18 (Bob), 30 (Fay), 30 and a second (Tom), 37 less an hour (Dana: summer time), 65 (Gus). 17.
    row = time_to_engagement(YEAR).total
    assert (row.people, row.answered) == (31, 17)
    assert {days: counts(rate) for days, rate in row.within.items()} == {1: (8, 31), 7: (11, 31), 30: (14, 31)}
    assert (row.answered_times.median, row.answered_times.p75, row.answered_times.p90) == (2, 18, 37 - 1 / 24)
    # 12 of 31 are through on day 9; Ivo is watched for 13 days only. So 18 wait on day 18, and of 19/31 who were silent
    # 17/18 stay so, 16/18 on day 30, 15/18 (51 %) a second later, 14/18 (48 %) after Dana. A quarter is never reached.
    assert (row.times.n, row.times.median, row.times.p75, row.times.p90) == (31, 37 - 1 / 24, None, None)
    on_day_30 = [point.share for point in curve(YEAR) if point.day <= 30][-1]
    assert on_day_30 == pytest.approx(1 - 19 / 31 * 16 / 18)
    # Cem came after 1 day, Bea and Quin after 3; Pia's visit was nobody's.
    assert (row.first_click.n, row.first_click.median, row.first_click.p90) == (3, 3, 3)


def test_the_pool_is_balanced_month_by_month(golden):
    rows = queries.pool_growth(YEAR)
    told = [(row.start, row.joined, row.reactivated, row.left, row.end) for row in rows]
    assert told == [
        (3, 0, 0, 1, 2),  # January: Kim and Alp, from 2025, and Wim, who left the company and has been silent for a year
        (2, 1, 0, 1, 2),  # Lea joins, Kim has been silent for a year
        (2, 4, 0, 0, 6),  # Ada, Cem, Gus, Hal; Bob came and went within the month
        (6, 10, 1, 0, 17),  # Dana, Fay, Mia, Quin, Rea, Xia, Yan, Zoe, Bea, Flo; Wim is back
        (17, 2, 0, 3, 16),  # Tom, Eda; Ada is hired, Zoe unsubscribes, Alp is silent; Xia stays
        (16, 0, 2, 1, 17),  # Kim and Zoe are back; Wim is hired again
        (17, 0, 0, 1, 16),  # Yan is hired
        (16, 1, 0, 0, 17),  # Hao
        (17, 0, 0, 1, 16),  # Lea is erased
        (16, 0, 0, 1, 15),  # Gus bounces
        (15, 1, 0, 0, 16),  # Jun
    ]
    reasons = {name: sum(getattr(row, name) for row in rows) for name in ("erased", "opted_out", "hired", "bounced", "dormant")}
    assert reasons == {"erased": 1, "opted_out": 1, "hired": 3, "bounced": 1, "dormant": 3}
    assert [row.label for row in rows if row.open] == ["2026-11"]
    assert (rows[1].growth, rows[2].growth) == (0, 2)


def test_a_leap_day_is_a_year_ago_until_the_end_of_february(golden):
    winter = queries.pool_growth(Filters(date(2025, 1, 1), date(2025, 2, 28)))
    assert [(row.start, row.dormant) for row in winter] == [(1, 0), (2, 1)]  # Ian; Wim joins in January
    with clock.standing_at(datetime(2028, 2, 29, 12, tzinfo=UTC)):
        [february] = queries.pool_growth(Filters(date(2028, 2, 1), date(2028, 2, 29)))
        assert february.end == 0


def test_visits_stand_beside_each_other_by_verdict_and_people_are_counted_once(golden):
    # Besides those below: Quin (human) and Pia (unconfirmed) of A, and a machine for Dov of B, in April and May.
    def link(name, campaign):
        return LandingLink(nonce=name, token_hash=name, candidate_id=golden[name], campaign_id=campaign, page="/", created_at=NOW)

    with transaction() as session:
        ada, cem, ivo = link("Ada", A), link("Cem", A), link("Ivo", B)
        session.add_all([ada, cem, ivo])
        kinds = [(ada, Verdict.HUMAN, 2), (ada, Verdict.PREVIEW, 1), (cem, Verdict.HUMAN, 1), (cem, Verdict.MACHINE, 3)]
        for row, verdict, times in [*kinds, (ivo, Verdict.UNCONFIRMED, 1)]:
            for _ in range(times):
                session.add(Visit(link=row, at=at("2026-03-04"), page="/", agent="Firefox", verdict=verdict))
    report = queries.visits(YEAR)
    a, b = report.by_campaign
    assert (a.people, a.human, a.unconfirmed, a.machine, a.preview, a.raw) == (3, 4, 1, 3, 1, 9)
    assert (b.people, b.human, b.unconfirmed, b.machine, b.raw) == (0, 0, 1, 1, 2)
    assert report.total.raw == 11
    assert [row.raw for row in report.by_month if row.label == "2026-03"] == [8]
    assert queries.visits(Filters(date(2026, 4, 1), YEAR.until)).total.raw == 3


def test_the_summary_holds_plain_figures(golden):
    found = queries.summary()
    assert (found["response"]["responded_hits"], found["response"]["responded_of"]) == (14, 31)
    assert found["response"]["by_campaign"][0]["responded"] == round(9 / 16, 4)
    assert found["pool"][-1]["end"] == 16
    assert found["engagement"]["engaged_hits"] == 20
    assert found["visits"]["raw"] == 3


def test_nothing_at_all_is_no_error(app):
    found = queries.summary()
    assert found["response"]["responded"] is None
    assert found["pool"][-1]["growth"] is None
