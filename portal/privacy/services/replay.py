"""Before the first request: do again what a restored backup has undone."""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import db, transaction
from portal.errors import BrokenSetup
from portal.privacy.models import PERSON, Action, Erasure, Suppression, SuppressionReason
from portal.privacy.services import journal
from portal.privacy.services.erasure import Order, carry_out, person_hash
from portal.privacy.services.trail import audit

_FLAG = "privacy.replayed"
_one_at_a_time = threading.Lock()


def init_app(app: Flask) -> None:
    """No request is answered before the journal has been replayed."""
    app.before_request(replay_once)


def replay_once() -> None:
    """`replay`, once in the life of a process; as long as it fails, nothing is answered."""
    if _FLAG in current_app.extensions:
        return
    with _one_at_a_time:
        if _FLAG not in current_app.extensions:
            replay()
            current_app.extensions[_FLAG] = True


def replay() -> int:
    """Erase whom a restored backup has brought back, and shut out again who wants no mail; returns how many came back."""
    lines = list(journal.read())
    if not sa.inspect(db.engine).has_table(Erasure.__tablename__):
        if lines:
            raise BrokenSetup("The tables are older than the journal of erasures. Run: portal db upgrade")
        return 0
    with transaction() as session:
        erasures = {line["reference"]: line for line in lines if line.get("what") == "erased"}
        known = {row.reference: row for row in session.scalars(select(Erasure))}
        missing = [line for reference, line in erasures.items() if reference not in known]
        back = _erase_again(session, missing)
        _shut_out_again(session, lines)
        if missing:
            audit(Action.RESTORED, erasures=len(missing), came_back=back)
    journal.append([journal.line_of(row) for reference, row in known.items() if reference not in erasures])
    return back


def _erase_again(session: Session, missing: Sequence[dict[str, Any]]) -> int:
    """Who of these is in the database, found by the hash of their public name."""
    wanted = {digest: line for line in missing for digest in line["persons"]}
    if not wanted:
        return 0
    public = session.execute(select(PERSON.c.id, PERSON.c.public_id).where(PERSON.c.erased_at.is_(None)))
    there = {row.id: line for row in public if (line := wanted.get(person_hash(row.public_id)))}
    for line in missing:
        numbers = [number for number, theirs in there.items() if theirs is line]
        family = session.execute(select(PERSON).where(PERSON.c.id.in_(numbers)).order_by(PERSON.c.id)).all()
        if family:
            order = Order("journal", None, line["reference"], datetime.fromisoformat(line["at"]))
            carry_out(session, family, order)
    return len(there)


def _shut_out_again(session: Session, lines: Iterable[dict[str, Any]]) -> None:
    wanted = {}
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        if line.get("what") == "suppressed":
            wanted[line["address"]] = (SuppressionReason(line["reason"]), at)
        else:
            wanted |= {address: (SuppressionReason.ERASED, at) for address in line.get("addresses", ()) if address not in wanted}
    known = set(session.scalars(select(Suppression.address_hash)))
    for address, (reason, at) in wanted.items():
        if address not in known:
            session.add(Suppression(address_hash=address, reason=reason, at=at))
    session.flush()
