"""What submissions hold about a person is shown whole, and erased whole."""

import json

from flask_babel import force_locale, gettext

from portal.candidates.models import Candidate
from portal.db import Base, db, transaction
from portal.outreach import services as outreach
from portal.submissions import personal, services
from portal.submissions.models import REASONS, Answer, DeclineReason, Question, Response
from tests.outreach import BROWSER

ADA = "Ada.Novak@firm.example"
WORDS = ("tank", "Novak", "nights", "0491 555", "a third more", "firm.example", "Adas tank")


def submit_everything(message) -> None:
    """An answer, interest, a question by link and one by address, a friend, a tap, a robot's post, a form that waits."""
    link = message.link
    services.respond(link, Answer.NO, form_key="r", comment="Novak: the nights", would_change="a third more")
    services.give_interest(link, services.Given(attracts="The tank", reach_by="0491 555"), "i")
    services.give_interest(None, services.Given(name="Novak", email=ADA.lower(), attracts="Adas tank"), "p")
    services.ask(link, services.Asked("/", "Is Ada Novak known to you?", "Ada Novak"), "q1")
    services.ask(None, services.Asked("/", "How many nights?", "Ada", ADA.upper()), "q2")
    services.refer(link, services.Friend("carl@home.example", "Ada Novak"), "f")
    services.keep_aside("interest", link, {"matters": [], "attracts": "The tank"}, "robot")
    services.keep_aside("question", None, {"page": "/", "text": "Hm", "email": " ada.NOVAK@firm.example"}, "robot")
    services.tap(link, Answer.INTERESTED)


def everything() -> str:
    """All that the tables of this feature hold, as text."""
    db.session.rollback()
    tables = {"response", "tap", "interest", "pending_interest", "question", "referral", "quarantine"}
    found = [db.session.execute(table.select()).all() for table in Base.metadata.sorted_tables if table.name in tables]
    return json.dumps(found, default=str, ensure_ascii=False)


def test_everything_is_shown_and_after_erasure_nothing_is_left_but_counts_of_nobody(client, make):
    message = make.message(make.candidate("Ada Novak", email=ADA))
    hugo = make.message(make.candidate("Hugo Prins"))
    submit_everything(message)
    services.respond(hugo.link, Answer.NO, form_key="h", comment="Hugo stays")
    services.ask(hugo.link, services.Asked("/", "Hugo asks", "Hugo"), "q3")
    shown = str(personal.held(message.candidate_id))
    for words in WORDS[:-1]:
        assert words.casefold() in shown.casefold(), words
    assert len(personal.held(message.candidate_id)) == 10
    with transaction():
        personal.erase(message.candidate_id)
    left = everything()
    for words in {*WORDS} - {"nights"}:
        assert words.casefold() not in left.casefold(), words
    assert "Ada" not in left
    assert "Hugo stays" in left
    assert "Hugo asks" in left
    assert db.session.query(Response).filter_by(candidate_id=message.candidate_id, replaced_at=None).one().comment == ""
    assert db.session.query(Question).filter_by(text="How many nights?").one().candidate_id is None
    assert "carl@home.example" in left, "the friend is another person, who still decides"


def test_an_answer_and_every_form_after_erasure_changes_nothing(client, make):
    message = make.message(make.candidate("Ada Novak", email=ADA))
    path = f"/l/{outreach.token_of(message.link)}"
    with transaction() as session:
        session.get_one(Candidate, message.candidate_id).erased_at = message.created_at
    before = everything()
    for page in ("/answer/no", "/answer/interested", "/interest", "/ask", "/refer"):
        assert client.get(path + page, headers=BROWSER).status_code == 404
    services.tap(message.link, Answer.NO)
    assert everything() == before


def test_an_answer_and_its_reason_are_said_in_the_words_of_the_form(make):
    message = make.message(make.candidate("Ada Novak", email=ADA))
    services.respond(message.link, Answer.NO, form_key="r", reason=DeclineReason.TIMING)
    services.respond(message.link, Answer.INTERESTED, form_key="s")
    yes, no = personal.held(message.candidate_id)
    assert (yes.what, no.what, no.facts["Reason"]) == ("You answered: Interested", "You answered: no", "I am content where I am")
    with force_locale("de"):
        assert personal.held(message.candidate_id)[1].facts["Grund"] == gettext("I am content where I am") != no.facts["Reason"]
    assert set(personal.ANSWERS) == set(Answer)
    assert set(REASONS) == set(DeclineReason)
