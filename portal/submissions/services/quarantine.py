"""Posts that looked like a robot's: kept aside for a week, so that a person who was mistaken for one is not lost."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from portal import clock, tokens
from portal.db import transaction
from portal.outreach.models import LandingLink
from portal.submissions.models import Quarantine
from portal.submissions.services.interest import Given, give_interest

KEPT = timedelta(days=7)
INTEREST = "interest"


def keep_aside(form: str, link: LandingLink | None, fields: Mapping[str, Any], why: str) -> Quarantine:
    """Keep what was posted."""
    content = dict(fields)
    content["link_id"] = link.id if link else None
    with transaction() as session:
        row = Quarantine(form=form, content=json.dumps(content, ensure_ascii=False), why=why, at=clock.now())
        session.add(row)
        session.flush()
        return row


def release(row: Quarantine) -> None:
    """It was a person after all: do what the form would have done."""
    content = json.loads(row.content)
    link_id = content.pop("link_id", None)
    key = tokens.digest(f"quarantine:{row.id}:{row.at.isoformat()}")
    with transaction() as session:
        link = session.get(LandingLink, link_id) if link_id else None
        give_interest(link, Given(**content | {"matters": tuple(content["matters"])}), key)
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
    return {name: value for name, value in content.items() if value and name != "link_id"}
