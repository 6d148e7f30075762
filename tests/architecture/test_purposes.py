"""A token made for one purpose opens nothing else: every purpose of the house at every address that takes a token."""

import itertools
import re
from pathlib import Path

from flask.testing import FlaskClient

from portal import tokens
from portal.outreach import services as outreach
from portal.sourcing import services as sourcing
from portal.sourcing.models import Source
from tests.architecture.test_routes import dump, rules, world  # noqa: F401 - `world` is a fixture

PORTAL = Path(__file__).parents[2] / "portal"
MADE = re.compile(r"""tokens\.(?:derive|sign|unsign)\(\s*(["'][^"']+["']|[A-Z_]+)""")
GIVEN = re.compile(r"^((?:[A-Z_]+(?:, )?)+)(?:: [^=\n]+)? = (.+)$", re.MULTILINE)
# Written when somebody opens a page behind a link, whichever way; `check_in` and others stay as they are.
LOGS = {"visit"}


def purposes() -> set[str]:
    """Every purpose that some line of ours makes or reads a token for."""
    sources = [path.read_text("utf-8") for path in PORTAL.rglob("*.py")]
    names: dict[str, set[str]] = {}
    for text in sources:
        for left, right in GIVEN.findall(text):
            for name, value in zip(left.split(", "), re.findall(r'"([^"]*)"', right), strict=False):
                names.setdefault(name, set()).add(value)
    written = {one for text in sources for one in MADE.findall(text)}
    literal = {one.strip("\"'") for one in written if one[0] in "\"'"}
    return literal.union(*(names.get(one, set()) for one in written))


def test_the_purposes_are_found_and_there_are_many():
    known = {"landing", "unsubscribe", "form", "check-in", "check-in confirmation", "own page", "feedback", "renewal"}
    assert known <= purposes()


def test_a_token_of_another_purpose_looks_like_one_that_is_none(app, make, world):  # noqa: F811
    """Tokens are made over the very nonces and numbers that the right ones are made over."""
    message, event = make.message(make.candidate("Bob")), sourcing.open_check_in(app_event(app))
    nonces, right = (message.link.nonce, event.check_in_nonce), set(world.tokens.values())
    taken = [rule for rule in rules(app, console=False) if "token" in rule.arguments]
    before, client = dump(without=LOGS), FlaskClient(app, app.response_class)  # pages are looked at elsewhere
    for rule in taken:
        nothing, changed = rule_answers(client, rule, world, "x" * 22), []
        for purpose in sorted(purposes()):
            derived = [tokens.derive(purpose, nonce) for nonce in nonces]
            signed = [tokens.sign(purpose, value) for value in ([1, 1],)]
            for token in (*derived, *signed):
                if token in right or is_right(rule, purpose):
                    continue
                changed += [purpose] if rule_answers(client, rule, world, token) != nothing else []
        assert not changed, (rule, changed)
    assert dump(without=LOGS) == before
    assert client.get(f"/l/{outreach.token_of(message.link)}").status_code == 200, "the right one does open"
    assert client.get(sourcing.check_in_address(event)).status_code == 200


def app_event(app) -> Source:
    from portal.db import db

    return db.session.query(Source).filter(Source.happens_on.is_not(None)).first()


def is_right(rule, purpose: str) -> bool:
    """Whether this purpose is what the address asks for: then it may open, if its row is there."""
    return purpose in OPENS.get(rule.endpoint.partition(".")[0], set())


def rule_answers(client, rule, world, token: str) -> int:  # noqa: F811
    if "GET" not in rule.methods:
        return 0
    values = {name: token if name == "token" else world.arguments[name] for name in rule.arguments}
    url = rule.build(values, append_unknown=False)[1]
    return client.get(url, environ_base={"REMOTE_ADDR": next(NETWORKS)}).status_code


# Each question from a network of its own, or guessing would be slowed down.
NETWORKS = (f"10.{number // 250 % 250}.{number % 250}.7" for number in itertools.count())


OPENS = {
    "outreach": {"landing"},
    "submissions": {"landing"},
    "feedback": {"landing", "feedback", "ballot"},
    "mailings": {"unsubscribe"},
    "events": {"check-in", "check-in confirmation"},
    "hiring": {"hire review"},
    "retention": {"renewal"},
    "selfservice": {"access", "address from", "address to", "receipt"},
}
