"""How fast mail leaves, by a clock that the test sets."""

from datetime import timedelta

import pytest

from portal import clock
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.delivery.services import pace


@pytest.fixture
def limited(mailing_app, make):
    """Some settings, and eight people whose mail is due."""

    def limited(**limits):
        known = mailing_app.config["SETTINGS"]
        mailing_app.config["SETTINGS"] = known.model_copy(update=limits)
        people = [make.candidate(f"Person {number}") for number in range(8)]
        delivery.enqueue(Purpose.OUTREACH, 1, [person.id for person in people])

    return limited


def sent_at(moment) -> int:
    with clock.standing_at(moment):
        return delivery.send_slice()


def test_no_more_mails_leave_in_a_minute_than_allowed(limited):
    limited(mails_per_minute=3)
    start = clock.now() + timedelta(minutes=1)
    assert [sent_at(start + timedelta(minutes=n)) for n in (0, 0, 2, 4, 6)] == [3, 0, 3, 2, 0]


def test_no_more_mails_leave_in_an_hour_than_allowed(limited):
    limited(mails_per_hour=5)
    start = clock.now() + timedelta(minutes=1)
    assert [sent_at(start + timedelta(minutes=n)) for n in (0, 30, 62)] == [5, 0, 3]


def test_a_young_sending_domain_begins_slowly(limited, monkeypatch):
    monkeypatch.setattr(pace, "FIRST_DAY", 2)
    start = clock.now() + timedelta(minutes=1)
    limited(ramp_up_since=start.date())
    assert [sent_at(start), sent_at(start), sent_at(start + timedelta(days=1, minutes=2))] == [2, 0, 4]


def test_mails_that_could_not_begin_do_not_count(limited, mailing_app, post):
    limited(mails_per_minute=5)
    start = clock.now() + timedelta(minutes=1)
    delivery.pause(Purpose.OUTREACH, 1, "a test")
    assert sent_at(start) == 0
    delivery.resume(Purpose.OUTREACH, 1, "Hana")
    assert sent_at(start) == 5
    assert len(post.taken) == 5
