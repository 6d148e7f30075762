"""Reading placements and segments. A candidate who was never moved has no placement and counts as Identified."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portal.candidates.models import Candidate
from portal.db import db
from portal.errors import NotFound
from portal.pipeline.models import Placement, Segment, StageName, StageTransition

# Counting a filter stops here; the page then says “1,000+”.
COUNT_CAP = 1000


def find_placement(candidate_id: int) -> Placement | None:
    """Where a candidate stands, if they were ever moved."""
    return db.session.scalars(select(Placement).filter_by(candidate_id=candidate_id)).one_or_none()


def stage_of(placement: Placement | None) -> StageName:
    """The stage of a placement, or that of somebody who has none."""
    return placement.stage if placement else StageName.IDENTIFIED


def list_transitions(candidate_id: int) -> Sequence[StageTransition]:
    """Every move of a candidate, newest first."""
    moves = select(StageTransition).join(StageTransition.placement).where(Placement.candidate_id == candidate_id)
    return db.session.scalars(moves.order_by(StageTransition.at.desc(), StageTransition.id.desc())).all()


def list_segments() -> Sequence[Segment]:
    """All segments by name."""
    return db.session.scalars(select(Segment).order_by(Segment.name, Segment.id)).all()


def get_segment(segment_id: int) -> Segment:
    """A segment; NotFound when there is none."""
    if segment := db.session.get(Segment, segment_id):
        return segment
    raise NotFound("There is no such segment.")


def find_segment(name: str) -> Segment | None:
    """The segment of this name."""
    return db.session.scalars(select(Segment).filter_by(name=name)).one_or_none()


def segment_candidate_ids(segment: Segment | None) -> Select[int]:
    """A select of the ids that a segment means; without a segment everybody. Erased people belong to none."""
    return rule_candidate_ids(segment.rule if segment else {})


def rule_candidate_ids(rule: dict[str, Any]) -> Select[int]:
    """A select of the ids that a rule means; see `pipeline.models.Segment`."""
    ids = select(Candidate.id).where(Candidate.erased_at.is_(None))
    if stages := rule.get("stages"):
        ids = ids.outerjoin(Placement, Placement.candidate_id == Candidate.id)
        stands = Placement.stage.in_([StageName(name) for name in stages])
        ids = ids.where(stands | Placement.id.is_(None) if StageName.IDENTIFIED in stages else stands)
    if personas := rule.get("personas"):
        ids = ids.where(Candidate.persona_id.in_(personas))
    if sources := rule.get("sources"):
        ids = ids.where(Candidate.source_id.in_(sources))
    return ids


def count_ids(ids: Select[int]) -> int:
    """How many a select of ids finds, counted up to one more than the cap."""
    return db.session.scalar(select(func.count()).select_from(ids.limit(COUNT_CAP + 1).subquery())) or 0
