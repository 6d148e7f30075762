"""500 robot posts: none in the inbox. 100 people, of every kind: all through. Twenty identical posts at once: one submission."""

import itertools
import random
import time

import pytest

from portal import tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.submissions.models import Interest, PendingInterest, Quarantine, Question, Referral
from tests.outreach import BROWSER, at_once
from tests.pages import read_forms
from tests.submissions import NAMES, WHO, at_this_moment, form_token, send, text_of

SPAM = "Cheap backlinks and loans, see https://spam.example/offer today, best prices for your lovely page"
KINDS = ("fills all fields", "no token", "forged token", "at once", "one token", "links", "same words", "presses on", "yesterday")
FORMS = {"/interest": "attracts", "/ask": "text"}
INBOX = (Interest, Question, Referral, Candidate)


def inbox() -> int:
    """What a robot could have brought into the view of anybody."""
    db.session.rollback()
    return sum(db.session.query(table).count() for table in INBOX)


class Robot:
    """Posts as robots do: through forms fetched or not, read or not, in one way per kind."""

    def __init__(self, client) -> None:
        self.client = client
        self.one = {path: form_token(path[1:]) for path in FORMS}
        self.numbers = itertools.count()

    def post(self, kind: str, path: str):
        number = next(self.numbers)
        words = SPAM if kind in {"same words", "at once"} else f"{number} {SPAM}"
        fields = {"name": "Best Offer", "email": f"r{number}@spam.example", FORMS[path]: words, "page": "/"}
        fields |= {"form_token": form_token(path[1:], 12)}
        if kind == "fills all fields":
            fields["website"] = "https://spam.example"
        elif kind in {"no token", "forged token"}:
            fields["form_token"] = "" if kind == "no token" else fields["form_token"][:-4] + "AAAA"
        elif kind == "one token":
            fields["form_token"], fields[FORMS[path]] = self.one[path], f"{number} {SPAM} www.spam.example"
        elif kind == "links":
            fields[FORMS[path]] = f"{number} " + "https://spam.example/a " * 3
        elif kind == "yesterday":
            fields["form_token"] = form_token(path[1:], 25 * 3600)
        if kind in {"at once", "presses on"}:
            with at_this_moment():
                answer = self.client.post(path, data=fields | {"form_token": form_token(path[1:], 0)}, headers=BROWSER)
        else:
            answer = self.client.post(path, data=fields, headers=BROWSER)
        if kind == "presses on" and answer.status_code == 200:
            pressed = next(form.fields for form in read_forms(text_of(answer), path) if form.method == "post")
            typed = {name: value for name, value in pressed.items() if name != "website"}
            answer = self.client.post(path, data=typed | {"confirmed": "1"}, headers=BROWSER)
        return answer


def test_of_500_robot_posts_none_is_in_the_inbox_and_what_was_rejected_waits_aside(client, app):
    robot, choice = Robot(client), random.Random(7)
    looks = {"fills all fields": set()}
    for number in range(500):
        kind = KINDS[number % len(KINDS)]
        answer = robot.post(kind, choice.choice(list(FORMS)))
        assert answer.status_code in {200, 303, 400}
        looks.setdefault(kind, set()).add(answer.status_code)
    # Nobody sees what waits for the owner of an address, and nobody confirms a robot's. Even so only few of its mails go out.
    assert db.session.query(PendingInterest).count() <= 10
    assert inbox() == 0
    assert looks["fills all fields"] == {303}, "a rejected post looks accepted"
    assert db.session.query(Quarantine).count() > 300


def person(client, number: int, path: str) -> None:
    """Opens the form, fills in some of it, presses: slowly, quickly, a day later, from home or from a class with one address."""
    fields = next(form.fields for form in read_forms(text_of(client.get(path, headers=BROWSER)), path) if form.method == "post")
    made = tokens.unsign("form", fields["form_token"][0])
    seconds = (3.1, 9, 45, 600, 23 * 3600)[number % 5]
    fields["form_token"] = [tokens.sign("form", [made[0], made[1], int((time.time() - seconds) * 1000)])]
    fields |= {"name": [NAMES[number % len(NAMES)]], "email": [f"person{number}@home{number % 9}.example"]}
    if path == "/interest":
        fields["attracts"] = [("", "What is the pay?", "See https://ada.example, my page", "عربي " * 40)[number % 4]]
    elif path == "/ask":
        fields["text"] = ["How long are the nights?"]
        fields["name"] = [fields["name"][0] if number % 2 else ""]
    else:
        fields["name"] = [("", "Ada Novak")[number % 2]]
    network = f"203.0.113.{number % 200}" if number % 3 else "198.51.100.7"
    answer = client.post(path, data=fields, headers=BROWSER, environ_base={"REMOTE_ADDR": network})
    assert (answer.status_code, answer.location.startswith("/thanks")) == (303, True), (number, path)


def test_100_people_all_get_through_also_while_robots_are_at_it(client, app):
    robot = Robot(client)
    for number in range(100):
        robot.post(KINDS[number % 4], "/interest")
        person(client, number, ("/interest", "/ask", "/refer")[number % 3])
    counts = [db.session.query(table).count() for table in (PendingInterest, Question, Referral)]
    assert counts == [34, 33, 33]
    assert "home" not in "".join(row.content for row in db.session.query(Quarantine)), "only robots wait aside"


def test_a_crowd_of_accepted_posts_from_one_network_is_kept_aside_from_some_point_on(client, app):
    for number in range(155):
        send(client, "/ask", text=f"Question number {number}", page="/")
    assert db.session.query(Question).count() == 150
    assert {row.why for row in db.session.query(Quarantine)} == {"too many from one network in ten minutes"}


@pytest.mark.parametrize("path", ["/interest", "/ask", "/refer"])
def test_twenty_identical_posts_at_once_are_one_submission(app, path):
    fields = WHO | {"form_token": form_token(path[1:]), "attracts": "once", "text": "once", "page": "/"}
    statuses = at_once(app, 20, lambda: app.test_client().post(path, data=fields).status_code)
    assert statuses == [303] * 20
    assert inbox() + db.session.query(PendingInterest).count() == 1


def test_the_trap_is_out_of_reach_for_eyes_keys_and_autofill(client, app):
    for path in ("/interest", "/ask", "/refer"):
        page = text_of(client.get(path))
        trap = page[page.index('<div class="trap"') :].split("</div>")[0]
        for word in (
            'aria-hidden="true"',
            'tabindex="-1"',
            'autocomplete="off"',
            "data-1p-ignore",
            'data-lpignore="true"',
            "data-bwignore",
        ):
            assert word in trap, word
        assert 'type="file"' not in page
        assert "captcha" not in page.lower()
