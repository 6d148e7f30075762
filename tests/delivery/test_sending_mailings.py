"""A mailing on its way: whom the server refuses, and what stops it."""

import pytest
import sqlalchemy as sa

from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, SendingPause, Status
from portal.delivery.services import window
from portal.privacy.queries import find_suppression
from tests.delivery.conftest import find, queue


@pytest.fixture
def many(mailing_app, make):
    """Twelve people with a mail of one subject each."""
    people = [make.candidate(f"Person {number}") for number in range(12)]
    delivery.enqueue(Purpose.OUTREACH, 1, [person.id for person in people])
    return people


def test_when_the_server_refuses_everybody_the_mailing_pauses_and_says_why(many, post):
    post.at_rcpt = {person.email: "550 5.7.1 your network is listed" for person in many}
    delivery.send_slice()
    refused = [person for person in many if find(person).status is Status.FAILED]
    # Five in a row, and at most one more on each other line.
    assert 5 <= len(refused) <= 8
    assert {find(person).status for person in many} == {Status.FAILED, Status.DUE}
    assert "listed" in delivery.is_paused(Purpose.OUTREACH, 1)
    assert delivery.send_slice() == 0
    delivery.resume(Purpose.OUTREACH, 1, "Hana")
    post.at_rcpt.clear()
    delivery.send_slice()
    assert len(post.taken) == 12 - len(refused)


def test_an_address_that_is_none_is_suppressed_by_its_refusal(send, post, make):
    ada = make.candidate("Ada")
    post.at_rcpt[ada.email] = "550 5.1.1 no such user"
    send(ada)
    assert find_suppression(ada.email) is not None
    assert (find(ada).bounce, find(ada).status_code) == ("hard", "5.1.1")


def test_a_refusal_for_what_we_are_suppresses_nobody(send, post, make):
    ada = make.candidate("Ada")
    post.at_rcpt[ada.email] = "550 5.7.1 your network is listed"
    send(ada)
    assert find_suppression(ada.email) is None
    assert find(ada).bounce == "policy"


def test_a_wish_that_comes_while_the_mailing_runs_is_seen_before_the_next_mail(many, post, monkeypatch):
    monkeypatch.setattr(window, "LOOK_SECONDS", 0.0)

    def unsubscribe_all(_recipient):
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE candidate SET unsubscribed_at = '2026-01-01 00:00:00+00:00'"))
        engine.dispose()

    with transaction() as session:
        url = session.get_bind().url
    post.before_answer = unsubscribe_all
    delivery.send_slice()
    # What had its last look before the wish may arrive: one on each line.
    assert 1 <= len(post.taken) <= 2
    delivery.send_slice()
    left = [person for person in many if find(person).status is Status.WITHHELD]
    assert len(left) == 12 - len(post.taken)


def test_everything_of_our_own_accord_rests_but_what_was_asked_for_leaves(mailing_app, post, make):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    delivery.pause_all("A restored backup")
    queue(ada)
    queue(bob, Purpose.CONFIRMATION)
    delivery.send_slice()
    assert post.recipients == [bob.email]
    assert delivery.resume_all("Hana") == 1
    delivery.send_slice()
    assert post.recipients == [bob.email, ada.email]


def test_one_pause_stands_at_a_time(app):
    assert delivery.pause(Purpose.MAILING, 7, "first")
    assert not delivery.pause(Purpose.MAILING, 7, "second")
    assert delivery.is_paused(Purpose.MAILING, 7) == "first"
    assert delivery.is_paused(Purpose.MAILING, 8) == ""
    rows = sa.select(sa.func.count()).select_from(SendingPause)
    with transaction() as session:
        assert session.scalar(rows) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0
