"""Who gets to an own page, and how little anybody else learns."""

from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
import time_machine

from portal import clock, tokens
from portal.db import db, transaction
from portal.delivery.emails import own_page_link
from portal.privacy.models import Action
from portal.privacy.queries import list_audit
from portal.selfservice.models import Access, Stay
from tests.selfservice.visits import ask, enter, fresh_link, letters, links, press, token_in

ADA = "ada@candidate.example"


@contextmanager
def statements():
    """The SQL that is sent, without its values."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_a_fresh_link_from_the_mailbox_and_a_button_open_the_page(client, make):
    ada_id = make.candidate("Ada Novak", email=ADA).id
    link = fresh_link(client, ADA)
    for _look in range(2):  # a scanner looks at every link of every mail
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert "Ada" not in client.get(link).text
    answer = press(client, link, f"{link}/stays")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/me" in cookie
    assert "Max-Age=1800" in cookie
    page = client.get("/me")
    assert "Ada Novak" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert [entry.action for entry in list_audit(ada_id)] == [Action.SIGNED_IN]


def test_the_cookie_is_secure_where_the_portal_is(app, client, make):
    app.config["SESSION_COOKIE_SECURE"] = True
    make.candidate("Ada", email=ADA)
    link = fresh_link(client, ADA)
    assert "Secure" in press(client, link, f"{link}/stays").headers["Set-Cookie"]


def test_a_link_works_once_and_for_half_an_hour(app, client, make):
    make.candidate("Ada", email=ADA)
    link = fresh_link(client, ADA)
    token = token_in(client.get(link).text)
    assert client.post(f"{link}/stays", data={"form_token": token}).status_code == 303
    mallory = app.test_client()
    assert mallory.get(link).status_code == 404
    assert mallory.post(f"{link}/stays", data={"form_token": token}).status_code == 404
    assert "Ada" not in mallory.get("/me").text
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False) as traveller:
        late = fresh_link(mallory, ADA)
        traveller.shift(timedelta(minutes=31))
        assert mallory.get(late).status_code == 404
        assert mallory.post(f"{late}/stays", data={"form_token": token}).status_code == 404


def test_of_two_presses_at_once_one_wins(app, client, make):
    make.candidate("Ada", email=ADA)
    link = fresh_link(client, ADA)
    token = token_in(client.get(link).text)
    answers = [app.test_client().post(f"{link}/stays", data={"form_token": token}).status_code for _press in range(2)]
    assert sorted(answers) == [303, 404]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Stay)) == 1


def test_the_link_in_a_mails_foot_leads_to_the_door_and_names_nobody(client, make):
    ada = make.candidate("Ada Novak", email=ADA)
    foot = own_page_link(ada.id).removeprefix("http://portal.test")
    page = client.get(foot)
    assert page.status_code == 200
    assert not any(word in page.text for word in ("Ada", "Novak", ADA, "candidate.example"))
    value = tokens.sign("own page", ada.id)
    answer = client.post("/me/links", data={"form_token": token_in(page.text), "foot": value})
    assert answer.status_code == 303
    [mail] = letters()
    assert mail.recipient == ADA
    forged = client.post("/me/links", data={"form_token": token_in(page.text), "foot": value[:-3] + "abc"})
    assert forged.status_code == 404


def test_asking_tells_nobody_whom_we_know(client, make):
    make.candidate("Ada", email=ADA)
    ask(client, "warm-up@candidate.example")
    answers, queries = [], []
    for address in (ADA, "nobody@candidate.example", ADA.upper(), "ada+x@candidate.example"):
        with statements() as seen:
            answer = ask(client, address)
        queries.append(seen)
        answers.append((answer.status_code, answer.location, client.get(answer.location).text))
    assert len(set(answers)) == 1
    assert all(one == queries[0] for one in queries), "the same work in the database, whoever is meant"
    assert {mail.recipient for mail in letters()} == {ADA}
    assert db.session.scalar(sa.select(sa.func.count()).where(Access.candidate_id.is_(None))) == 0


def test_nobodys_mailbox_is_flooded(client, make):
    make.candidate("Ada", email=ADA)
    for _try in range(6):
        assert ask(client, ADA).status_code == 303
    assert len(letters()) == 3


def test_a_network_may_ask_thirty_times_an_hour(client, make):
    token = token_in(client.get("/me").text)
    codes = [client.post("/me/links", data={"form_token": token, "email": "x@x.example"}).status_code for _try in range(31)]
    assert codes == [303] * 30 + [429]


def test_who_is_paused_unsubscribed_or_objected_still_gets_in(app, make):
    states = dict.fromkeys(("unsubscribed_at", "do_not_contact_at", "restricted_at", "objected_at"), clock.now())
    states["paused_until"] = clock.today("UTC") + timedelta(days=90)
    for number, more in enumerate([{name: value} for name, value in states.items()]):
        email = f"bob{number}@candidate.example"
        make.candidate("Bob Olsen", email=email, **more)
        assert "Bob Olsen" in enter(app.test_client(), email).text


def test_half_an_hour_without_a_look_ends_it_and_so_does_the_button(app, client, make):
    make.candidate("Ada Novak", email=ADA)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        enter(client, ADA)
        for _look in range(2):
            traveller.shift(timedelta(minutes=29))
            assert "Ada Novak" in client.get("/me").text
        kept = client.get_cookie("own_page", path="/me").value
        answer = press(client, "/me", "/me/endings")
        assert answer.location == "/me/left"
        assert client.get_cookie("own_page", path="/me") is None
        client.set_cookie("own_page", kept, path="/me")
        assert "Ada Novak" not in client.get("/me").text
        traveller.shift(timedelta(hours=1))
        enter(client, ADA)
        traveller.shift(timedelta(minutes=31))
        assert "Ada Novak" not in client.get("/me").text
        traveller.shift(timedelta(hours=1))
        enter(client, ADA)
        with transaction() as session:
            session.execute(sa.update(Stay).values(since=clock.now() - timedelta(hours=12)))
        assert "Ada Novak" not in client.get("/me").text, "half a day is the most"


def test_a_link_that_ran_out_before_its_mail_could_leave_is_not_sent(client, make):
    make.candidate("Ada", email=ADA)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        ask(client, ADA)
        traveller.shift(timedelta(minutes=31))
        assert letters() == []


def test_the_letter_names_its_time_and_opens_nothing_but_the_door(client, make):
    make.candidate("Ada", email=ADA)
    ask(client, ADA)
    [mail] = letters()
    assert [path.rpartition("/")[0] for path in links(mail)] == ["/me/links", ""]
    assert b"30 minutes" in mail.raw
