"""How people send forms: seconds after they were shown, with whatever they are called."""

import re
import secrets
import time

import time_machine

from portal import clock, tokens
from portal.db import Base, db
from tests.outreach import BROWSER

NASTY = "<script>alert(1)</script>\"'&{{ 7*7 }}{% raw %}"
NAMES = [
    "Zoë Łukasz",
    "Ελένη",
    "Юлия Щ",
    "陳大文",
    "ゆき",
    "김민준",
    "עדה כהן",
    "فاطمة",
    "अनन्या शर्मा",
    "O’Brien-Smith",
    "ቤተልሔም",
    "Անի",
]
WHO = {"name": "Ada Novak", "email": "ada@home.example"}


def form_token(purpose: str = "interest", seconds: float = 20) -> str:
    """The token of a form that was shown so many seconds ago."""
    return tokens.sign("form", [purpose, secrets.token_hex(12), int((time.time() - seconds) * 1000)])


def send(client, path: str, seconds: float = 20, **fields):
    """Fill in a form of ours and press its button."""
    purpose = path.rstrip("/").rpartition("/")[2]
    return client.post(path, data={"form_token": form_token(purpose, seconds), **fields}, headers=BROWSER)


def at_this_moment() -> time_machine.travel:
    """No time passes inside, so that "too quick" is a matter of the form and never of a busy machine."""
    return time_machine.travel(clock.now(), tick=False)


def text_of(response) -> str:
    return response.get_data(as_text=True)


def token_in(response) -> str:
    return re.search(r'name="form_token" value="([^"]+)"', text_of(response))[1]


def rows() -> dict[str, int]:
    """How many rows each table has."""
    db.session.rollback()
    return {table.name: db.session.query(table).count() for table in Base.metadata.sorted_tables}
