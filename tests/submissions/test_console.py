"""What staff see of answers, interest, and what was kept aside."""

import pytest

from portal.db import db
from portal.submissions import services
from portal.submissions.models import Answer, Interest, PendingInterest, Quarantine, Question, Referral


def text_of(response) -> str:
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_an_empty_console_says_what_will_be_here(hana):
    assert "No answers yet" in text_of(hana.get("/console/answers"))
    assert "Nothing was kept aside" in text_of(hana.get("/console/answers/quarantine"))


def test_answers_show_who_what_and_why(hana, make):
    message = make.message(make.candidate("Ada Novak"))
    services.respond(message.link, Answer.NO, comment="Too far", form_key="k")
    page = text_of(hana.get("/console/answers"))
    assert "Ada Novak" in page
    assert "Too far" in page


def test_interest_forms_are_shown_whole(hana, make):
    link = make.message(make.candidate("Ada Novak")).link
    services.give_interest(link, services.Given(attracts="The tank", matters=("pay",), available="May", reach_by="mail"), "k")
    page = text_of(hana.get("/console/answers"))
    for words in ("The tank", "Pay", "May", "mail"):
        assert words in page


@pytest.mark.parametrize(
    ("form", "link", "fields", "table"),
    [
        ("interest", True, {"attracts": "Real", "matters": ["pay"]}, Interest),
        ("interest", False, {"attracts": "Real", "matters": [], "name": "Ada", "email": "ada@home.example"}, PendingInterest),
        ("question", False, {"page": "/", "text": "Real"}, Question),
        ("referral", False, {"email": "carl@home.example"}, Referral),
    ],
)
def test_whoever_was_mistaken_for_a_robot_can_be_taken_in(hana, make, form, link, fields, table):
    row = services.keep_aside(form, make.message().link if link else None, fields, "filled in what nobody sees")
    token = csrf_of(hana, "/console/answers/quarantine")
    assert hana.post(f"/console/answers/quarantine/{row.id}/releases", data={"csrf_token": token}).status_code == 303
    assert db.session.query(Quarantine).count() == 0
    assert db.session.query(table).count() == 1


def test_a_robot_can_be_thrown_away(hana, app):
    row = services.keep_aside("interest", None, {"attracts": "buy", "matters": []}, "trap")
    token = csrf_of(hana, "/console/answers/quarantine")
    hana.post(f"/console/answers/quarantine/{row.id}/releases", data={"csrf_token": token, "discard": "1"})
    assert db.session.query(Quarantine).count() == db.session.query(Interest).count() == 0


def csrf_of(client, path: str) -> str:
    return text_of(client.get(path)).partition('name="csrf_token" value="')[2].partition('"')[0]
