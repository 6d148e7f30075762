"""Reading the audit trail, and finding out whether anybody touched it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from portal import tokens
from portal.config import settings
from portal.db import db
from portal.privacy.models import PERSON, Action, AuditAnchor, AuditEntry

PAGE = 200
SLICE = 2000
HEAD = "audit.head"


@dataclass(frozen=True)
class Link:
    """A place in the chain: the number of an entry and its mac. Number 0 is the beginning."""

    number: int = 0
    mac: str = ""


def list_audit(candidate_id: int, limit: int | None = PAGE) -> Sequence[AuditEntry]:
    """Who saw, exported or changed a candidate's data, or that of a row merged into it; newest first, all with no `limit`."""
    merged = select(PERSON.c.id).where(PERSON.c.merged_into_id == candidate_id)
    theirs = (AuditEntry.whom_id == candidate_id) | AuditEntry.whom_id.in_(merged)
    newest = select(AuditEntry).where(theirs).order_by(AuditEntry.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


@dataclass(frozen=True)
class TrailFilters:
    """What to narrow the trail to; `before` is the number of the last entry of the page before."""

    action: Action | None = None
    actor_id: int | None = None
    candidate_id: int | None = None
    on: date | None = None
    before: int | None = None


def list_trail(filters: TrailFilters, limit: int = 50) -> Sequence[AuditEntry]:
    """A page of the trail, newest first."""
    return db.session.scalars(_narrowed(filters).order_by(AuditEntry.id.desc()).limit(limit)).all()


def find_last(session: Any) -> Link:
    """The end of the chain: the newest entry, else where it was cut off, else the beginning."""
    row = session.execute(select(AuditEntry.id, AuditEntry.mac).order_by(AuditEntry.id.desc()).limit(1)).first()
    return Link(row.id, row.mac) if row else find_anchor(session)


def find_anchor(session: Any) -> Link:
    """Where the chain begins: behind the last entry that was dropped for its age."""
    anchor = session.scalar(select(AuditAnchor).order_by(AuditAnchor.entry_id.desc()).limit(1))
    return Link(anchor.entry_id, anchor.entry_mac) if anchor and anchor.mac == anchor_mac(anchor) else Link()


def entry_mac(row: AuditEntry) -> str:
    """What an entry must bear."""
    said = [row.id, _second(row.at), row.action.value, row.whom_id, row.actor_id, row.facts, row.previous]
    return tokens.keyed_hash("audit", json.dumps(said, sort_keys=True))


def anchor_mac(anchor: AuditAnchor) -> str:
    """What an anchor must bear."""
    said = [anchor.entry_id, anchor.entry_mac, _second(anchor.at)]
    return tokens.keyed_hash("audit anchor", json.dumps(said))


def head_path() -> Path:
    """The file beside the database that remembers the end of the chain."""
    return settings().data_dir / HEAD


def read_head() -> Link | None:
    """The end of the chain as the file remembers it; None when there is no such file or it cannot be read."""
    try:
        number, mac = head_path().read_text("ascii").split()
        return Link(int(number), mac)
    except (OSError, ValueError):
        return None


def verify() -> list[str]:
    """What is wrong with the trail, a sentence each; empty when nobody touched it."""
    return [*_walk(), *_compare_head()]


def _walk() -> Iterator[str]:
    before, at = find_anchor(db.session), 0
    while rows := db.session.scalars(select(AuditEntry).where(AuditEntry.id > at).order_by(AuditEntry.id).limit(SLICE)).all():
        for row in rows:
            yield from _look(row, before)
            before, at = Link(row.id, row.mac), row.id
        db.session.expire_all()


def _look(row: AuditEntry, before: Link) -> Iterator[str]:
    if row.id > before.number + 1:
        first, last = before.number + 1, row.id - 1
        yield f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
    elif row.previous != before.mac:
        yield f"entry {row.id} does not follow the one before it: it was put in or exchanged"
    if row.mac != entry_mac(row):
        yield f"entry {row.id} was changed or put in"


def _compare_head() -> Iterator[str]:
    last, head = find_last(db.session), read_head()
    if head is None:
        if last.number:
            yield f"the file {HEAD} is missing or cannot be read, so that nobody knows whether the end was cut off"
        return
    if head.number > last.number:
        yield f"the end is missing: entry {last.number} is the last, the file {HEAD} knows entry {head.number}"
        return
    there = db.session.scalar(select(AuditEntry.mac).filter_by(id=head.number))
    if there is not None and there != head.mac:
        yield f"entry {head.number} is another one than the file {HEAD} remembers"


def _narrowed(filters: TrailFilters) -> Select[AuditEntry]:
    wanted = {"action": filters.action, "actor_id": filters.actor_id, "whom_id": filters.candidate_id}
    found = select(AuditEntry).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if filters.on:
        start = datetime.combine(filters.on, time(), UTC)
        found = found.where(AuditEntry.at >= start, AuditEntry.at < start + timedelta(days=1))
    return found.where(AuditEntry.id < filters.before) if filters.before else found


def _second(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
