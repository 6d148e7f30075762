"""Reading touchpoints."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from portal.db import db
from portal.timeline.models import Direction, Kind, Touchpoint

PAGE = 200
# What only a person does: an answer on a page, a mail written back. Notices of absence are neither.
ANSWERS = (Kind.RESPONDED, Kind.REPLIED)


def list_touchpoints(candidate_id: int, limit: int = PAGE) -> Sequence[Touchpoint]:
    """What happened with a candidate, newest first."""
    newest = select(Touchpoint).filter_by(candidate_id=candidate_id).order_by(Touchpoint.at.desc(), Touchpoint.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


def has_responded_since(candidate_id: int, since: datetime) -> bool:
    """Whether the candidate gave a human answer of any kind after a moment."""
    answer = select(Touchpoint.id).where(Touchpoint.candidate_id == candidate_id, Touchpoint.kind.in_(ANSWERS))
    return db.session.scalar(answer.where(Touchpoint.at >= since).limit(1)) is not None


def last_mail_at(candidate_id: int) -> datetime | None:
    """When the last mail of any kind was delivered to the candidate."""
    kinds = (Kind.MAIL_DELIVERED, Kind.OUTREACH_DELIVERED)
    latest = select(func.max(Touchpoint.at)).where(
        Touchpoint.candidate_id == candidate_id, Touchpoint.kind.in_(kinds), Touchpoint.direction == Direction.OUT
    )
    return db.session.scalar(latest)
