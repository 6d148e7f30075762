"""When a mailing is due: rules of months, zones, and clocks that change."""

from datetime import UTC, date, datetime

import pytest

from portal.mailings.models import EAST, LAST, Mailing, Rule, local_moment

FIRST_TUESDAY = Rule(nth=1, weekday=1, hour=9)


def at(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "month", "day"),
    [
        (FIRST_TUESDAY, (2026, 12), 1),
        (FIRST_TUESDAY, (2026, 9), 1),
        (FIRST_TUESDAY, (2026, 6), 2),
        (Rule(4, 3, 9), (2026, 11), 26),
        (Rule(LAST, 4, 9), (2026, 12), 25),
        (Rule(LAST, 4, 9), (2027, 1), 29),
        (Rule(LAST, 5, 9), (2028, 2), 26),
        (Rule(LAST, 1, 9), (2028, 2), 29),
        (Rule(LAST, 0, 9), (2027, 2), 22),
        (Rule(2, 6, 9), (2027, 3), 14),
    ],
)
def test_a_rule_means_one_day_in_every_month(rule, month, day):
    assert rule.in_month(*month) == date(*month, day)


def test_days_of_a_rule_follow_each_other_month_by_month_over_the_year():
    days = [date(2026, 10, 31)]
    while len(days) < 5:
        days.append(FIRST_TUESDAY.after(days[-1]))
    assert days[1:] == [date(2026, 11, 3), date(2026, 12, 1), date(2027, 1, 5), date(2027, 2, 2)]


def test_the_day_itself_does_not_come_after_itself():
    assert FIRST_TUESDAY.after(date(2026, 11, 3)) == date(2026, 12, 1)
    assert FIRST_TUESDAY.after(date(2026, 11, 2)) == date(2026, 11, 3)


def test_the_last_tuesday_of_a_leap_february_can_be_the_leap_day():
    assert Rule(LAST, 1, 9).after(date(2028, 2, 28)) == date(2028, 2, 29)
    assert Rule(LAST, 1, 9).after(date(2028, 2, 29)) == date(2028, 3, 28)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Kiritimati", at(2026, 11, 30, 19)),  # UTC+14
        ("Pacific/Auckland", at(2026, 11, 30, 20)),
        ("Asia/Kathmandu", at(2026, 12, 1, 3, 15)),
        ("Europe/Berlin", at(2026, 12, 1, 8)),
        ("UTC", at(2026, 12, 1, 9)),
        ("America/St_Johns", at(2026, 12, 1, 12, 30)),
        ("Pacific/Pago_Pago", at(2026, 12, 1, 20)),  # UTC-11
    ],
)
def test_nine_in_the_morning_is_nine_where_the_reader_is(zone, moment):
    assert local_moment(date(2026, 12, 1), 9, 0, zone) == moment


def test_no_clock_strikes_before_the_one_that_is_fourteen_hours_ahead():
    assert local_moment(date(2026, 12, 1), 9, 0, EAST) == local_moment(date(2026, 12, 1), 9, 0, "Pacific/Kiritimati")


def test_a_local_time_that_the_clocks_skip_moves_forward():
    assert local_moment(date(2027, 3, 28), 2, 30, "Europe/Berlin") == at(2027, 3, 28, 1, 30)  # 3:30 there
    assert local_moment(date(2027, 3, 28), 3, 30, "Europe/Berlin") == at(2027, 3, 28, 1, 30)


def test_of_a_local_time_that_comes_twice_the_first_counts():
    assert local_moment(date(2026, 10, 25), 2, 30, "Europe/Berlin") == at(2026, 10, 25, 0, 30)


def test_nine_stays_nine_on_both_sides_of_a_change_of_the_clocks():
    assert local_moment(date(2026, 10, 24), 9, 0, "Europe/Berlin") == at(2026, 10, 24, 7)
    assert local_moment(date(2026, 10, 26), 9, 0, "Europe/Berlin") == at(2026, 10, 26, 8)
    assert local_moment(date(2027, 3, 14), 9, 0, "America/New_York") == at(2027, 3, 14, 13)


def test_a_mailing_without_a_day_is_due_at_once():
    assert Mailing(on=None).moment_in("Europe/Berlin") is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (FIRST_TUESDAY, "Every month on the first Tuesday at 9:00, in the recipient’s zone"),
        (Rule(LAST, 4, 16, 30), "Every month on the last Friday at 16:30, in the recipient’s zone"),
    ],
)
def test_a_rule_says_itself_in_words(app, rule, words):
    with app.test_request_context():
        assert rule.words() == words
