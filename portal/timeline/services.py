"""Recording what happened."""

from datetime import datetime
from typing import Any

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
