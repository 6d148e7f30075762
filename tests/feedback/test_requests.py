"""Who is asked: by rule, some days after an event; nobody twice within 180 days, none while a request is open, one reminder."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.candidates import services as candidates
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.errors import Invalid
from portal.feedback import emails, queries, services
from portal.feedback.details import Said
from portal.feedback.models import Event, Feedback, Request
from portal.feedback.queries import requests
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.rates import Rate
from tests.feedback import asked, ballot_path, csrf_of, later, mail_of, plan, said_yes, send


@pytest.fixture
def ada(make):
    return make.reader("Ada Novak", email="ada@home.example")


def letters() -> list[Delivery]:
    return db.session.query(Delivery).filter_by(purpose=Purpose.FEEDBACK).order_by(Delivery.id).all()


def test_a_rule_asks_so_many_days_after_its_event_and_once(ada):
    services.add_rule(plan())
    said_yes(ada)
    for hours, expected in ((0, 0), (71, 0), (73, 1), (74, 0)):
        with time_machine.travel(later(hours=hours)):
            assert services.ask_due() == expected, hours
    assert len(letters()) == 1


@pytest.mark.parametrize(
    ("event", "stage", "happens"),
    [
        (Event.NOT_NOW, None, lambda one: said_yes(one, answer="not now")),
        (Event.SAID_NO, None, lambda one: said_yes(one, answer="no")),
        (Event.MOVED, StageName.CONSIDERED, lambda one: pipeline.move(one.id, StageName.CONSIDERED, "")),
    ],
)
def test_a_rule_hears_its_own_event_only(ada, event, stage, happens):
    services.add_rule(plan(event=event, stage=stage, delay_days=0))
    said_yes(ada)
    pipeline.move(ada.id, StageName.ENGAGED, "")
    assert services.ask_due() == 0
    happens(ada)
    assert services.ask_due() == 1


def test_a_new_rule_asks_nobody_about_what_happened_before_it_and_a_paused_one_nobody(ada):
    said_yes(ada, later(days=-4))
    rule = services.add_rule(plan())
    assert services.ask_due() == 0
    services.pause_rule(rule, paused=True)
    said_yes(ada)
    with time_machine.travel(later(days=3, hours=1)):
        assert services.ask_due() == 0
        services.pause_rule(rule, paused=False)
        assert services.ask_due() == 0


def test_nobody_is_asked_twice_within_180_days_by_whatever_rule(ada):
    asked(ada)
    services.add_rule(plan(name="After a no", event=Event.SAID_NO, delay_days=0))
    for days, expected in ((31, 0), (179, 0), (181, 1)):
        with time_machine.travel(later(days=days)):
            said_yes(ada, answer="no")
            candidates.set_preferences(ada, ada.pace, None)
            assert services.ask_due() == expected, days


def test_none_is_asked_while_a_request_is_open(ada, monkeypatch):
    monkeypatch.setattr(requests, "AGAIN_AFTER", timedelta(0))
    first = asked(ada)
    said_yes(ada, later(seconds=1))
    with time_machine.travel(later(hours=1)):
        assert services.ask_due() == 0
        services.answer_request(first, queries_said(), "k")
        assert services.ask_due() == 1


def queries_said():
    return Said(score=9, anonymous=False)


def test_the_gate_is_obeyed_and_whom_it_stopped_is_not_counted_as_asked(ada, make):
    services.add_rule(plan(delay_days=0))
    bob = make.reader("Bob", email="bob@home.example")
    said_yes(bob)
    candidates.unsubscribe(bob)
    candidates.set_preferences(ada, ada.pace, clock.now().date() + timedelta(days=3))
    said_yes(ada)
    assert services.ask_due() == 0
    with time_machine.travel(later(days=4)):
        assert services.ask_due() == 1
        candidates.unsubscribe(ada)
        delivery.send_slice()
    assert [row.status for row in letters()] == [Status.WITHHELD]
    assert queries.may_ask(ada.id, clock.now())
    assert queries.list_asked() == []


def test_the_mail_says_why_it_came_leads_to_the_form_and_to_the_way_out(ada, client):
    mail = mail_of(asked(ada))
    letter = emails.compose(mail)
    page = client.get(letter.values["feedback_link"].removeprefix("http://portal.test"))
    assert page.status_code == 200
    assert "Without my name" in page.get_data(as_text=True)
    assert "Set-Cookie" not in page.headers
    assert letter.one_click.endswith("/one-click")
    kept = db.session.query(OutboxMail).filter_by(delivery_id=mail.id).one()
    assert kept.recipient == "ada@home.example"


def test_who_has_not_answered_is_reminded_once_and_who_has_never(ada, make, client):
    quiet, named, unnamed = asked(ada), *(asked(make.reader(name)) for name in ("Bob", "Eve"))
    services.answer_request(named, queries_said(), "k")
    assert send(client, ballot_path(client, unnamed)).status_code == 303
    for days, expected in ((6, 0), (8, 3), (9, 0), (20, 0)):
        with time_machine.travel(later(days=days)):
            assert services.remind_due() == expected, days
            delivery.send_slice()
    assert mail_of(quiet, reminder=True).subject == "Once more: How was it?"
    assert mail_of(named, reminder=True) is None
    assert mail_of(unnamed, reminder=True) is None


def test_a_reminder_is_not_sent_after_an_answer_nor_a_request_of_a_paused_rule(ada, make):
    request = asked(ada)
    with time_machine.travel(later(days=8)):
        services.remind_due()
        services.answer_request(request, queries_said(), "k")
        delivery.send_slice()
        assert mail_of(request, reminder=True).status is Status.WITHHELD
        said_yes(bob := make.reader("Bob"))
        services.ask_due()
        services.pause_rule(request.rule, paused=True)
        delivery.send_slice()
    assert mail_of(queries.list_requests(bob.id)[0]).status is Status.WITHHELD


def test_one_request_is_one_answer_in_whichever_way(ada, make, client):
    request, other = asked(ada), asked(make.reader("Bob"))
    path = ballot_path(client, request)
    assert send(client, path).status_code == 303
    assert "Thank you for your answer" in send(client, path, words_0="again").get_data(as_text=True)
    named = send(client, f"/feedback/asked/{queries.token_of(request)}/named")
    assert "used already" in named.get_data(as_text=True)
    path = ballot_path(client, other)
    assert send(client, f"/feedback/asked/{queries.token_of(other)}/named", wants_contact="y").status_code == 303
    assert "Thank you for your answer" in client.get(path).get_data(as_text=True)
    assert db.session.query(Feedback).one().candidate_id == other.candidate_id


def test_forged_old_and_foreign_tokens_open_nothing(ada, client, make):
    request = asked(ada)
    landing = make.link(ada)
    token, ballot = queries.token_of(request), ballot_path(client, request).rpartition("/")[2]
    for path in (f"asked/{landing}", f"asked/{ballot}", f"unnamed/{token}", f"unnamed/{landing}", f"unnamed/{ballot}x"):
        assert client.get(f"/feedback/{path}").status_code == 404, path
    assert client.get(f"/l/{token}").status_code == 404
    with time_machine.travel(later(days=61)):
        assert client.get(f"/feedback/asked/{token}").status_code == 404


def test_the_answer_rate_is_known_by_rule_questionnaire_and_month_from_five_asked(hana, make, client):
    for number in range(6):
        request = asked(make.reader(f"P{number}"))
        if number < 2:
            send(client, ballot_path(client, request))
        if number == 3:
            assert "shown from 5 asked" in hana.get("/console/feedback/rules").get_data(as_text=True)
    rates = queries.answer_rates((one.rule_id, one.answered) for one in queries.list_asked())
    assert list(rates.values()) == [Rate(2, 6)]
    page = re.sub(r"\s+", " ", hana.get("/console/feedback/rules").get_data(as_text=True))
    assert page.count('<td class="num">33%</td>') == 3
    assert "10% to 70%" in page


def test_rules_are_written_changed_and_paused_in_the_console(hana):
    sheet = services.add_questionnaire("After a talk", queries.first_sheet())
    fields = {
        "csrf_token": csrf_of(hana, "/console/feedback/rules/new"),
        "name": "After a move", "event": "reached a stage", "stage": "considered", "delay_days": "5",
        "questionnaire_id": sheet.id, "sender_id": 0, "subject": "How was it?", "body": "Hello\n\n[Say]({{feedback_link}})",
    }  # fmt: skip
    wrong = {"stage": "", "delay_days": "400", "body": "No link"}
    for name, value in wrong.items():
        assert hana.post("/console/feedback/rules/new", data=fields | {name: value}).status_code == 422
    assert hana.post("/console/feedback/rules/new", data=fields).status_code == 303
    [rule] = queries.list_rules()
    assert hana.post(f"/console/feedback/rules/{rule.id}", data=fields | {"delay_days": "7"}).status_code == 303
    db.session.expire_all()
    assert (rule.delay_days, rule.stage) == (7, StageName.CONSIDERED)
    hana.post(f"/console/feedback/rules/{rule.id}/pauses", data={"csrf_token": fields["csrf_token"], "paused": "yes"})
    db.session.expire_all()
    assert rule.active_since is None
    with pytest.raises(Invalid, match="must not be asked"):
        services.edit_rule(rule, plan(body="Are you pregnant? [Say]({{feedback_link}})"))


def test_a_request_is_kept_as_a_row_that_names_nobody_after_erasure(ada):
    request = asked(ada)
    db.session.delete(ada)
    db.session.commit()
    db.session.expire_all()
    assert db.session.get(Request, request.id).candidate_id is None
