"""Mallory at the forms: two answers at once, replayed, forged and foreign tokens, open redirects, days that are none."""

import itertools
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.errors import Invalid, NotFound
from portal.outreach import services as outreach
from portal.pipeline.models import StageName, StageTransition
from portal.pipeline.queries import find_placement
from portal.privacy import services as privacy
from portal.security import SAFE_METHODS
from portal.submissions import queries, services
from portal.submissions.models import Answer, PendingInterest, Referral, Response, Tap
from portal.submissions.queries.interest import CONFIRMS
from portal.submissions.queries.referrals import ASKS
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER, at_once
from tests.submissions import NASTY, WHO, form_token, rows, send, text_of

EVIL = ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil.example\r\nSet-Cookie: a=b")


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada"))


@pytest.fixture
def link(message) -> str:
    return f"/l/{outreach.token_of(message.link)}"


def mail_links() -> dict[str, str]:
    """Where the mails of a waiting form and of a friend who is asked lead, by what the token is for."""
    services.give_interest(None, services.Given(**WHO), "i")
    services.refer(None, services.Friend("carl@home.example"), "r")
    pending, friend = db.session.query(PendingInterest).one(), db.session.query(Referral).one()
    return {"confirm": tokens.derive(CONFIRMS, pending.nonce), "referred": tokens.derive(ASKS, friend.nonce)}


def test_two_answers_at_once_end_as_one_after_the_other(app, message, link):
    turns = iter(["interested", "no"] * 10)
    lock = threading.Lock()

    def answer() -> int:
        with lock:
            said = next(turns)
            data = {"form_token": form_token("choice"), "answer": said}
        return app.test_client().post(f"{link}/responses", data=data, headers=BROWSER).status_code

    assert at_once(app, 20, answer) == [303] * 20
    db.session.expire_all()
    found = queries.list_responses(message.candidate_id)
    assert [row.replaced_at is None for row in found] == [True] + [False] * (len(found) - 1)
    stage = find_placement(message.candidate_id).stage
    assert stage is {Answer.NO: StageName.DECLINED, Answer.INTERESTED: StageName.INTERESTED}[found[0].answer]
    candidate = db.session.get(Candidate, message.candidate_id)
    assert (candidate.do_not_contact_at is not None) == (found[0].answer is Answer.NO)
    assert db.session.query(Touchpoint).filter_by(kind=Kind.RESPONDED).count() == len(found) == 20
    answers = [row.answer for row in reversed(found)]
    moves = 1 + sum(one is not other for one, other in itertools.pairwise(answers))
    assert db.session.query(StageTransition).count() == moves


def test_an_answer_after_erasure_or_in_its_middle_is_none(client, message, link):
    token = form_token("choice")
    privacy.erase(message.candidate_id, by="themselves")
    before = rows()
    for data in ({"answer": "no"}, {"answer": "interested"}):
        assert client.post(f"{link}/responses", data=data | {"form_token": token}, headers=BROWSER).status_code == 404
    with pytest.raises(NotFound):  # the form was checked a moment before the erasure
        services.respond(message.link, Answer.INTERESTED, form_key="late")
    services.tap(message.link, Answer.NO)
    assert rows() == before
    assert db.session.query(Response).filter(Response.comment != "").count() == db.session.query(Tap).count() == 0


def test_a_token_made_for_one_purpose_opens_nothing_else(app, client, message, link):
    mails = mail_links()
    landing = link.removeprefix("/l/")
    before = rows()
    for path, own in ((f"/confirm/{mails['confirm']}", "confirm"), (f"/referred/{mails['referred']}", "referred")):
        others = [
            *mails.values(),
            landing,
            tokens.sign("unsubscribe", [message.candidate_id, 1]),
            form_token(own),
            "x" * 10_000,
            "é",
            "%00",
        ]
        for other in others:
            if other not in path:
                assert client.get(f"/{own}/{other}", headers=BROWSER).status_code in {400, 404}, other
    posts = {f"{link}/responses", f"{link}/interest", f"{link}/ask", f"{link}/refer", "/interest", "/ask", "/refer"}
    posts |= {f"/confirm/{mails['confirm']}", f"/referred/{mails['referred']}", f"/referred/{mails['referred']}/refusals"}
    purposes = {"responses", "choice", "interest", "ask", "refer", "confirm", "referred", "wishes", "own page", "feedback"}
    for path in posts:
        word = path.rpartition("/")[2] if not path.startswith(("/confirm", "/referred")) else path.split("/")[1]
        own = {"responses": {"responses", "choice"}}.get(word, {word})
        forged = [form_token(word)[:-3] + "AAA", "", "x", tokens.sign("unsubscribe", [word]), *mails.values()]
        for token in [*forged, *(form_token(purpose) for purpose in purposes - own)]:
            data = WHO | {"form_token": token, "answer": "no", "text": "Hm"}
            assert client.post(path, data=data, headers=BROWSER).status_code == 400, (path, token)
    assert rows() == before
    taken = {
        rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("submissions.") and rule.methods - SAFE_METHODS
    }
    assert len(taken) == len(posts), "every form of this feature is tried"


def test_a_replayed_form_is_the_same_submission(client, message, link):
    mails = mail_links()
    sent = {
        f"{link}/responses": {"form_token": form_token("choice"), "answer": "no", "comment": "Too far"},
        f"{link}/interest": {"form_token": form_token("interest"), "attracts": "Gates"},
        f"{link}/ask": {"form_token": form_token("ask"), "text": "Why?"},
        "/refer": {"form_token": form_token("refer"), "email": "dora@home.example"},
        f"/confirm/{mails['confirm']}": {"form_token": form_token("confirm")},
        f"/referred/{mails['referred']}": {"form_token": form_token("referred"), "name": "Carl"},
    }
    for path, data in sent.items():
        assert client.post(path, data=data, headers=BROWSER).status_code == 303, path
        before = rows()
        for _again in range(3):
            assert client.post(path, data=data, headers=BROWSER).status_code == 303, path
        assert rows() == before, path


def test_no_parameter_leads_to_another_site(client, link):
    names = ("next", "url", "to", "after", "page", "about", "return", "before", "visit", "redirect", "continue", "token")
    for evil in EVIL:
        query = dict.fromkeys(names, evil)
        for path in (
            "/thanks",
            "/ask",
            "/refer",
            "/interest",
            f"{link}/thanks",
            f"{link}/ask",
            f"{link}/answer/no",
            f"{link}/interest",
        ):
            page = text_of(client.get(path, query_string=query, headers=BROWSER))
            for mark in ('href="', 'action="', 'src="'):
                for scheme in ("https://evil", "//evil", "/\\evil", "javascript:"):
                    assert f"{mark}{scheme}" not in page, (path, evil)
        for path, fields in (
            ("/ask", {"text": "Hm"}),
            ("/refer", {"email": "d@home.example"}),
            (f"{link}/responses", {"answer": "no"}),
        ):
            purpose = "choice" if "responses" in path else path[1:]
            data = query | fields | {"form_token": form_token(purpose)}
            answer = client.post(path, data=data, query_string=query, headers=BROWSER)
            assert answer.status_code == (422 if path == "/refer" else 303), path
            assert (answer.location or "/").startswith("/"), answer.location
            assert not (answer.location or "").startswith(("//", "/\\"))
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kolkata", "America/Los_Angeles", ""])
def test_tomorrow_is_the_persons_own_tomorrow_from_minus_11_to_plus_14(client, make, zone):
    message = make.message(make.candidate("Ada", time_zone=zone))
    path = f"/l/{outreach.token_of(message.link)}"
    for hour in (0, 5, 11, 13, 23):
        with time_machine.travel(datetime(2027, 3, 27, hour, 30, tzinfo=UTC)):  # the night on which clocks change in Europe
            today = clock.now().astimezone(ZoneInfo(zone or "Europe/Berlin")).date()
            first = f'min="{(today + timedelta(days=1)).isoformat()}"'
            assert first in text_of(client.get(f"{path}/answer/not-now", headers=BROWSER))
            for days, taken in ((-1, False), (0, False), (1, True), (730, True), (731, False)):
                ask_on = today + timedelta(days=days)
                if taken:
                    services.respond(message.link, Answer.NOT_NOW, form_key=f"{hour} {days}", ask_on=ask_on)
                    assert queries.current_response(message.candidate_id).ask_on == ask_on
                else:
                    with pytest.raises(Invalid):
                        services.respond(message.link, Answer.NOT_NOW, form_key=f"{hour} {days}", ask_on=ask_on)


def test_whatever_stands_in_the_fields_of_an_answer_is_words(client, hana, link):
    for text in (NASTY, "Ada\r\nBcc: all@x.example", "\u202egnp.exe", "x" * 10_000, "שלום" * 2_500, "a\x00b"):
        data = {"form_token": form_token("choice"), "answer": "no", "reason": "other", "comment": text, "would_change": text}
        assert client.post(f"{link}/responses", data=data, headers=BROWSER).status_code == 303
    page = text_of(hana.get("/console/answers"))
    assert "<script>alert" not in page
    for name in ("comment", "would_change"):
        data = {"form_token": form_token("choice"), "answer": "no", name: "é" * 10_001}
        refused = client.post(f"{link}/responses", data=data, headers=BROWSER)
        assert refused.status_code == 422
        assert "é" * 10_001 in text_of(refused)
    for fields in (
        {"answer": NASTY},
        {"answer": "x" * 10_000},
        {"answer": "no", "reason": NASTY},
        {"answer": "not now", "ask_on": NASTY},
    ):
        refused = client.post(f"{link}/responses", data=fields | {"form_token": form_token("choice")}, headers=BROWSER)
        assert refused.status_code == 422
        assert "<script>alert" not in text_of(refused)


def test_a_forwarded_link_tells_a_first_name_and_nothing_that_was_answered(client, make):
    message = make.message(make.candidate("Ada Novak", email="ada@firm.example"))
    services.respond(message.link, Answer.NO, form_key="k", comment="Secret words", would_change="More of it")
    services.give_interest(message.link, services.Given(attracts="Secret tank"), "i")
    for page in ("", "/answer/no", "/answer/not-now", "/answer/interested", "/interest", "/ask", "/refer", "/thanks?after=no"):
        text = text_of(client.get(f"/l/{outreach.token_of(message.link)}{page}", headers=BROWSER))
        for secret in ("Secret", "More of it", "Novak", "ada@firm"):
            assert secret not in text, (page, secret)


def test_the_text_of_a_stranger_reaches_nobodys_mail(client, app):
    assert send(client, "/interest", name=NASTY, email="ada@home.example", attracts=NASTY).status_code == 303
    assert send(client, "/refer", name=NASTY, email="ada@home.example").status_code == 422
