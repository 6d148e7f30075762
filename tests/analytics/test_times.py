"""Time to engagement, with a table that every book on survival prints, and with a crowd worked out by hand."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Durations, Filters, durations
from portal.analytics.queries.durations import Step, censored, estimate
from portal.db import transaction
from portal.timeline.models import Kind
from tests.analytics.histories import DAY, NOW, at, campaigns, write

OUT, SEEN, SAID, FORM = Kind.OUTREACH_DELIVERED, Kind.VISITED, Kind.RESPONDED, Kind.INTEREST_GIVEN
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))

# Weeks of remission under 6-mercaptopurine, 21 patients (Freireich 1963, Gehan 1965); here days until an answer. The others
# are still waited for. By hand, from one event to the next: (day, at risk, events) and who is still waited for afterwards
#    6  21  3   18/21 = 0.8571        13  12  1   · 11/12 = 0.6902        22   7  1   · 6/7 = 0.5378
#    7  17  1   · 16/17 = 0.8067      16  11  1   · 10/11 = 0.6275        23   6  1   · 5/6 = 0.4482
#   10  15  1   · 14/15 = 0.7529
ANSWERED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
WAITING = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
WAITED_FOR = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
AT_RISK = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}


@pytest.fixture
def remission(make):
    """21 people: nine answered, the others were written to so many days ago."""
    with clock.standing_at(NOW):
        for day in ANSWERED:
            write(make.person().id, (NOW - 40 * DAY, OUT), (NOW - 40 * DAY + day * DAY, SAID))
        for day in WAITING:
            write(make.person().id, (NOW - day * DAY, OUT))
        yield


def test_the_curve_is_the_one_in_the_books(remission):
    points = {point.day: point for point in queries.curve(YEAR)}
    for day, waiting in WAITED_FOR.items():
        assert points[day].share == pytest.approx(1 - waiting, abs=0.00005)
        assert points[day].at_risk == AT_RISK[day]
    # Between the steps and after the last one the curve stays, and says who is still waited for.
    marks = [0, 1, 6, 7, 10, 13, 14, 16, 22, 23, 30]
    assert list(points) == marks
    assert [points[day].at_risk for day in (0, 1, 14, 30)] == [21, 21, 11, 4]
    assert (points[0].share, points[14].share, points[30].share) == (0, points[13].share, points[23].share)


def test_the_band_is_greenwoods_on_the_log_log_scale(remission):
    points = {point.day: point for point in queries.curve(YEAR)}
    # Day 6: variance sum 3/(21·18) = 0.0079365, its root 0.0890871; ln 0.857143 = -0.1541507;
    # exp(1.959964 · 0.0890871 / 0.1541507) = 3.10412; 0.857143 to that power 0.6197, to its inverse 0.9516.
    assert (points[6].low, points[6].high) == (pytest.approx(1 - 0.9516, abs=5e-5), pytest.approx(1 - 0.6197, abs=5e-5))
    # Day 7 adds 1/(17·16) = 0.0036765: root 0.1077632; ln 0.806723 = -0.2147753; exp(0.983417) = 2.67358.
    assert (points[7].low, points[7].high) == (pytest.approx(1 - 0.9228, abs=5e-5), pytest.approx(1 - 0.5631, abs=5e-5))
    assert all(0 <= point.low <= point.share <= point.high <= 1 for point in points.values())


def test_who_has_not_answered_is_waited_for_and_not_left_out(remission):
    total = queries.time_to_engagement(YEAR).total
    assert (total.people, total.answered) == (21, 9)
    assert total.times == Durations(21, 23, None, None)  # 55 % have answered by day 23; three quarters never so far
    assert total.answered_times == Durations(9, 10, 16, 23)  # the fifth, seventh and ninth of nine
    assert {day: (rate.hits, rate.of) for day, rate in total.within.items()} == {1: (0, 21), 7: (4, 21), 30: (9, 21)}
    assert (total.age_days, total.immature) == (6, True)


def test_nothing_is_interpolated_and_nobody_left_has_no_interval():
    assert durations([4, 1, 3, 2]) == Durations(4, 2, 3, 4)
    assert durations([]) == Durations(0, None, None, None)
    assert durations(range(1, 11)) == Durations(10, 5, 8, 9)
    steps = [Step(day, 1, 11 - day) for day in range(1, 11)]
    assert censored(10, steps) == durations(range(1, 11))
    assert (estimate(steps)[-1].share, estimate(steps)[-1].low) == (1, None)


@pytest.fixture
def crowd(make):
    """Attempts from March to November; see the rule that each test states."""
    a, b = campaigns(make, 2)
    ada, bob, cem, gus = (make.person(name) for name in ("Ada", "Bob", "Cem", "Gus"))
    write(ada.id, (at("2026-03-01"), OUT, a), (at("2026-03-01 16:00"), SEEN, a), (at("2026-03-02"), SAID, a, "no"))
    write(bob.id, (at("2026-03-01"), OUT, a), (at("2026-03-04"), SEEN, a), (at("2026-04-20 11:00"), FORM, a))
    write(cem.id, (at("2026-03-02"), OUT, a), (at("2026-03-03"), Kind.ASKED, a))
    # Gus answers the second attempt, 217 days after the first: of no use for the first.
    write(gus.id, (at("2026-01-10"), OUT, b), (at("2026-08-15"), OUT, a), (at("2026-08-17"), SAID, a, "interested"))
    write(gus.id, (at("2026-08-18"), SAID, a, "no"))
    with transaction():
        cem.erased_at = at("2026-03-12")
    with clock.standing_at(NOW):
        yield a, b


def test_an_answer_counts_for_the_attempt_it_came_in_and_only_the_first(crowd):
    a, b = crowd
    report = queries.time_to_engagement(YEAR)
    # In days: Ada 1, Gus 2, Bob 50 (eleven o'clock of summer time is ten of winter time).
    assert report.total.answered_times == Durations(3, 2, 50, 50)
    assert [(row.campaign_id, row.people, row.answered) for row in report.by_campaign] == [(a, 4, 3), (b, 1, 0)]
    months = {row.label: (row.people, row.answered, row.answered_times.median) for row in report.by_month if row.people}
    assert months == {"2026-01": (1, 0, None), "2026-03": (3, 2, 1), "2026-08": (1, 1, 2)}
    assert [report.total.within[day].hits for day in (1, 7, 30)] == [1, 2, 2]


def test_erased_people_are_waited_for_until_then_and_an_attempt_until_the_next(crowd):
    points = {point.day: point for point in queries.curve(YEAR)}
    # At risk: all five; on day 14 no longer Ada, Gus in August, and Cem, erased on his tenth day; Gus' first attempt ends later.
    assert {day: points[day].at_risk for day in (0, 1, 7, 14, 50, 60, 90)} == {0: 5, 1: 5, 7: 3, 14: 2, 50: 2, 60: 1, 90: 1}
    # 4/5 · 3/4 = 3/5 are waited for after day 2, and of the two left on day 50 one answers: 3/10.
    assert points[2].share == pytest.approx(2 / 5)
    assert points[50].share == pytest.approx(7 / 10)
    assert queries.time_to_engagement(YEAR).total.times == Durations(5, 50, None, None)


def test_the_first_click_is_told_apart_and_is_no_answer(crowd):
    total = queries.time_to_engagement(YEAR).total
    assert total.first_click == Durations(2, 0.25, 3, 3)
    march = Filters(date(2026, 3, 2), date(2026, 3, 31))
    assert queries.time_to_engagement(march).total.first_click == Durations(0, None, None, None)
    assert queries.time_to_engagement(march).total.answered == 0


def test_of_many_answers_within_hours_the_curve_keeps_what_can_be_seen(make):
    for minutes in range(5, 365, 5):
        write(make.person().id, (NOW - 9 * DAY, OUT), (NOW - 9 * DAY + timedelta(minutes=minutes), SAID))
    write(make.person().id, (NOW - 9 * DAY, OUT))
    with clock.standing_at(NOW):
        points = queries.curve(YEAR)
    assert [(point.day, point.at_risk) for point in points] == [(0, 73), (0.25, 2), (1, 1), (7, 1)]
    assert points[1].share == points[-1].share == pytest.approx(72 / 73)


def test_an_empty_period_is_empty(app):
    with clock.standing_at(NOW):
        report = queries.time_to_engagement(YEAR)
        assert queries.curve(YEAR) == []
    assert (report.by_campaign, report.total.people, report.total.times) == ([], 0, Durations(0, None, None, None))
    assert (report.total.within[30].value, report.total.immature) == (None, False)
