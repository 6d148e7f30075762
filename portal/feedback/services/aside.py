"""Feedback that looked like a robot's: kept aside for a week, so that a person who was mistaken for one is not lost."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from portal import clock, tokens
from portal.config import settings
from portal.db import transaction
from portal.feedback import queries
from portal.feedback.details import Said
from portal.feedback.models import Aside, Request
from portal.feedback.services.answers import answer_request, give_named, give_unnamed
from portal.feedback.services.sealing import random_id, seal, unseal
from portal.outreach.models import LandingLink

KEPT = timedelta(days=7)
SHOWN = ("name", "email", "score", "words")


def keep_aside(
    said: Said,
    why: str,
    *,
    key: str = "",
    link: LandingLink | None = None,
    version_id: int | None = None,
    request_id: int | None = None,
) -> Aside:
    """Keep it sealed. Of an anonymous one nothing of a person is in it, only the digest that makes it count once."""
    content = asdict(said) | {"key": key, "version_id": version_id}
    if said.anonymous:
        content |= {"name": "", "email": "", "wants_contact": False}
    else:
        content |= {"link_id": link.id if link else None, "request_id": request_id}
    row = {"anonymous": said.anonymous, "box": seal(content), "why": why, "on": clock.today(settings().time_zone)}
    with transaction() as session:
        aside = Aside(id=random_id(), **row)
        session.add(aside)
        session.flush()
        return aside


def release(row: Aside) -> None:
    """It was a person after all: do what the form would have done. An anonymous one joins its batch unread."""
    content = unseal(row.box)
    with transaction() as session:
        session.delete(row)
        if content is None:
            return
        link_id, request_id = content.pop("link_id", None), content.pop("request_id", None)
        version_id, key = content.pop("version_id"), content.pop("key") or tokens.digest(f"aside:{row.id}")
        said = Said(**content | {"marks": tuple(content["marks"]), "words": tuple(content["words"])})
        if said.anonymous:
            give_unnamed(said, key, queries.get_version(version_id) if version_id else None)
        elif request_id and (request := session.get(Request, request_id)):
            answer_request(request, said, key)
        else:
            give_named(session.get(LandingLink, link_id) if link_id else None, said, key)


def discard(row: Aside) -> None:
    """It was a robot."""
    with transaction() as session:
        session.delete(row)


def purge() -> int:
    """Forget what nobody released within a week; returns how many."""
    with transaction() as session:
        old = delete(Aside).where(Aside.on < clock.today(settings().time_zone) - KEPT)
        return int(session.connection().execute(old).rowcount)


def content_of(row: Aside, *, whole: bool = False) -> Mapping[str, Any]:
    """What was typed by name, for staff to look at (`whole`: with the numbers behind it); of an anonymous one nothing."""
    content = None if row.anonymous else unseal(row.box)
    if content is None or whole:
        return content or {}
    return {name: content[name] for name in SHOWN if content[name] not in ("", [], None)}
