"""Posts that looked like a robot's: kept aside for a week, so that a person who was mistaken for one is not lost."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, select

from portal import clock, tokens
from portal.db import transaction
from portal.outreach.models import LandingLink
from portal.submissions.models import Quarantine
from portal.submissions.services.interest import Given, give_interest
from portal.submissions.services.questions import Asked, ask
from portal.submissions.services.referrals import Friend, refer

KEPT = timedelta(days=7)
Taking = Callable[[LandingLink | None, dict[str, Any], str], None]
INTEREST, QUESTION, REFERRAL = "interest", "question", "referral"


def keep_aside(form: str, link: LandingLink | None, fields: Mapping[str, Any], why: str, press: str = "") -> Quarantine:
    """Keep what was posted. The same form sent again (`press` is its digest) with the same words is kept once."""
    content = json.dumps(dict(fields) | {"link_id": link.id if link else None}, ensure_ascii=False)
    with transaction() as session:
        if press and (found := session.scalar(select(Quarantine).filter_by(press=press, content=content))):
            return found
        row = Quarantine(form=form, content=content, why=why, at=clock.now(), press=press)
        session.add(row)
        session.flush()
        return row


def init_app(app: Flask, takes: Mapping[str, Taking]) -> None:
    """Take from other features, by name of the form, what they do with a post that was a person's after all."""
    app.extensions["quarantine.takes"] = dict(takes)


def let_through(press: str) -> None:
    """The press that a doubtful form asked for came: what was kept of it may go."""
    with transaction() as session:
        session.execute(delete(Quarantine).where(Quarantine.press == press))


def release(row: Quarantine) -> None:
    """It was a person after all: do what the form would have done."""
    content = json.loads(row.content)
    link_id = content.pop("link_id", None)
    key = tokens.digest(f"quarantine:{row.id}:{row.at.isoformat()}")
    with transaction() as session:
        link = session.get(LandingLink, link_id) if link_id else None
        (_TAKES | current_app.extensions["quarantine.takes"])[row.form](link, content, key)
        session.delete(row)


def discard(row: Quarantine) -> None:
    """It was a robot."""
    with transaction() as session:
        session.delete(row)


def purge() -> int:
    """Forget what nobody released within a week; returns how many."""
    with transaction() as session:
        old = delete(Quarantine).where(Quarantine.at < clock.now() - KEPT)
        return int(session.connection().execute(old).rowcount)


def content_of(row: Quarantine) -> dict[str, Any]:
    """What was typed, for staff to look at."""
    content: dict[str, Any] = json.loads(row.content)
    return {name: value for name, value in content.items() if value and name not in {"link_id", "event_id"}}


def _take_interest(link: LandingLink | None, content: dict[str, Any], key: str) -> None:
    give_interest(link, Given(**content | {"matters": tuple(content["matters"])}), key)


def _take_question(link: LandingLink | None, content: dict[str, Any], key: str) -> None:
    ask(link, Asked(**content), key)


def _take_referral(link: LandingLink | None, content: dict[str, Any], key: str) -> None:
    refer(link, Friend(**content), key)


_TAKES: dict[str, Taking] = {INTEREST: _take_interest, QUESTION: _take_question, REFERRAL: _take_referral}
