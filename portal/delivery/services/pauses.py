"""Mail that rests: all of our own accord, or that of one mailing."""

from sqlalchemy import ColumnElement, or_, select, update

from portal import clock
from portal.db import db, transaction
from portal.delivery.models import Delivery, Purpose, SendingPause
from portal.delivery.verdicts import UNASKED
from portal.extensions import jobs


def pause(purpose: Purpose | None, subject_id: int | None, why: str, by: str = "") -> bool:
    """Let one mailing rest, or without purpose everything we send of our own accord. False when it rests already."""
    with transaction() as session:
        if _standing(purpose, subject_id):
            return False
        session.add(SendingPause(purpose=purpose, subject_id=subject_id, why=why, since=clock.now(), by=by))
        return True


def pause_all(why: str, by: str = "") -> bool:
    """Let everything rest that we send of our own accord; what somebody asked for a moment ago still leaves."""
    return pause(None, None, why, by)


def resume(purpose: Purpose | None, subject_id: int | None, by: str) -> int:
    """End such a rest; returns how many pauses ended. `by` says who."""
    with transaction() as session:
        own = (SendingPause.purpose == purpose) & (SendingPause.subject_id == subject_id) & SendingPause.ended_at.is_(None)
        ended = update(SendingPause).where(own).values(ended_at=clock.now(), by=by).returning(SendingPause.id)
        jobs.kick("delivery.send")
        return len(session.scalars(ended).all())


def resume_all(by: str) -> int:
    """End the rest of everything; mailings that rest by themselves go on resting."""
    return resume(None, None, by)


def is_paused(purpose: Purpose, subject_id: int) -> str:
    """Why mail of this subject rests; empty when it does not."""
    if purpose not in UNASKED:
        return ""
    own = (SendingPause.purpose == purpose) & (SendingPause.subject_id == subject_id)
    standing = select(SendingPause.why).where(SendingPause.ended_at.is_(None), or_(SendingPause.purpose.is_(None), own))
    return db.session.scalar(standing.order_by(SendingPause.id).limit(1)) or ""


def not_paused() -> ColumnElement[bool]:
    """The condition on delivery rows that nothing lets them rest."""
    everything = (SendingPause.purpose.is_(None)) & Delivery.purpose.in_(UNASKED)
    own = (SendingPause.purpose == Delivery.purpose) & (SendingPause.subject_id == Delivery.subject_id)
    standing = select(SendingPause.id).where(SendingPause.ended_at.is_(None), or_(everything, own))
    return ~standing.correlate(Delivery).exists()


def _standing(purpose: Purpose | None, subject_id: int | None) -> bool:
    own = (SendingPause.purpose == purpose) & (SendingPause.subject_id == subject_id)
    return db.session.scalar(select(SendingPause.id).where(own, SendingPause.ended_at.is_(None)).limit(1)) is not None
