"""What the own page shows, and that a copy says the same."""

import json
from datetime import timedelta

import html5lib
import time_machine

from portal import clock, personal
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import transaction
from portal.delivery.emails import read
from portal.delivery.services import gate, next_mail_not_before
from portal.delivery.verdicts import UNASKED
from portal.outreach import services as outreach
from portal.submissions.models import Question
from tests.selfservice.visits import enter, letters, press, token_in

ADA = "ada@candidate.example"
XHTML = "{http://www.w3.org/1999/xhtml}"


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def things(page: str) -> list[dict]:
    """What a page lists, read as a reader would: what, when, facts, words."""
    tree = html5lib.parse(page)
    found = []
    for item in tree.iter(XHTML + "li"):
        heads = [p for p in item if p.get("class") == "what" and p.find(XHTML + "b") is not None]
        if not heads:
            continue
        time = heads[0].find(XHTML + "time")
        facts = {text_of(row[0]): text_of(row[1]) for row in item.iter(XHTML + "div") if row.find(XHTML + "dt") is not None}
        said = [p for p in item.iter(XHTML + "p") if p.get("class") == "said"]
        found.append(
            {
                "what": text_of(heads[0].find(XHTML + "b")),
                "at": time.get("datetime") if time is not None else None,
                "facts": facts,
                "text": text_of(said[0]) if said else "",
            }
        )
    return found


def exported(held: dict) -> list[dict]:
    """The same out of a JSON export."""
    words = {True: "yes", False: "no", None: "—", "": "—"}
    found = []
    for item in held["items"]:
        facts = {
            " ".join(label.split()): ", ".join(value) or "—"
            if isinstance(value, list)
            else " ".join(
                str(words.get(value, value) if not isinstance(value, int) or isinstance(value, bool) else value).split()
            )
            for label, value in item["facts"].items()
        }
        at = item["at"] and item["at"].split(".")[0].split("+")[0] + "+00:00"
        found.append({"what": " ".join(item["what"].split()), "at": at, "facts": facts, "text": " ".join(item["text"].split())})
    return found


def whole_list(client, key: str) -> list[dict]:
    """Everything of one kind, page by page."""
    found, number = [], 1
    while True:
        page = client.get(f"/me/held/{key}?page={number}").text
        found += things(page)
        if 'rel="next"' not in page:
            return found
        number += 1


def write_to(make, candidate) -> None:
    """A first message that has left, an hour ago."""
    with time_machine.travel(clock.now() - timedelta(hours=1), tick=False) as traveller:
        outreach.queue(make.message(candidate).campaign)
        traveller.shift(timedelta(minutes=2))
        assert letters()


def export(client, form: str) -> str:
    answer = press(client, "/me", "/me/exports", format=form)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.text


def test_everything_that_any_feature_holds_is_shown(app, client, make):
    make.candidate("Ada Novak", email=ADA, evidence="gave the talk on sensors", actor=make.user())
    ada_id = candidates.add_note(make.candidate("Ada", email=ADA, or_existing=True), "the best <b>question</b>").candidate_id
    page = enter(client, ADA)
    for holder in personal.holders():
        items = holder.held(ada_id)
        assert whole_list(client, holder.KEY) == exported(
            {"items": [{"what": i.what, "at": i.at and i.at.isoformat(), "facts": dict(i.facts), "text": i.text} for i in items]}
        )
        if items:
            assert f'id="held-{holder.KEY}"' in page.text
    for shown in ("gave the talk on sensors", "&lt;b&gt;question", "public speaker list of the Oldenburg meetup"):
        assert shown in page.text


def test_a_copy_equals_the_page(client, make):
    ada = make.candidate("Ada Novak", email=ADA, evidence="gave the talk on sensors")
    candidates.add_note(ada, "two\nlines, and <i>none</i> of it markup")
    write_to(make, ada)
    enter(client, ADA)
    before = {holder.KEY: whole_list(client, holder.KEY) for holder in personal.holders()}
    copy = json.loads(export(client, "json"))
    shown = {key: exported(held) for key, held in copy["held"].items()}
    looked = {"privacy", "rights", "own_page"}  # the export itself is written down there
    assert {k: v for k, v in shown.items() if k not in looked} == {k: v for k, v in before.items() if k not in looked}
    for_people = things(export(client, "html"))
    settled = [thing for key, held in shown.items() if key not in looked for thing in held]
    assert [thing for thing in for_people if thing in settled] == settled
    assert len(for_people) == sum(map(len, shown.values())) + 1, "the second export is written down too"
    assert shown["mails"]


def test_next_mail_stage_basis_and_the_day_of_deletion_stand_at_the_top(client, make):
    make.reader("Ada Novak", email=ADA, pace=Pace.MONTHLY)
    with time_machine.travel(clock.now(), tick=False):
        page = enter(client, ADA).text
    assert "Next mail not before" in page
    assert "You are in no selection" in page
    assert "legitimate interest" in page
    assert "is deleted on" in page
    assert "the public speaker list of the Oldenburg meetup" in page


def test_next_mail_names_the_end_of_a_pause_and_says_when_none_will_come(app, client, make):
    ada = make.reader("Ada Novak", email=ADA, time_zone="Europe/Berlin")
    candidates.set_preferences(ada, Pace.ANY, clock.today("Europe/Berlin") + timedelta(days=200))
    day = ada.paused_until
    page = enter(client, ADA).text
    assert f'datetime="{day.isoformat()}T' in page
    make.reader("Bob", email="bob@candidate.example", do_not_contact_at=clock.now())
    assert "None will come" in enter(app.test_client(), "bob@candidate.example").text


def test_before_the_day_that_is_shown_no_mail_of_ours_may_leave(client, make):
    today = clock.today("Europe/Berlin")
    wishes = {
        "ada": {"pace": Pace.QUARTERLY},
        "ben": {"paused_until": today + timedelta(days=40)},
        "cem": {"pace": Pace.MONTHLY, "paused_until": today + timedelta(days=2)},
        "dag": {"ask_again_on": today + timedelta(days=99)},
        "eva": {"pace": Pace.ROLE, "held_back_until": clock.now() + timedelta(days=5)},
    }
    for name, wish in wishes.items():
        person = make.reader(name, email=f"{name}@candidate.example", **wish)
        shown = next_mail_not_before(person)
        assert shown is not None
        before = [gate(person, purpose, shown - timedelta(minutes=1)).allowed for purpose in UNASKED]
        assert shown <= clock.now() or not any(before), name
        assert any(gate(person, purpose, shown).allowed for purpose in UNASKED), name


def test_the_promise_stands_beside_how_it_is_kept(client, make):
    make.candidate("Ada", email=ADA)
    assert "no question to measure it by yet" in enter(client, ADA).text
    now = clock.now()
    with transaction() as session:
        for hours in (4, 20, 30, 24 * 40):
            at = now - timedelta(days=10) - timedelta(hours=hours)
            row = Question(
                page="/", text="?", at=at, changed_at=at, form_key=str(hours), answer="!", answered_at=at + timedelta(hours=hours)
            )
            session.add(row)
        session.add(
            Question(
                page="/",
                text="?",
                at=now - timedelta(days=100),
                changed_at=now,
                form_key="old",
                answer="!",
                answered_at=now - timedelta(days=95),
            )
        )
    assert "half of all answers took less than 25 hours (4 answers)" in client.get("/me").text


def test_each_mail_is_there_as_it_was_sent_in_a_frame_that_runs_nothing(client, make):
    ada = make.candidate("Ada Novak", email=ADA, evidence="gave the talk on sensors")
    write_to(make, ada)
    enter(client, ADA)
    page = client.get("/me/mails").text
    names = [part.split('"')[0] for part in page.split('href="/me/mails/')[1:]]
    assert len(names) == 2
    for name in names:
        assert 'sandbox="allow-popups' in client.get(f"/me/mails/{name}").text
        framed = client.get(f"/me/mails/{name}/frame")
        assert "script" not in framed.headers["Content-Security-Policy"]
        assert framed.headers["Cache-Control"] == "no-store"
    assert client.get("/me/mails/" + "0" * 32).status_code == 404
    assert client.get("/me/mails/%25").status_code == 404


def test_the_page_speaks_the_language_and_the_clock_of_the_person(app, client, make):
    ada = make.candidate("Ada Novak", email=ADA, time_zone="Pacific/Auckland", language="de")
    app.config["SETTINGS"].languages = "en,de"
    added = ada.created_at
    page = enter(client, ADA).text
    assert '<html lang="de"' in page
    assert 'lang="de"' in read(letters()[-1].raw).html, "and so does the mail with the link"
    with app.test_request_context():
        assert f"{added.astimezone(__import__('zoneinfo').ZoneInfo('Pacific/Auckland')):%H:%M}" in page
    token = token_in(page, "/me/languages")
    client.post("/me/languages", data={"form_token": token, "language": "en", "time_zone": "America/St_Johns"})
    page = client.get("/me").text
    assert '<html lang="en"' in page
    assert client.post("/me/languages", data={"form_token": token, "language": "xx", "time_zone": ""}).status_code == 422
