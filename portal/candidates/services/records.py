"""Touchpoints of what is done with people."""

from typing import Any

from portal.candidates.models import Candidate
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def record(candidate: Candidate, kind: Kind, channel: Channel, actor_id: int | None, **more: Any) -> None:
    """Candidates act by web and mail, staff by everything else."""
    direction = Direction.IN if channel in {Channel.WEB, Channel.MAIL} and actor_id is None else Direction.INTERNAL
    timeline.record(candidate.id, kind, direction, channel, actor_id=actor_id, **more)
