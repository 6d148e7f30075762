"""What a dead worker's journal says is what becomes of its mails."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Status
from portal.delivery.services import journal
from portal.delivery.services.journal import Journal, Note, Outcome
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints
from tests.delivery.conftest import find, queue

NAME = "aa11"


@pytest.fixture
def on_wire(mailing_app, make):
    """Four mails whose rows say `sending`, and a journal of a claim that has them."""
    people = [make.candidate(name) for name in ("Ada", "Bob", "Cem", "Dora")]
    rows = [queue(person) for person in people]
    with transaction():
        for row in rows:
            row.status, row.claim, row.sent_at, row.lease_until = Status.SENDING, NAME, clock.now(), clock.now()
    return people, [row.id for row in rows]


def die(book: Journal) -> None:
    book.close()


def test_answered_mails_are_settled_started_ones_uncertain_and_the_others_due(on_wire):
    people, (ada, bob, cem, _dora) = on_wire
    book = Journal(NAME)
    book.announce([(ada, Note(notice=True, about=("test", 1)))])
    for number in (ada, bob, cem):
        book.started(number)
    book.settled(Outcome(ada, "sent"))
    book.settled(Outcome(bob, "failed", "554 5.7.1 spam", 554, "5.7.1"))
    die(book)
    delivery.sweep()
    states = [find(person).status for person in people]
    assert states == [Status.SENT, Status.FAILED, Status.UNCERTAIN, Status.DUE]
    [touchpoint] = [one for one in list_touchpoints(people[0].id) if one.kind is Kind.OUTREACH_DELIVERED]
    assert (touchpoint.subject_type, touchpoint.subject_id) == ("test", 1)
    assert not book.path.exists()


def test_the_journal_of_a_living_worker_is_left_alone(on_wire):
    people, _numbers = on_wire
    with transaction() as session:
        session.execute(sa.update(Delivery).values(lease_until=clock.now() + timedelta(minutes=5)))
    book = Journal(NAME)
    assert delivery.sweep() == 0
    assert find(people[0]).status is Status.SENDING
    die(book)


def test_after_a_power_cut_only_replies_are_believed(on_wire, monkeypatch):
    people, (ada, *_others) = on_wire
    book = Journal(NAME)
    book.started(ada)
    book.settled(Outcome(ada, "sent"))
    die(book)
    monkeypatch.setattr(journal, "boot", lambda: "another run of the machine")
    delivery.sweep()
    assert [find(person).status for person in people] == [Status.SENT] + [Status.UNCERTAIN] * 3


def test_without_the_journal_what_was_on_the_wire_is_uncertain(on_wire):
    people, _numbers = on_wire
    delivery.sweep()
    assert {find(person).status for person in people} == {Status.UNCERTAIN}


def test_half_a_line_at_the_end_says_nothing(on_wire):
    people, (ada, *_others) = on_wire
    book = Journal(NAME)
    book.started(ada)
    os.write(book._file, b'R %d ["sent", ""' % ada)
    die(book)
    delivery.sweep()
    assert find(people[0]).status is Status.UNCERTAIN
