"""The audit trail: who did what with whose data, append-only and chained."""

import fcntl
import os
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.db import after_commit, before_commit, db, transaction
from portal.privacy.models import Action, AuditAnchor, AuditEntry
from portal.privacy.queries.trail import Link, anchor_mac, entry_mac, find_last, head_path
from portal.privacy.verdicts import months_later

KEPT_MONTHS = 12
_LOCK = 7_310_001  # a number of our own among PostgreSQL's advisory locks
_WORD = re.compile(r"[a-z][a-z0-9_.: -]{0,60}")


def audit(action: Action, *, candidate_id: int | None = None, actor_id: int | None = None, **facts: Any) -> None:
    """Write one line with the running transaction, or at once. Facts are numbers, days, names of fields.

    Its place in the chain is taken as the last thing before the commit, so that nobody waits for somebody else's transaction.
    """
    said, at = _checked(facts), clock.now()
    with transaction():
        before_commit(lambda: _seal({"action": action, "whom_id": candidate_id, "actor_id": actor_id, "facts": said, "at": at}))


def prune_trail() -> int:
    """Drop entries older than twelve months. An anchor remembers the last of them, so that the rest can still be verified."""
    with transaction() as session:
        _lock(session)
        old = select(func.max(AuditEntry.id)).where(AuditEntry.at < months_later(clock.now(), -KEPT_MONTHS))
        last = session.get(AuditEntry, session.scalar(old) or 0)
        if last is None:
            return 0
        anchor = AuditAnchor(entry_id=last.id, entry_mac=last.mac, at=clock.now(), mac="")
        anchor.mac = anchor_mac(anchor)
        session.execute(delete(AuditAnchor))
        session.add(anchor)
        dropped = delete(AuditEntry).where(AuditEntry.id <= last.id).returning(AuditEntry.id)
        return len(session.scalars(dropped, execution_options={"synchronize_session": False}).all())


def _seal(values: Mapping[str, Any]) -> None:
    session = db.session()
    _lock(session)
    last = find_last(session)
    row = AuditEntry(id=last.number + 1, previous=last.mac, mac="", **values)
    row.mac = entry_mac(row)
    session.add(row)
    session.flush()
    head = Link(row.id, row.mac)
    after_commit(lambda: _remember(head))


def _lock(session: Session) -> None:
    """One at a time, until the commit. SQLite's transactions are that already."""
    if db.engine.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _remember(head: Link) -> None:
    """Keep the end of the chain beside the database; a process that was overtaken changes nothing."""
    descriptor = os.open(head_path(), os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = file.read().split()
        if not known or not known[0].isdigit() or int(known[0]) < head.number:
            file.seek(0)
            file.write(f"{head.number:<12} {head.mac}\n".encode())
            file.truncate()


def _checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them. A sentence or an address is a mistake of ours, and is refused."""
    return {name: _plain(name, value) for name, value in facts.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(name, one) for one in sorted(value, key=str)]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError(f"The audit trail holds numbers and words of ours only; “{name}” is something else.")
    return str(value)
