"""What comes back decides by token and code, once, and never by what a mail says of itself."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.emails import returns
from portal.delivery.models import Bounce, Purpose, Status
from portal.inbound.models import InboundMail, Kind, PoisonMail, Reply
from portal.inbound.queries import counts, list_alarms, list_waiting
from portal.inbound.services import forget, receive, replay, settle
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.privacy.queries import find_suppression
from portal.timeline.models import Kind as Touch
from portal.timeline.queries import has_responded_since, list_touchpoints
from tests.inbound import letters


def touches(candidate) -> list[Touch]:
    return [one.kind for one in list_touchpoints(candidate.id)]


def replies() -> list[Reply]:
    return list(db.session.scalars(sa.select(Reply).order_by(Reply.id)))


@pytest.mark.parametrize(
    ("status", "bounce"),
    [("5.1.1", Bounce.HARD), ("5.1.10", Bounce.HARD), ("5.2.2", Bounce.SOFT), ("4.4.7", Bounce.SOFT), ("5.7.26", Bounce.POLICY)],
)
def test_action_and_status_decide_what_follows_and_the_token_decides_for_whom(left, ada, make, status, bounce):
    mallory = make.reader("Mallory", email="mallory@elsewhere.example")  # the body names her; that counts for nothing
    row = left(ada)
    assert receive(letters.report(returns.address_for(row), status)) is Kind.BOUNCE
    assert (row.bounce, row.status_code) == (bounce, status)
    assert bool(find_suppression(ada.email)) is (bounce is Bounce.HARD)
    assert find_suppression(mallory.email) is None
    assert touches(ada)[0] is Touch.BOUNCED
    assert bool(list_alarms()) is (bounce is Bounce.POLICY)


@pytest.mark.parametrize("server", ["Postfix", "Exchange", "Gmail"])
def test_reports_of_every_server_are_understood_and_a_delay_changes_nothing(left, ada, server):
    row = left(ada)
    to = returns.address_for(row)
    assert receive(letters.report(to, "4.4.1", "delayed", server=server)) is Kind.DELAY
    assert row.bounce is None
    assert Touch.BOUNCED not in touches(ada)
    assert receive(letters.report(to.upper(), "5.1.1", server=server)) is Kind.BOUNCE
    assert row.bounce is Bounce.HARD
    assert find_suppression(ada.email).reason is SuppressionReason.BOUNCED


def test_qmail_and_exim_are_understood_and_a_hard_bounce_outweighs_a_soft_one(left, ada):
    row = left(ada)
    assert receive(letters.qmail(returns.address_for(row), "5.2.2")) is Kind.BOUNCE
    assert row.bounce is Bounce.SOFT
    assert receive(letters.exim(returns.address_for(row))) is Kind.BOUNCE
    assert row.bounce is Bounce.HARD
    assert touches(ada).count(Touch.BOUNCED) == 1


def test_a_forged_bounce_or_complaint_does_nothing_but_is_counted(left, ada):
    row = left(ada)
    wrong = returns.address_for(row).replace("-", "-0", 1)
    for to in (wrong, "bounces@sielwerk.example", "ada@candidate.example"):
        assert receive(letters.report(to, "5.1.1", about=f"Message-ID: {row.message_id}")) is Kind.FORGED
    assert receive(letters.complaint("Return-Path: <bounces+b1-00000000000000000000@sielwerk.example>")) is Kind.FORGED
    assert row.bounce is None
    assert find_suppression(ada.email) is None
    assert counts() == {Kind.FORGED: 4}


def test_a_mail_that_never_left_cannot_bounce(left, ada):
    row = left(ada, status=Status.DUE)
    assert receive(letters.report(returns.address_for(row), "5.1.1")) is Kind.FORGED
    assert find_suppression(ada.email) is None


def test_a_complaint_suppresses_at_once_and_is_on_the_timeline(left, ada):
    row = left(ada)
    assert receive(letters.complaint(f"Message-ID: {row.message_id}", "not-spam")) is not Kind.COMPLAINT
    assert find_suppression(ada.email) is None
    assert receive(letters.complaint(f"Return-Path: <{returns.address_for(row)}>")) is Kind.COMPLAINT
    assert find_suppression(ada.email).reason is SuppressionReason.COMPLAINED
    assert touches(ada)[0] is Touch.COMPLAINED
    assert row.complained_at
    assert delivery.gate(ada, Purpose.OUTREACH, row.complained_at).allowed is False


def test_at_three_complaints_in_a_thousand_the_mailing_pauses_and_not_before(left, ada, make):
    rows = [left(ada), *(left(make.person(f"P{number}")) for number in range(9))]
    assert delivery.is_paused(Purpose.MAILING, 1) == ""
    with pytest.MonkeyPatch.context() as few:
        few.setattr("portal.inbound.services.effects.STOP", 0.2)
        receive(letters.complaint(f"Message-ID: {rows[0].message_id}"))
        assert delivery.is_paused(Purpose.MAILING, 1) == ""
        receive(letters.complaint(f"Message-ID: {rows[1].message_id}"))
    assert delivery.is_paused(Purpose.MAILING, 1) == "2 of 10 people marked it as spam."


def test_hana_settles_a_reply_and_it_waits_no_more(left, ada, hana):
    receive(letters.written(returns.reply_address_for(left(ada)), "Tell me more."))
    page = hana.get("/console/replies").text
    assert re.search(rf'href="/console/[a-z/]+/{ada.id}"><bdi>Ada', page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    assert hana.post(f"/console/replies/{replies()[0].id}/settlements", data={"csrf_token": token}).status_code == 303
    assert list_waiting() == []


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        ("Abwesenheitsnotiz: Urlaub", ""),
        ("Automatische Antwort: A question", ""),
        ("Out of office", ""),
        ("Réponse automatique : congés", ""),
        ("Respuesta automática: A question", ""),
        ("Afwezig", ""),
        ("Re: A question", "Auto-Submitted: auto-replied"),
        ("Re: A question", "Precedence: auto_reply"),
        ("Re: A question", "X-Autoreply: yes"),
        ("Re: A question", "Return-Path: <>"),
    ],
)
def test_a_notice_of_absence_is_never_a_response_and_never_answered(left, ada, subject, head):
    row = left(ada)
    before = db.session.scalar(sa.text("SELECT count(*) FROM delivery"))
    raw = letters.written(returns.reply_address_for(row), "Back on Monday. Please stop by.", subject=subject, head=head)
    assert receive(raw) is Kind.AUTOMATIC
    assert not has_responded_since(ada.id, row.created_at)
    assert replies() == []
    assert db.session.scalar(sa.text("SELECT count(*) FROM delivery")) == before


def test_a_reply_is_threaded_by_token_or_message_id_counts_as_a_response_and_waits(left, ada, make):
    row = left(ada)
    raw = letters.written(returns.reply_address_for(row), "Tell me more.\n\nOn Tuesday Marit wrote:\n> Hello Ada\n> stop writing")
    assert receive(raw) is Kind.REPLY
    named = letters.written("people@sielwerk.example", "And one thing.", head=f"In-Reply-To: {row.message_id}")
    assert receive(named) is Kind.REPLY
    assert [one.text for one in replies()] == ["Tell me more.", "And one thing."]
    assert all(one.candidate_id == ada.id and one.certain and not one.wants_stop for one in replies())
    assert has_responded_since(ada.id, row.created_at)
    settle(replies()[0], make.user().id)
    assert [one.text for one in list_waiting()] == ["And one thing."]


def test_who_only_writes_under_an_address_waits_but_is_no_response(left, ada):
    row = left(ada)
    assert receive(letters.written("reply@sielwerk.example", "It is me.")) is Kind.REPLY
    [reply] = replies()
    assert reply.candidate_id == ada.id
    assert not reply.certain
    assert not has_responded_since(ada.id, row.created_at)


@pytest.mark.parametrize(
    "words", ["Please stop writing to me.", "STOP", "Bitte keine Mails mehr!", "Abmelden", "Ne m’écrivez plus."]
)
def test_please_stop_in_any_language_is_shown_first_and_holds_mail_back(left, ada, make, words):
    receive(
        letters.written(
            returns.reply_address_for(left(make.reader("Bob"))), "Where do I find the stop of your bus, please, by the gate?"
        )
    )
    row = left(ada)
    receive(letters.written(returns.reply_address_for(row), words))
    first, second = list_waiting()
    assert first.wants_stop
    assert first.candidate_id == ada.id
    assert not second.wants_stop
    assert delivery.gate(ada, Purpose.MAILING, first.at + timedelta(days=60)).allowed is False
    settle(first, make.user().id)
    assert delivery.gate(ada, Purpose.MAILING, first.at + timedelta(days=60)).allowed is True


def test_a_mail_to_the_stop_address_unsubscribes_without_a_person(left, ada):
    assert receive(letters.written(returns.stop_address_for(left(ada)), "", subject="unsubscribe")) is Kind.STOP
    assert ada.unsubscribed_at
    assert replies() == []


@pytest.mark.parametrize("how", ["bounce", "reply", "complaint"])
def test_what_comes_back_settles_a_mail_of_which_nobody_knew(left, ada, how):
    row = left(ada, status=Status.UNCERTAIN)
    raw = {
        "bounce": letters.report(returns.address_for(row), "4.4.7"),
        "reply": letters.written(returns.reply_address_for(row), "Yes."),
        "complaint": letters.complaint(f"Message-ID: {row.message_id}"),
    }[how]
    receive(raw)
    assert (row.status, row.resolved_by) == (Status.SENT, how)


def test_the_same_mail_by_two_ways_counts_once(left, ada):
    raw = letters.written(returns.reply_address_for(left(ada)), "Yes.")
    assert receive(b"Received: by one\r\n" + raw) is Kind.REPLY
    assert receive(b"Received: by two\r\nReceived: by three\r\n" + raw) is None
    assert len(replies()) == 1
    assert touches(ada).count(Touch.REPLIED) == 1


def test_html_of_a_reply_is_kept_as_plain_words_only(left, ada, hana):
    html = "<style>p{}</style><p>Fine <b>idea</b></p><script>alert(1)</script><img src=x onerror=alert(2)>"
    receive(letters.written(returns.reply_address_for(left(ada)), "", html=html, subject="<script>alert(3)</script>"))
    [reply] = replies()
    assert reply.text == "Fine idea"
    page = hana.get("/console/replies").text
    assert "Fine idea" in page
    assert "<script>alert" not in page


HOSTILE = {
    "ten thousand parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" * 10_000,
    "parts in parts": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(90)),
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 90 + b"\r\nx",
    "fifty megabytes": b"Subject: x\r\n\r\n" + b"a" * (50 * 1024 * 1024),
    "many header lines": b"X: y\r\n" * 5000 + b"\r\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_set_aside_with_the_reason(inbound_app, hana, name):
    assert receive(HOSTILE[name]) is Kind.SET_ASIDE
    assert receive(HOSTILE[name]) is None
    [row] = db.session.scalars(sa.select(PoisonMail))
    assert row.error
    assert len(row.raw) <= 25 * 1024 * 1024
    assert row.error[:20] in hana.get("/console/replies").text
    assert replay(row.id) is Kind.SET_ASIDE  # still as hostile as it was


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        (
            b"From: =?klingon?q?=ff?= <a@b>\r\nSubject: =?utf-8?b?####?=\r\n"
            b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\x00"
        ),
        (
            b"From: a@b.example\r\nContent-Type: text/plain; charset*=utf-8'en'%ff%fe\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!!"
        ),
        (
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
            b"--x\r\nContent-Type: message/delivery-status"
            b"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--"
        ),
        b"From: <" + b"a" * 100_000 + b"@b>\r\nTo: " + b"(" * 5000 + b"\r\nReferences: " + b"<a@b>" * 10_000 + b"\r\n\r\n" + b"x",
    ],
    ids=["empty", "bytes", "charsets", "params", "encoded report", "long"],
)
def test_broken_mail_breaks_nothing(inbound_app, raw):
    assert receive(raw) is not None
    assert receive(raw) is None
    assert db.session.scalar(sa.select(sa.func.count(InboundMail.id))) == 1


def test_erasing_leaves_no_word_of_a_reply_and_time_lets_go_of_settled_ones(left, ada, make, monkeypatch):
    receive(letters.written(returns.reply_address_for(left(ada)), "Zwiebelfisch."))
    receive(letters.written("reply@sielwerk.example", "Zwiebelfisch again.", sender="ADA@candidate.example"))
    bob = make.reader("Bob")
    receive(letters.written(returns.reply_address_for(left(bob)), "Later.", sender=bob.email))
    privacy.erase(ada.id, "candidate")
    assert [one.candidate_id for one in replies()] == [bob.id]
    settle(replies()[0], make.user().id)
    assert forget() == 0
    monkeypatch.setattr("portal.inbound.services.settling.KEPT", -forget.__globals__["KEPT"])
    assert forget() == 1
    assert replies() == []
