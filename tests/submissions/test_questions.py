"""Questions to the team: looked at for spam only, answered under a name, never removed for being uncomfortable."""

from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.candidates import services as candidates
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import OutboxMail
from portal.errors import Conflict, Invalid
from portal.outreach import services as outreach
from portal.privacy.models import Action, AuditEntry
from portal.submissions import queries, services
from portal.submissions.models import Question, Removal
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.pages import press
from tests.submissions import NAMES, NASTY, form_token, rows, send, text_of

WELDER = "/stories/welder"
HARD = "Why did three welders leave last year?"


def ask(client, text: str = HARD, path: str = "/ask", page: str = WELDER, **fields) -> Question:
    assert send(client, path, page=page, text=text, **fields).status_code == 303
    return db.session.query(Question).order_by(Question.id.desc()).first()


def beneath(client, page: str = WELDER) -> str:
    text = text_of(client.get(page, headers=BROWSER))
    return text[text.index('<section class="asked"') :]


def test_every_page_of_the_site_ends_with_the_way_to_ask_also_behind_a_link(client, make):
    for page in ("/", "/value/pay", WELDER, "/voices/marit-folkerts", "/privacy"):
        assert f'href="/ask?page={page}"' in beneath(client, page)
    token = make.link()
    assert f"/l/{token}/ask?page=" in beneath(client, f"/l/{token}")
    assert "Tonnen" not in text_of(client.get("/ask?page=https://evil.example"))
    assert "About “" in text_of(client.get(f"/ask?page={WELDER}"))


def test_a_question_is_seen_once_a_person_has_said_that_it_is_no_spam_and_shows_its_age(client, hana):
    row = ask(client, name="Bea")
    assert HARD not in beneath(client)
    assert press(hana, f"/console/answers/questions/{row.id}", "No spam: show it").status_code == 200
    shown = beneath(client)
    assert HARD in shown
    assert "<bdi>Bea</bdi>" in shown
    assert "open since today" in shown
    db.session.get(Question, row.id).at -= timedelta(days=11)
    db.session.commit()
    services.clear(row, 1)
    assert "open for 11 days" in beneath(client)


def test_an_answer_stands_on_the_page_at_once_under_the_name_of_an_employee(client, hana):
    row = ask(client)
    beneath(client)  # the front door keeps the page in memory from now on
    answered = press(hana, f"/console/answers/questions/{row.id}", "Put this answer", answer="Two retired.\n\nOne left **us**.")
    assert answered.status_code == 200
    shown = beneath(client)
    assert "Two retired." in shown
    assert "One left **us**." in shown, "no Markdown, as it was typed"
    assert "Hana Ubben" in shown
    assert "people and pay" in shown
    press(hana, f"/console/answers/questions/{row.id}", "Put this answer", answer="Two retired, one left.")
    assert "Two retired, one left." in beneath(client)
    assert "No spam" not in text_of(hana.get(f"/console/answers/questions/{row.id}"))


def test_another_process_shows_it_within_a_second_too(app, client, make):
    row = services.ask(None, services.Asked(WELDER, HARD), "k")
    beneath(client)
    shelf, version = app.extensions["content"], app.extensions["content"].version
    services.clear(row, make.sender().id)
    shelf.next_look = 1e18  # as in a process that was told nothing
    shelf.look()
    assert shelf.version == version + 1


def test_a_question_goes_only_as_spam_or_against_the_law_with_a_sentence_all_readers_see(client, hana):
    row, page = ask(client), None
    services.clear(row, 1)
    for wrong in (
        {},
        {"removal": "uncomfortable", "why": "Bad press"},
        {"removal": "asker", "why": "No"},
        {"removal": "spam", "why": ""},
    ):
        refused = press(hana, f"/console/answers/questions/{row.id}", "Remove it", **wrong)
        assert refused.status_code == 422, wrong
    assert HARD in beneath(client)
    page = press(
        hana, f"/console/answers/questions/{row.id}", "Remove it", removal="illegal", why="It names a colleague’s illness."
    )
    assert page.status_code == 200
    shown = beneath(client)
    assert HARD not in shown
    assert "was removed because the law forbids it: It names a colleague’s illness." in shown
    db.session.expire_all()
    assert db.session.get(Question, row.id).text == HARD, "what was removed stays to be judged"
    trail = [entry.facts for entry in db.session.query(AuditEntry).filter_by(action=Action.CHANGED)]
    assert {"question": row.id, "what": "removed", "removal": "illegal"} in trail
    press(hana, f"/console/answers/questions/{row.id}", "Put it back")
    assert HARD in beneath(client)
    buttons = text_of(hana.get(f"/console/answers/questions/{row.id}")).lower()
    assert "delete" not in buttons


def test_the_rules_hold_below_the_pages_too(make):
    row = services.ask(None, services.Asked(WELDER, HARD), "k")
    nobody = make.user("x@sielwerk.example", name="")
    with pytest.raises(Invalid, match="name"):
        services.answer_question(row, "Text", nobody)
    with pytest.raises(Invalid):
        services.remove(row, Removal.ASKER, "He asked", nobody.id)
    services.remove(row, Removal.SPAM, "Advertising for shoes", nobody.id)
    with pytest.raises(Conflict):
        services.answer_question(row, "Text", make.sender())


def test_who_left_an_address_gets_the_answer_by_mail_and_none_of_a_strangers_words(client, make):
    row = ask(client, email="ada@home.example", name="BUY NOW")
    second = ask(client, "Second question", email="ada@home.example")
    for one in (row, second):
        services.answer_question(one, "Two retired.", make.sender())
        services.answer_question(one, "Two retired, really.", make.sender())
    delivery.send_slice()
    raw = db.session.query(OutboxMail).one().raw.decode()
    assert "Two retired" in raw
    assert "Marit Folkerts" in raw
    for word in ("Why did three", "BUY NOW"):
        assert word not in raw
    with time_machine.travel(clock.now() + timedelta(hours=26)):
        delivery.send_slice()
    assert db.session.query(OutboxMail).count() == 2, "the second waits for its day"
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert services.forget_addresses() == 2
    assert {row.email for row in db.session.query(Question)} == {None}


def test_a_suppressed_address_gets_nothing_and_is_not_kept(client, make):
    bob = make.candidate("Bob", email="bob@home.example")
    candidates.object_to_contact(bob)
    row = ask(client, email="BOB@home.example")
    assert (row.email, row.by_mail) == (None, False)
    services.answer_question(row, "Yes.", make.sender())
    assert delivery.send_slice() == 0


def test_behind_a_personal_link_no_address_is_asked_and_the_answer_comes_by_mail(client, make):
    message = make.message(make.candidate("Ada Novak"))
    path = f"/l/{outreach.token_of(message.link)}/ask"
    page = text_of(client.get(path, headers=BROWSER))
    assert 'name="email"' not in page
    assert "Novak" not in page
    row = ask(client, path=path, by_mail="y")
    assert (row.candidate_id, row.name, row.by_mail) == (message.candidate_id, "", True)
    assert "Ada" not in beneath(client)
    services.answer_question(row, "Yes.", make.sender())
    delivery.send_slice()
    assert db.session.query(OutboxMail).one().recipient == message.candidate.email
    kinds = [touchpoint.kind for touchpoint in db.session.query(Touchpoint).filter_by(candidate_id=message.candidate_id)]
    assert {Kind.ASKED, Kind.ANSWERED} <= set(kinds)


def test_whatever_is_typed_is_shown_as_typed_and_turns_nothing_around(client, hana):
    long = ("é" * 9_999) + "!"
    for number, name in enumerate([*NAMES, NASTY, "Ada\r\nBcc: all@x.example", "\u202eevil\u202c Ada\u200b", long[:100]]):
        row = ask(client, f"{NASTY} {name} {number}", name=name)
        services.clear(row, 1)
        assert "\u202e" not in row.name
        assert "\u200b" not in row.name
        assert "\n" not in row.name
    shown = beneath(client)
    assert "<script>alert" not in shown
    assert "{{ 7*7 }}" in shown
    for name in NAMES:
        assert f"<bdi>{name}</bdi>" in shown
    assert ask(client, long).text == long
    for fields in ({"text": long + "!"}, {"text": ""}, {"text": "Hm", "name": long}, {"text": "Hm", "email": "no@address"}):
        refused = send(client, "/ask", **fields)
        assert refused.status_code == 422
        assert all(value in text_of(refused) for value in fields.values())
    assert "<script>alert" not in text_of(hana.get("/console/answers/questions"))
    assert "<script>alert" not in text_of(hana.get(f"/console/answers/questions/{row.id}"))


def test_the_console_puts_what_waits_longest_first(client, hana):
    assert "Nobody has asked anything yet" in text_of(hana.get("/console/answers/questions"))
    first, second = ask(client, "The first one"), ask(client, "The second one")
    services.clear(second, 1)
    page = text_of(hana.get("/console/answers/questions"))
    assert "2 questions wait." in page
    assert page.index("The first one") < page.index("The second one")
    assert [row.id for row in queries.open_questions()] == [first.id, second.id]
    assert "2 questions wait for an answer" in text_of(hana.get("/console/answers"))


def test_asking_writes_one_row_and_no_cookie(client):
    before = rows()
    made = form_token("ask")
    for _press in range(3):
        answer = client.post("/ask", data={"form_token": made, "text": HARD, "page": WELDER}, headers=BROWSER)
        assert answer.status_code == 303
        assert "Set-Cookie" not in answer.headers
    assert rows() == before | {"question": before["question"] + 1}
