"""Feedback, with a name or without. Anonymous feedback has no way back to a person, and no hour."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal import clock, tokens
from portal.config import settings
from portal.db import db, transaction
from portal.errors import Invalid, Refused
from portal.feedback import queries
from portal.feedback.models import Aside, Feedback, FormKey
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

BEST = 10
KEPT = timedelta(days=7)
_IDS = 2**24, 2**31 - 1


@dataclass(frozen=True)
class Said:
    """What the form says. With a name and without a personal link `name` and `email` say who it is."""

    score: int
    good: str = ""
    bad: str = ""
    anonymous: bool = True
    name: str = ""
    email: str = ""


def give_feedback(link: LandingLink | None, said: Said, form_key: str) -> Feedback | None:
    """Keep feedback once per form. None when this form was used already anonymously, or the person must not be kept."""
    if not 0 <= said.score <= BEST:
        raise Invalid("0–10", "score")
    try:
        with transaction():
            return _give_anonymously(said, form_key) if said.anonymous else _give_by_name(link, said, form_key)
    except Refused:
        return None
    except IntegrityError:
        if queries.is_used(form_key) or queries.find_feedback(form_key):
            return queries.find_feedback(form_key)
        raise


def keep_aside(link: LandingLink | None, said: Said, why: str) -> Aside:
    """Keep what looks like a robot's. Anonymous feedback keeps no link and no name here either."""
    content: dict[str, Any] = asdict(said)
    if said.anonymous:
        link, content["name"], content["email"] = None, "", ""
    content["link_id"] = link.id if link else None
    with transaction() as session:
        row = Aside(content=json.dumps(content, ensure_ascii=False), why=why, at=clock.now())
        session.add(row)
        session.flush()
        return row


def release(row: Aside) -> None:
    """It was a person after all: do what the form would have done."""
    content = json.loads(row.content)
    link_id = content.pop("link_id", None)
    with transaction() as session:
        link = session.get(LandingLink, link_id) if link_id else None
        give_feedback(link, Said(**content), tokens.digest(f"aside:{row.id}:{row.at.isoformat()}"))
        session.delete(row)


def discard(row: Aside) -> None:
    """It was a robot."""
    with transaction() as session:
        session.delete(row)


def purge() -> int:
    """Forget what nobody released within a week; returns how many."""
    with transaction() as session:
        old = delete(Aside).where(Aside.at < clock.now() - KEPT)
        return int(session.connection().execute(old).rowcount)


def content_of(row: Aside) -> Mapping[str, Any]:
    """What was typed, for staff to look at."""
    content: dict[str, Any] = json.loads(row.content)
    return {name: value for name, value in content.items() if value and name != "link_id"}


def _give_anonymously(said: Said, form_key: str) -> Feedback | None:
    if queries.is_used(form_key):
        return None
    month = clock.today(settings().time_zone).replace(day=1)
    feedback = _feedback(said, month)
    session = db.session()
    session.add_all([feedback, FormKey(id=_random_id(), digest=form_key)])
    session.flush()
    return feedback


def _give_by_name(link: LandingLink | None, said: Said, form_key: str) -> Feedback:
    if found := queries.find_feedback(form_key):
        return found
    candidate = outreach.person_of(link, said.name, said.email)
    feedback = _feedback(said, clock.today(settings().time_zone))
    feedback.candidate_id, feedback.form_key = candidate.id, form_key
    session = db.session()
    session.add(feedback)
    session.flush()
    timeline.record(
        candidate.id,
        Kind.FEEDBACK_GIVEN,
        Direction.IN,
        Channel.WEB,
        campaign_id=link.campaign_id if link else None,
        subject=("feedback", feedback.id),
    )
    return feedback


def _feedback(said: Said, on: date) -> Feedback:
    return Feedback(id=_random_id(), score=said.score, good=said.good, bad=said.bad, anonymous=said.anonymous, on=on)


def _random_id() -> int:
    """Counting numbers would tell in which order, and so when, an anonymous answer came."""
    low, high = _IDS
    return low + secrets.randbelow(high - low)
