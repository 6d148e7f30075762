"""Recording what happened."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select

from portal import clock
from portal.db import transaction
from portal.timeline.models import Channel, Direction, Kind, Touchpoint


def record(
    candidate_id: int,
    kind: Kind,
    direction: Direction,
    channel: Channel,
    *,
    at: datetime | None = None,
    campaign_id: int | None = None,
    subject: tuple[str, int] | None = None,
    actor_id: int | None = None,
    **details: Any,
) -> Touchpoint:
    """Append one touchpoint, inside the caller's transaction. `subject` is ("mailing", 7), say; `at` is now unless given."""
    subject_type, subject_id = subject or (None, None)
    with transaction() as session:
        touchpoint = Touchpoint(
            candidate_id=candidate_id,
            kind=kind,
            direction=direction,
            channel=channel,
            at=at or clock.now(),
            campaign_id=campaign_id,
            subject_type=subject_type,
            subject_id=subject_id,
            actor_id=actor_id,
            details=details,
        )
        session.add(touchpoint)
        return touchpoint


def record_all(
    candidate_ids: Iterable[int],
    kind: Kind,
    direction: Direction,
    channel: Channel,
    *,
    subject: tuple[str, int] | None = None,
    actor_id: int | None = None,
    **details: Any,
) -> None:
    """`record` the same for many people at once."""
    subject_type, subject_id = subject or (None, None)
    same = {
        "kind": kind,
        "direction": direction,
        "channel": channel,
        "at": clock.now(),
        "subject_type": subject_type,
        "subject_id": subject_id,
        "actor_id": actor_id,
        "details": details,
    }
    rows = [{"candidate_id": candidate_id, **same} for candidate_id in candidate_ids]
    with transaction() as session:
        if rows:
            session.execute(insert(Touchpoint), rows)


def record_selected(
    ids: Select[Any],
    kind: Kind,
    direction: Direction,
    channel: Channel,
    *,
    subject: tuple[str, int],
    actor_id: int | None = None,
    **details: Any,
) -> int:
    """`record_all` for everybody whom a query selects, by one statement; returns how many."""
    same = {
        "kind": kind,
        "direction": direction,
        "channel": channel,
        "at": clock.now(),
        "subject_type": subject[0],
        "subject_id": subject[1],
        "actor_id": actor_id,
        "details": details,
    }
    chosen = ids.subquery()
    constant = [literal(value, Touchpoint.__table__.c[name].type).label(name) for name, value in same.items()]
    with transaction() as session:
        session.execute(insert(Touchpoint).from_select(["candidate_id", *same], select(chosen.c[0], *constant)))
        return session.scalar(select(func.count()).select_from(chosen)) or 0


# Drawn from rows that stay and may be judged anew. Everything else in the timeline is what happened, and is never taken back.
DERIVED = frozenset({Kind.VISITED})


def withdraw(kind: Kind, subject: tuple[str, int], is_unfounded: Callable[[datetime], bool]) -> int:
    """Take back touchpoints of a derived kind whose ground is gone, by their moment; returns how many."""
    if kind not in DERIVED:
        raise ValueError(f"{kind} happened and stays.")
    with transaction() as session:
        rows = session.scalars(select(Touchpoint).filter_by(kind=kind, subject_type=subject[0], subject_id=subject[1])).all()
        unfounded = [row for row in rows if is_unfounded(row.at)]
        for row in unfounded:
            session.delete(row)
        return len(unfounded)
