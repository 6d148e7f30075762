"""What visits left in the database and on the page, and how a page proves that a person reads it."""

import re

import time_machine

from portal import clock
from portal.db import db
from portal.outreach.models import Visit
from portal.outreach.verdicts import READING_TIME


def visits() -> list[Visit]:
    return db.session.query(Visit).order_by(Visit.id).all()


def body_of(response) -> str:
    return response.get_data(as_text=True)


def proof_in(response) -> str:
    return re.search(r'data-visit="([^"]+)"', body_of(response))[1]


def prove(client, token: str, response, **headers):
    """Send the proof that a page carries, after the time a person takes."""
    with time_machine.travel(clock.now() + READING_TIME):
        return client.post(f"/l/{token}/proofs", data={"visit": proof_in(response)}, headers=headers)
