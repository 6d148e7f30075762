"""Delivery rows around the sending: written, held, released, cancelled, tried again."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Insert, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.config import settings
from portal.db import db, transaction
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.queries import UNSETTLED
from portal.errors import Conflict
from portal.extensions import jobs
from portal.privacy.queries import address_hash, address_key

SLICE = 500


def enqueue(purpose: Purpose, subject_id: int, candidate_ids: Sequence[int], not_before: datetime | None = None) -> int:
    """One mail for each person, to leave at `not_before` or at once. Who has a mail of this subject already gets no second one.

    Returns how many rows are new.
    """
    now, new = clock.now(), 0
    with transaction() as session:
        for start in range(0, len(candidate_ids), SLICE):
            rows = [_row(purpose, subject_id, one, not_before or now, now) for one in candidate_ids[start : start + SLICE]]
            new += len(session.scalars(_insert_new(), rows).all())
        jobs.kick("delivery.send")
    return new


def enqueue_to(purpose: Purpose, subject_id: int, address: str, name: str = "", not_before: datetime | None = None) -> int:
    """One mail to an address that belongs to no candidate (yet). Invalid when it is no address. Returns how many rows are new."""
    now, key = clock.now(), address_hash(address_key(address))
    row = _row(purpose, subject_id, None, not_before or now, now)
    row |= {"address": address.strip(), "address_name": name, "address_key": key}
    with transaction() as session:
        new = len(session.scalars(_insert_new(), [row]).all())
        jobs.kick("delivery.send")
        return new


def undo(purpose: Purpose, subject_ids: Sequence[int]) -> list[int]:
    """Take back what was handed in and has not begun to leave, as if it never had been; returns the subjects taken back."""
    with transaction() as session:
        taken: list[int] = []
        for start in range(0, len(subject_ids), SLICE):
            own = (Delivery.purpose == purpose) & Delivery.subject_id.in_(subject_ids[start : start + SLICE])
            fresh = own & (Delivery.status == Status.DUE) & (Delivery.attempts == 0)
            taken += session.scalars(delete(Delivery).where(fresh).returning(Delivery.subject_id)).all()
        return taken


def cancel(purpose: Purpose, subject_id: int) -> int:
    """Mails of a subject that have not left will not leave; returns how many."""
    return _change(_waiting(purpose, subject_id), status=Status.CANCELLED, lease_until=None, held_at=None, **_NOBODY)


def hold(purpose: Purpose, subject_id: int) -> int:
    """Mails of a subject wait until they are released; returns how many."""
    return _change(_waiting(purpose, subject_id), status=Status.DUE, lease_until=None, held_at=clock.now())


def release(purpose: Purpose, subject_id: int) -> int:
    """Held mails of a subject may leave when it is their time; returns how many."""
    with transaction():
        jobs.kick("delivery.send")
        return _change(_waiting(purpose, subject_id) & Delivery.held_at.is_not(None), held_at=None)


def try_again(delivery: Delivery) -> Delivery:
    """Somebody looked at a mail that was withheld, failed or is uncertain, and wants it sent. The gate is asked as always."""
    with transaction():
        if not _change(_unsettled(delivery), status=Status.DUE, not_before=clock.now(), attempts=0, sent_at=None, **_BLANK):
            raise Conflict(_("This mail is not waiting for a decision any more."))
        jobs.kick("delivery.send")
        return delivery


def give_up(delivery: Delivery) -> Delivery:
    """Somebody looked at such a mail and leaves it at that."""
    with transaction():
        if not _change(_unsettled(delivery), status=Status.CANCELLED):
            raise Conflict(_("This mail is not waiting for a decision any more."))
        return delivery


_NOBODY = {"address": "", "address_name": ""}  # of a stranger; mail to candidates has neither
_BLANK = {"lease_until": None, "withheld_reason": "", "error": ""}


def _row(purpose: Purpose, subject_id: int, candidate_id: int | None, not_before: datetime, now: datetime) -> dict[str, Any]:
    host = urlsplit(settings().base_url).hostname or "localhost"
    return {
        "purpose": purpose,
        "subject_id": subject_id,
        "candidate_id": candidate_id,
        "status": Status.DUE,
        "not_before": not_before,
        "attempts": 0,
        "message_id": f"<{secrets.token_hex(16)}@{host}>",
        "created_at": now,
        **dict.fromkeys(("subject", "withheld_reason", "error", "address", "address_name"), ""),
    }


def _insert_new() -> Insert:
    """An insert that passes over rows which are there; both databases know it, each in a dialect of its own."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return insert(Delivery).on_conflict_do_nothing().returning(Delivery.id)


def _waiting(purpose: Purpose, subject_id: int) -> ColumnElement[bool]:
    own = (Delivery.purpose == purpose) & (Delivery.subject_id == subject_id)
    return own & Delivery.status.in_((Status.DUE, Status.CLAIMED))


def _unsettled(delivery: Delivery) -> ColumnElement[bool]:
    return (Delivery.id == delivery.id) & Delivery.status.in_(UNSETTLED)


def _change(which: ColumnElement[bool], **values: Any) -> int:
    with transaction() as session:
        return len(session.scalars(update(Delivery).where(which).values(**values).returning(Delivery.id)).all())
