"""How fast mail leaves: so many a minute, an hour and a day, counted in the database, so that workers share it."""

from datetime import date, datetime, timedelta

from sqlalchemy import Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.config import settings
from portal.db import db
from portal.delivery.models import Flow

ALL = ""
UNLIMITED = 1_000_000
# A sending domain that nobody knows begins with so few on its first day, and doubles.
FIRST_DAY = 50
KEPT = timedelta(days=2)


def allowance(now: datetime) -> int:
    """How many may leave at this moment. Inside a transaction: the minute's row is locked, so that workers ask in turn."""
    most = settings()
    limits = [(timedelta(minutes=1), most.mails_per_minute), (timedelta(hours=1), most.mails_per_hour)]
    limits.append((timedelta(days=1), ramp(now.date())))
    if not any(limit for _span, limit in limits):
        return UNLIMITED
    reserve(now, 0)
    return max(0, min(limit - _left_since(now, span) for span, limit in limits if limit))


def reserve(now: datetime, number: int) -> None:
    """These leave in this minute; negative: they did not after all."""
    most = settings()
    if most.mails_per_minute or most.mails_per_hour or most.ramp_up_since:
        db.session.execute(_add(now.replace(second=0, microsecond=0), number))
        db.session.execute(delete(Flow).where(Flow.minute < now - KEPT))


def ramp(today: date) -> int:
    """How many a day a young sending domain may send; 0 when there is no limit (any more)."""
    since = settings().ramp_up_since
    if since is None or (today - since).days > 14:
        return 0
    return FIRST_DAY * int(2 ** max(0, (today - since).days))


def _left_since(now: datetime, span: timedelta) -> int:
    recent = select(func.coalesce(func.sum(Flow.number), 0)).where(Flow.domain == ALL, Flow.minute > now - span)
    return int(db.session.scalar(recent) or 0)


def _add(minute: datetime, number: int) -> Insert:
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(Flow).values(domain=ALL, minute=minute, number=number)
    return row.on_conflict_do_update(index_elements=["domain", "minute"], set_={"number": Flow.number + number})
