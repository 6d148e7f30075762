"""A tap is no answer until a person gave it: it holds mailings back, counts nowhere, and falls away by itself."""

import re
from datetime import timedelta

import time_machine

from portal import clock
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.outreach import emails as letters
from portal.outreach import services as outreach
from portal.outreach.models import Verdict, Visit
from portal.pipeline.queries import find_placement
from portal.submissions import services
from portal.submissions.models import Answer, Response, Tap
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.pages import read_forms
from tests.submissions import form_token, rows, text_of, token_in

WORDS = ("interested", "not-now", "no")


def deliver(message) -> None:
    """The mail with the link left this second."""
    about = {"purpose": Purpose.OUTREACH, "subject_id": message.id, "candidate_id": message.candidate_id}
    with transaction() as session:
        now = clock.now()
        session.add(
            Delivery(**about, status=Status.SENT, not_before=now, message_id=f"<{message.id}@x>", created_at=now, sent_at=now)
        )


def is_mailed(candidate) -> bool:
    db.session.expire_all()
    return delivery.gate(candidate, Purpose.MAILING, clock.now(), carries_notice=True).allowed


def test_a_sandbox_that_opens_every_link_and_presses_every_button_answers_nothing(client, make):
    message = make.message(make.candidate("Ada"))
    deliver(message)
    ada, start = message.candidate, f"/l/{outreach.token_of(message.link)}"
    before, opened = rows(), set()
    waiting = [start, *(f"{start}/answer/{word}" for word in WORDS)]
    while waiting and len(opened) < 40:
        path = waiting.pop(0)
        opened.add(path)
        page = client.get(path, headers=BROWSER)
        pages = [text_of(page)]
        for form in read_forms(pages[0], path):
            for name, value in form.buttons.values():
                if form.method == "post" and path != f"{start}/feedback":
                    typed = {field: given or ["Text"] for field, given in form.fields.items() if field != "website"}
                    pressed = client.post(form.action, data=typed | ({name: [value]} if name else {}), headers=BROWSER)
                    pages.append(text_of(pressed))
        found = re.findall(r'href="(/l/[^"#]*)"', "".join(pages))
        waiting += [
            link.replace("&amp;", "&")
            for link in found
            if link not in opened and "feedback" not in link and "/unseen" not in link
        ]
    outreach.classify()
    db.session.expire_all()
    after = rows()
    changed = {name for name in after if after[name] != before[name]} - {"visit", "tap", "quarantine"}
    assert len(opened) >= 8
    assert changed == set()
    assert {tap.answer for tap in db.session.query(Tap)} == set(Answer)
    assert not db.session.query(Visit).filter_by(verdict=Verdict.HUMAN).count()
    assert find_placement(ada.id) is None
    assert not is_mailed(ada)
    assert ada.do_not_contact_at is None


def test_the_links_of_the_mail_open_pages_that_ask_and_answer_nothing(client, make):
    message = make.message(make.candidate("Ada"))
    values = letters.letter(message, "stop").values
    before = rows()
    for name, button in (("interested", "Yes, let us talk"), ("not_now", "Ask me on this day"), ("no", "Just no, thank you")):
        assert "{{answer_" + name + "}}" in message.campaign.body
        address = values[f"answer_{name}"].removeprefix("http://portal.test")
        for method in ("HEAD", "GET"):
            for extra in ({}, {"Sec-Purpose": "prefetch"}):
                page = client.open(address, method=method, headers=BROWSER | extra)
                assert page.status_code == 200
        assert button in text_of(page)
    after = rows()
    assert {name for name in after if after[name] != before[name]} == {"visit"}


def test_a_tap_holds_mailings_back_until_it_falls_away_by_itself_and_staff_see_no_answer(client, hana, make):
    message = make.message(make.candidate("Ada Novak"))
    path = f"/l/{outreach.token_of(message.link)}"
    assert is_mailed(message.candidate)
    token = token_in(client.get(path, headers=BROWSER))
    asked = client.post(f"{path}/responses", data={"form_token": token, "answer": "no"}, headers=BROWSER)
    assert "One more press" in text_of(asked)
    assert asked.status_code == 200
    assert not is_mailed(message.candidate)
    assert delivery.gate(message.candidate, Purpose.ACCESS, clock.now()).allowed, "what they ask for themselves still comes"
    page = text_of(hana.get("/console/answers"))
    assert "1 unconfirmed tap" in page
    assert "No: <b>0</b>" in page
    assert db.session.query(Touchpoint).filter_by(kind=Kind.RESPONDED).count() == 0
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert services.forget_taps() == 1
        assert is_mailed(message.candidate)


def test_the_choice_on_the_next_page_makes_the_tap_an_answer(client, make):
    message = make.message(make.candidate("Ada"))
    path = f"/l/{outreach.token_of(message.link)}"
    token = token_in(client.get(path, headers=BROWSER))
    asked = client.post(f"{path}/responses", data={"form_token": token, "answer": "interested"}, headers=BROWSER)
    with time_machine.travel(clock.now() + timedelta(seconds=8)):
        data = {"form_token": token_in(asked), "answer": "interested"}
        assert client.post(f"{path}/responses", data=data, headers=BROWSER).status_code == 303
    db.session.expire_all()
    assert db.session.query(Response).one().answer is Answer.INTERESTED
    assert db.session.query(Tap).count() == 0
    assert message.candidate.held_back_until is None


def test_somebody_too_quick_on_the_next_page_loses_nothing_and_no_time(client, make):
    path = f"/l/{make.link()}"
    first = client.get(f"{path}/answer/no", headers=BROWSER)
    data = {"answer": "no", "reason": "pay", "comment": "Too little", "would_change": "A third more"}
    again = client.post(f"{path}/responses", data={"form_token": token_in(first), **data}, headers=BROWSER)
    for typed in ("Too little", "A third more", "checked"):
        assert typed in text_of(again)
    assert token_in(again) == token_in(first), "the clock of the page goes on"
    with time_machine.travel(clock.now() + timedelta(seconds=4)):
        assert client.post(f"{path}/responses", data={"form_token": token_in(again), **data}, headers=BROWSER).status_code == 303
    response = db.session.query(Response).one()
    assert (response.comment, response.would_change) == ("Too little", "A third more")


def test_with_proof_of_a_person_one_press_is_enough_also_on_the_page_behind(client, make):
    for word in ("", "/answer/no"):
        message = make.message(make.candidate("Ada"))
        deliver(message)
        path = f"/l/{outreach.token_of(message.link)}"
        page = text_of(client.get(path, headers=BROWSER))
        proof = re.search(r'data-visit="([^"]+)"', page)[1]
        assert f'name="visit" value="{proof}"' in page
        assert f"answer/no?before={proof}" in page
        with time_machine.travel(clock.now() + timedelta(seconds=6)):
            client.post(f"{path}/proofs", data={"visit": proof}, headers=BROWSER)
            if word:
                page = text_of(client.get(f"{path}{word}?before={proof}", headers=BROWSER))
            data = next(form.fields for form in read_forms(page, path) if "/responses" in form.action)
            pressed = client.post(f"{path}/responses", data=data | {"answer": "no"}, headers=BROWSER)
            assert pressed.status_code == 303, word
    assert db.session.query(Response).count() == 2


def test_a_form_that_is_shown_again_can_still_be_proved(client, make):
    path = f"/l/{make.link()}"
    page = text_of(client.get(f"{path}/answer/no", headers=BROWSER))
    proof = re.search(r'data-visit="([^"]+)"', page)[1]
    data = next(form.fields for form in read_forms(page, path) if "/responses" in form.action)
    again = client.post(f"{path}/responses", data=data | {"answer": "no"}, headers=BROWSER)
    assert f'data-visit="{proof}"' in text_of(again)
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        client.post(f"{path}/proofs", data={"visit": proof}, headers=BROWSER)
    data = next(form.fields for form in read_forms(text_of(again), path) if "/responses" in form.action)
    assert client.post(f"{path}/responses", data=data | {"answer": "no"}, headers=BROWSER).status_code == 303


def test_anothers_proof_and_a_proof_of_a_machine_prove_nothing(client, make):
    hugo, ada = make.message(make.candidate("Hugo")), make.message(make.candidate("Ada"))
    page = text_of(client.get(f"/l/{outreach.token_of(hugo.link)}", headers=BROWSER))
    proof = re.search(r'data-visit="([^"]+)"', page)[1]
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        outreach.prove(proof)
    path = f"/l/{outreach.token_of(ada.link)}/responses"
    for visit in (proof, "forged", "x" * 10_000):
        data = {"form_token": form_token("responses"), "answer": "no", "visit": visit, "before": visit}
        assert client.post(path, data=data, headers=BROWSER).status_code == 200
    assert db.session.query(Response).count() == 0
