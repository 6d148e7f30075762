"""Finding check-ins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal import tokens
from portal.db import db
from portal.errors import NotFound
from portal.events.models import CheckIn
from portal.timeline.models import Kind, Touchpoint

EVENT = "source"
PURPOSE = "check-in confirmation"
PATIENCE = timedelta(days=14)


def find_check_in(check_in_id: int) -> CheckIn | None:
    """A check-in, confirmed or not."""
    return db.session.get(CheckIn, check_in_id)


def token_of(row: CheckIn) -> str:
    """The secret of the confirmation's address."""
    return tokens.sign(PURPOSE, row.id)


def get_by_token(token: str) -> CheckIn:
    """The check-in of a confirmation's address; NotFound when it is forged, of another purpose, too old or forgotten."""
    value = tokens.unsign(PURPOSE, token, max_age=int(PATIENCE.total_seconds()))
    if isinstance(value, int) and (found := find_check_in(value)):
        return found
    raise NotFound(_("This link is not valid, or no longer."))


def find_by_address_key(source_id: int, key: str) -> CheckIn | None:
    """The check-in of an address at an event that waits to be confirmed."""
    return db.session.scalar(select(CheckIn).filter_by(source_id=source_id, address_key=key))


def list_of(candidate_id: int) -> Sequence[CheckIn]:
    """The events at which somebody checked in, the latest first."""
    return db.session.scalars(select(CheckIn).filter_by(candidate_id=candidate_id).order_by(CheckIn.at.desc())).all()


def has_attended(candidate_id: int, source_id: int) -> bool:
    """Whether the timeline knows that somebody was at an event."""
    known = select(Touchpoint.id).filter_by(
        candidate_id=candidate_id, kind=Kind.ATTENDED, subject_type=EVENT, subject_id=source_id
    )
    return db.session.scalar(known.limit(1)) is not None


def list_forgotten(before: datetime, limit: int) -> Sequence[CheckIn]:
    """Check-ins that nobody confirmed since a moment."""
    waiting = select(CheckIn).where(CheckIn.confirmed_at.is_(None), CheckIn.at < before)
    return db.session.scalars(waiting.order_by(CheckIn.id).limit(limit)).all()
