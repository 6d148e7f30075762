"""Sending through a real SMTP dialogue: what the server says decides what becomes of a mail."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery import smtp
from portal.delivery.emails import Withheld
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.privacy.queries import has_notice
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints
from tests.delivery.conftest import find, queue, use_server, write_letter


def kinds(candidate) -> list[Kind]:
    return [touchpoint.kind for touchpoint in list_touchpoints(candidate.id)]


def test_a_mail_that_the_server_took_is_sent_and_stands_in_the_timeline(send, post, make):
    ada = make.candidate("Ada")
    send(ada)
    row = find(ada)
    assert (row.status, row.subject) == (Status.SENT, "A question for Ada")
    assert post.recipients == [ada.email]
    assert kinds(ada)[0] is Kind.OUTREACH_DELIVERED
    assert list_touchpoints(ada.id)[0].subject_type == "test"
    assert has_notice(ada.id)


def test_a_second_start_makes_no_second_mail(send, post, make):
    ada = make.candidate("Ada")
    send(ada)
    assert delivery.enqueue(Purpose.OUTREACH, 1, [ada.id]) == 0
    delivery.send_slice()
    assert post.recipients == [ada.email]


def test_mails_of_a_slice_share_one_connection(mailing_app, post, make):
    for name in ("Ada", "Bob", "Cem"):
        queue(make.candidate(name))
    assert delivery.send_slice() == 3
    assert (len(post.taken), post.greetings) == (3, 1)


def test_a_temporary_refusal_is_tried_again_later(send, post, make):
    ada = make.candidate("Ada")
    post.at_rcpt[ada.email] = "451 4.7.1 greylisted"
    send(ada)
    row = find(ada)
    assert (row.status, row.attempts) == (Status.DUE, 1)
    assert row.not_before > clock.now()
    post.at_rcpt.clear()
    delivery.send_slice()
    assert post.taken == []
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        delivery.send_slice()
    assert find(ada).status is Status.SENT


def test_temporary_refusals_end_in_failure_at_last(send, post, make):
    ada = make.candidate("Ada")
    post.at_data[ada.email] = "452 4.2.2 mailbox full"
    send(ada)
    moment = clock.now()
    for _attempt in range(15):
        assert find(ada).status is Status.DUE
        moment += timedelta(hours=5)
        with clock.standing_at(moment):
            delivery.send_slice()
    assert find(ada).status is Status.FAILED
    assert "mailbox full" in find(ada).error


def test_an_address_that_does_not_exist_fails_and_bounces(send, post, make):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    post.at_rcpt[ada.email] = "550 5.1.1 no such user"
    queue(bob)
    send(ada)
    assert find(ada).status is Status.FAILED
    assert kinds(ada)[0] is Kind.BOUNCED
    assert find(bob).status is Status.SENT


def test_a_refused_content_fails_without_a_bounce(send, post, make):
    ada = make.candidate("Ada")
    post.at_data[ada.email] = "554 5.7.1 looks like spam"
    send(ada)
    assert find(ada).status is Status.FAILED
    assert Kind.BOUNCED not in kinds(ada)


def test_a_connection_that_breaks_before_the_mail_is_complete_loses_nothing(send, post, make):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    post.hang_up_at = "MAIL"
    queue(bob)
    send(ada)
    assert {find(ada).status, find(bob).status} == {Status.DUE}
    post.hang_up_at = ""
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        delivery.send_slice()
    assert sorted(post.recipients) == sorted([ada.email, bob.email])


def test_a_connection_that_breaks_after_the_mail_is_complete_leaves_it_uncertain_for_good(send, post, make):
    ada = make.candidate("Ada")
    post.hang_up_at = "dot"
    send(ada)
    assert find(ada).status is Status.UNCERTAIN
    post.hang_up_at = ""
    with clock.standing_at(clock.now() + timedelta(days=3)):
        delivery.sweep()
        delivery.send_slice()
    assert (find(ada).status, post.taken) == (Status.UNCERTAIN, [])


def test_a_server_that_falls_silent_is_left_in_time(send, post, make, monkeypatch):
    monkeypatch.setattr(smtp.line, "DOT_SECONDS", 0.3)
    ada = make.candidate("Ada")
    post.stall_seconds = 1.5
    send(ada)
    assert find(ada).status is Status.UNCERTAIN


def test_with_the_server_away_mails_wait(mailing_app, make):
    use_server(mailing_app, "smtp://127.0.0.1:1")
    ada = make.candidate("Ada")
    row = queue(ada)
    assert delivery.send_slice() == 0
    assert find(ada).status is Status.DUE
    assert row.lease_until is None


def test_no_transaction_is_open_while_the_server_thinks(mailing_app, post, make):
    """Somebody else writes at that moment and does not wait."""
    ada = make.candidate("Ada")
    url = db.engine.url
    seen = []

    def write(recipient):
        engine = sa.create_engine(url, connect_args={"timeout": 1} if url.drivername.startswith("sqlite") else {})
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE candidate SET headline = 'written' WHERE id = :id"), {"id": ada.id})
            seen.append(connection.scalar(sa.text("SELECT status FROM delivery")))
        engine.dispose()

    post.before_answer = write
    queue(ada)
    delivery.send_slice()
    assert seen == ["sending"]
    assert find(ada).status is Status.SENT


def test_two_workers_never_send_a_mail_twice(mailing_app, post, make):
    people = [make.candidate(f"Person {number}") for number in range(40)]
    delivery.enqueue(Purpose.OUTREACH, 1, [person.id for person in people])

    def work():
        with mailing_app.app_context():
            while delivery.send_slice(5):
                pass
            db.session.remove()

    workers = [threading.Thread(target=work) for _number in range(3)]
    [worker.start() for worker in workers]
    [worker.join(60) for worker in workers]
    assert sorted(post.recipients) == sorted(person.email for person in people)


def test_a_claim_of_a_worker_that_died_is_due_again_after_its_lease(mailing_app, post, make):
    ada = make.candidate("Ada")
    row = queue(ada)
    with transaction():
        row.status, row.lease_until = Status.CLAIMED, clock.now() + timedelta(minutes=1)
    assert delivery.sweep() == 0
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        assert delivery.sweep() == 1
        delivery.send_slice()
    assert post.recipients == [ada.email]


def test_a_worker_that_died_on_the_wire_leaves_uncertainty(mailing_app, post, make):
    ada = make.candidate("Ada")
    row = queue(ada)
    with transaction():
        row.status, row.lease_until = Status.SENDING, clock.now()
    assert delivery.sweep() == 1
    assert find(ada).status is Status.UNCERTAIN
    delivery.try_again(find(ada))
    delivery.send_slice()
    assert post.recipients == [ada.email]


def test_a_composer_that_says_no_withholds_with_its_reason(mailing_app, post, make):
    def refuse(row):
        raise Withheld("The campaign has ended.")

    mailing_app.extensions["composers"] = {Purpose.OUTREACH: refuse}
    ada = make.candidate("Ada")
    queue(ada)
    delivery.send_slice()
    assert (find(ada).status, find(ada).withheld_reason) == (Status.WITHHELD, "The campaign has ended.")


def test_a_fault_in_one_text_keeps_no_other_mail_back(mailing_app, post, make):
    def compose(row):
        if row.candidate.full_name == "Ada":
            raise ZeroDivisionError
        return write_letter(row)

    mailing_app.extensions["composers"] = {Purpose.OUTREACH: compose}
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    queue(ada)
    queue(bob)
    delivery.send_slice()
    assert (find(ada).status, find(bob).status) == (Status.DUE, Status.SENT)


def test_somebody_who_unsubscribes_while_the_letter_is_written_gets_none(mailing_app, post, make):
    bob = make.candidate("Bob")

    def compose(row):
        with transaction() as session:
            session.execute(sa.text("UPDATE candidate SET unsubscribed_at = :now"), {"now": clock.now()})
        return write_letter(row)

    mailing_app.extensions["composers"] = {Purpose.OUTREACH: compose}
    queue(bob)
    delivery.send_slice()
    assert post.taken == []
    assert find(bob).status is Status.WITHHELD


def test_held_mails_wait_until_they_are_released(mailing_app, post, make):
    ada = make.candidate("Ada")
    queue(ada)
    assert delivery.hold(Purpose.OUTREACH, 1) == 1
    assert delivery.send_slice() == 0
    assert delivery.release(Purpose.OUTREACH, 1) == 1
    delivery.send_slice()
    assert post.recipients == [ada.email]


def test_cancelled_mails_never_leave(mailing_app, post, make):
    queue(make.candidate("Ada"))
    assert delivery.cancel(Purpose.OUTREACH, 1) == 1
    assert delivery.send_slice() == 0
    assert delivery.release(Purpose.OUTREACH, 1) == 0


def test_without_a_mail_server_mail_stays_in_the_outbox(mailing_app, make):
    use_server(mailing_app, "")
    ada = make.candidate("Ada")
    queue(ada)
    delivery.send_slice()
    [mail] = db.session.scalars(sa.select(OutboxMail)).all()
    assert (mail.recipient, mail.subject) == (ada.email, "A question for Ada")
    assert find(ada).status is Status.SENT
    assert Kind.OUTREACH_DELIVERED in kinds(ada)


def test_ten_thousand_rows_are_written_in_slices(app, make):
    people = [make.person(f"P{number}") for number in range(3)]
    ids = [person.id for person in people]
    assert delivery.enqueue(Purpose.MAILING, 1, ids * 400) == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 3
