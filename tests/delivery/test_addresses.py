"""Mail to people who are no candidates, mail that is taken back before it leaves, and copies of what was sent."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import db
from portal.delivery import front, personal
from portal.delivery import services as delivery
from portal.delivery.emails import Letter, read
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.errors import Invalid
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.tokens import sign, unsign

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FRIEND = "grace.hopper@friend.example"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def to_strangers(mailing_app):
    letter = Letter(subject="A question", body="Hello,\n\nis this you?", values={})
    mailing_app.extensions["composers"] = dict.fromkeys(Purpose, lambda _row: letter)


def row() -> Delivery:
    db.session.expire_all()
    return db.session.query(Delivery).order_by(Delivery.id.desc()).first()


@pytest.mark.usefixtures("to_strangers")
def test_somebody_who_is_no_candidate_is_written_to_and_forgotten(post):
    assert delivery.enqueue_to(Purpose.REFERRAL, 1, FRIEND, "Grace Hopper") == 1
    delivery.send_slice()
    [mail] = post.mails()
    assert mail["To"] == f"Grace Hopper <{FRIEND}>"
    assert "/me" not in mail.get_body(("plain",)).get_content(), "there is no page about somebody who is no candidate"
    kept = row()
    assert (kept.status, kept.address, kept.address_name, kept.candidate_id) == (Status.SENT, "", "", None)
    assert db.session.query(OutboxMail).count() == 0


@pytest.mark.usefixtures("to_strangers")
def test_an_address_gets_one_mail_of_a_kind_a_day(post):
    for subject in (1, 1, 2):
        delivery.enqueue_to(Purpose.CONFIRM_INTEREST, subject, FRIEND)
    delivery.enqueue_to(Purpose.CONFIRM_INTEREST, 3, "Grace.Hopper+jobs@friend.example")
    delivery.send_slice()
    assert len(post.taken) == 1
    delivery.enqueue_to(Purpose.REFERRAL, 1, FRIEND)
    delivery.send_slice()
    assert len(post.taken) == 2
    with clock.standing_at(NOW + timedelta(days=1, seconds=1)):
        delivery.enqueue_to(Purpose.CONFIRM_INTEREST, 4, FRIEND)
        delivery.send_slice()
    assert len(post.taken) == 3


@pytest.mark.usefixtures("to_strangers")
def test_whoever_must_not_be_written_to_is_not_reached_by_a_typed_address(post, make):
    privacy.suppress(FRIEND, SuppressionReason.OBJECTED)
    ada = make.candidate("Ada")
    candidates.set_preferences(ada, Pace.ANY, datetime(2027, 1, 4).date())
    bob = make.candidate("Bob")
    candidates.stop_contact(bob)
    for number, address in enumerate((FRIEND, FRIEND.upper(), ada.email, bob.email)):
        delivery.enqueue_to(Purpose.CONFIRM_INTEREST, number, address)
    delivery.send_slice()
    assert post.taken == []
    assert {one.status for one in db.session.query(Delivery)} == {Status.WITHHELD}
    assert {one.address for one in db.session.query(Delivery)} == {""}


def test_what_is_no_address_is_refused_at_once(app):
    for address in ("", "grace", "a@b\r\nBcc: c@d.example", "x" * 10_000 + "@y.example"):
        with pytest.raises(Invalid):
            delivery.enqueue_to(Purpose.REFERRAL, 1, address)
    assert db.session.query(Delivery).count() == 0


def test_what_was_handed_in_can_be_taken_back_and_handed_in_again(send, make, post):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    send(ada, subject_id=1)
    delivery.enqueue(Purpose.OUTREACH, 2, [bob.id], NOW + timedelta(minutes=1))
    assert delivery.undo(Purpose.OUTREACH, [1, 2, 3]) == [2], "what has left cannot be taken back"
    with clock.standing_at(NOW + timedelta(hours=1)):
        delivery.send_slice()
        assert len(post.taken) == 1
        assert delivery.enqueue(Purpose.OUTREACH, 2, [bob.id]) == 1
        delivery.send_slice()
    assert len(post.taken) == 2


def test_a_mail_that_a_worker_has_taken_is_not_undone(mailing_app, make):
    ada = make.candidate("Ada")
    delivery.enqueue(Purpose.OUTREACH, 1, [ada.id])
    row().status = Status.CLAIMED
    db.session.commit()
    assert delivery.undo(Purpose.OUTREACH, [1]) == []


def test_every_mail_is_kept_as_it_was_sent_with_links_that_open_nothing(mailing_app, make, post):
    ada = make.candidate("Ada")
    token = sign("unsubscribe", [ada.id, 1])
    body = f"Hello {{{{first_name}}}},\n\n[stop](http://portal.test/u/{token}) or {{{{landing_link}}}}\n\nhttp://portal.test/stories/a-long-address-of-a-story"
    values = {"first_name": "Ada", "landing_link": "http://portal.test/l/AbCdEf0123456789_-xyzQ"}
    letter = Letter(subject="Hello", body=body, values=values, one_click=f"http://portal.test/u/{token}/one-click", notice=True)
    mailing_app.extensions["composers"] = {Purpose.OUTREACH: lambda _row: letter}
    delivery.enqueue(Purpose.OUTREACH, 1, [ada.id])
    delivery.send_slice()
    [sent], kept = post.mails(), read(db.session.query(OutboxMail).one().raw)
    assert token in sent["List-Unsubscribe"]
    for part in (kept.source, kept.html, kept.text, str(kept.head)):
        assert token not in part
        assert "AbCdEf0123456789_-xyzQ" not in part
    assert "a-long-address-of-a-story" in kept.text
    text = sent.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert [line for line in text.split("\n") if "http" not in line] == [
        line for line in kept.text.split("\n") if "http" not in line
    ]


def test_what_a_person_is_shown_of_a_mail_opens_nothing_also_where_the_outbox_has_links_that_work(app, make):
    ada, token = make.candidate("Ada", email=FRIEND), "AbCdEf0123456789_-xyzQ"
    letter = Letter(
        subject="Hello", body="{{landing_link}}", values={"landing_link": f"http://portal.test/l/{token}"}, notice=True
    )
    app.extensions["composers"] = dict.fromkeys(Purpose, lambda _row: letter)
    delivery.enqueue(Purpose.OUTREACH, 1, [ada.id])
    delivery.enqueue_to(Purpose.CHECK_IN, 1, FRIEND)
    delivery.send_slice()
    assert all(token in read(mail.raw).text for mail in db.session.query(OutboxMail)), "there is no other copy of it"
    shown = personal.held(ada.id)
    assert [list(item.facts.values()) for item in shown] == [
        ["Question whether it was you", "sent"],
        ["First message", "sent"],
    ], "also mail from before the address belonged to a candidate"
    assert all("/l/..." in item.text and token not in item.text for item in shown)


def test_every_kind_and_state_of_a_mail_has_words_for_its_reader_and_for_staff():
    assert set(personal.KINDS) == set(front.PURPOSES) == set(Purpose)
    assert set(personal.STATES) == set(Status)


def test_a_mail_leads_its_reader_to_their_own_page(send, make, post):
    ada = make.candidate("Ada")
    send(ada)
    text = post.mails()[0].get_body(("plain",)).get_content()
    token = text.split("/me?for=")[1].split()[0].strip("<>)")
    assert unsign("own page", token) == ada.id


def test_a_mail_that_was_refused_leaves_no_copy(send, make, post):
    ada = make.candidate("Ada")
    post.at_data = {ada.email: "550 5.7.1 no"}
    send(ada)
    assert db.session.query(OutboxMail).count() == 0


def test_copies_of_mail_to_strangers_go_after_two_weeks(app):
    app.extensions["composers"] = {Purpose.REFERRAL: lambda _row: Letter(subject="A question", body="Hello", values={})}
    delivery.enqueue_to(Purpose.REFERRAL, 1, FRIEND)
    delivery.send_slice()
    assert db.session.query(OutboxMail).count() == 1, "without a mail server the outbox is all there is of it"
    with clock.standing_at(NOW + timedelta(days=15)):
        assert delivery.forget_strangers() == 1
        assert delivery.forget_strangers() == 0
    assert db.session.query(OutboxMail).count() == 0


def test_erasing_calls_off_what_waits_and_leaves_no_word_of_what_was_sent(send, make, post):
    ada = make.candidate("Ada Lovelace")
    send(ada)
    delivery.enqueue(Purpose.MAILING, 7, [ada.id], NOW + timedelta(days=1))
    privacy.erase(ada.id, "herself")
    rows = db.session.query(Delivery).order_by(Delivery.id).all()
    assert [one.status for one in rows] == [Status.SENT, Status.CANCELLED]
    assert {(one.subject, one.error) for one in rows} == {("", "")}
    assert db.session.query(OutboxMail).count() == 0
