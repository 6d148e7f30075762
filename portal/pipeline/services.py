"""Moving candidates through the pipeline, and keeping segments."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.errors import Conflict, Invalid, NotFound
from portal.pipeline import queries
from portal.pipeline.models import STAGES, Placement, Segment, StageName, StageTransition
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

ORDER = (
    StageName.IDENTIFIED,
    StageName.CONTACTED,
    StageName.ENGAGED,
    StageName.INTERESTED,
    StageName.IN_CONVERSATION,
    StageName.CONSIDERED,
    StageName.HIRED,
)
OUTCOMES = frozenset({StageName.HIRED, StageName.NOT_NOW, StageName.DECLINED, StageName.SILVER_MEDALIST})

_RANKS = (*ORDER[:-1], StageName.SILVER_MEDALIST, StageName.NOT_NOW, StageName.DECLINED, StageName.HIRED)

# What a feature above shows on a candidate's page: a title, and rows of (moment or None, sentence). See `init_app`.
Panel = Callable[[int], tuple[str, Sequence[Sequence[Any]]]]


def init_app(app: Flask, panels: Sequence[Panel] = ()) -> None:
    """Take the panels that features above hand in for the candidate's page; each is asked with a candidate's id.

    Of two placements of one person the further one counts; the people feature is told so, for merging.
    """
    app.extensions["candidate_panels"] = tuple(panels)
    candidates.init_app(app, {Placement.__tablename__: is_further})


def is_further(placement_id: int, than_id: int) -> bool:
    """Whether one placement stands further than another, for two rows of one person: what ended outranks what goes on."""
    with transaction() as session:
        ranks = [_RANKS.index(session.get_one(Placement, number).stage) for number in (placement_id, than_id)]
        return ranks[0] > ranks[1]


def move(
    candidate_id: int, stage: StageName, reason: str, actor_id: int | None = None, *, seen: StageName | None = None
) -> Placement:
    """Put a candidate at a stage; places who has no placement yet. A person (`actor_id`) must say why.

    `seen` is the stage that the person saw when deciding: Conflict when somebody moved the candidate since.
    """
    if actor_id is not None and not reason.strip():
        raise Invalid(_("Say in a few words why, so that the next person understands."), field="reason")
    with transaction() as session:
        placement = _lock_placement(session, candidate_id)
        if seen is not None and queries.stage_of(placement) is not seen:
            raise Conflict(_moved_meanwhile(candidate_id, queries.stage_of(placement)))
        if placement is not None and placement.stage is stage:
            return placement
        return _place(session, placement, candidate_id, stage, reason.strip(), actor_id)


def advance(candidate_id: int, stage: StageName, reason: str) -> Placement:
    """Move forward by a rule: only along the order of the stages, and never out of an outcome."""
    if stage not in ORDER:
        raise Invalid(_("This stage is an outcome; nobody is advanced to it by a rule."), field="stage")
    with transaction() as session:
        placement = _lock_placement(session, candidate_id)
        if placement is None:
            return _place(session, None, candidate_id, stage, reason, None)
        if placement.stage in OUTCOMES or ORDER.index(placement.stage) >= ORDER.index(stage):
            return placement
        return _place(session, placement, candidate_id, stage, reason, None)


def judge_move(candidate_id: int, step_id: int, mistaken: bool, actor_id: int | None = None) -> StageTransition:
    """Say that a move was a mistake, or take that back. It reaches nothing; they stand where the latest other move put them."""
    with transaction() as session:
        placement, step = _lock_placement(session, candidate_id), queries.get_transition(candidate_id, step_id)
        if placement is None or (step.mistaken_at is not None) == mistaken:
            return step
        step.mistaken_at = clock.now() if mistaken else None
        session.flush()
        latest = queries.find_last_move(candidate_id)
        placement.stage = latest.to_stage if latest else step.from_stage or StageName.IDENTIFIED
        placement.since = latest.at if latest else step.at
        _record(candidate_id, step, Kind.MOVE_JUDGED, actor_id, mistaken=mistaken)
        return step


def set_next_step(candidate_id: int, text: str, on: date | None) -> Placement:
    """Note what happens next and when; empty text means that nothing is agreed."""
    with transaction() as session:
        placement = _lock_placement(session, candidate_id)
        if placement is None:
            placement = _place(session, None, candidate_id, StageName.IDENTIFIED, "", None)
        placement.next_step = text.strip()
        placement.next_step_on = on if placement.next_step else None
        return placement


def add_segment(name: str, rule: dict[str, Any]) -> Segment:
    """Save a rule under a name of its own."""
    with transaction() as session:
        segment = Segment(name=_free_name(name, None), rule=_clean(rule), created_at=clock.now())
        session.add(segment)
        session.flush()
        return segment


def edit_segment(segment_id: int, name: str, rule: dict[str, Any]) -> Segment:
    """Change a segment; mailings that use it follow the new rule from now on."""
    with transaction():
        segment = queries.get_segment(segment_id)
        segment.name, segment.rule = _free_name(name, segment), _clean(rule)
        return segment


def delete_segment(segment_id: int) -> None:
    """Remove a segment; Conflict when a mailing was made for it, because its history would lose its meaning."""
    with transaction() as session:
        session.delete(queries.get_segment(segment_id))
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(_("A mailing uses this segment, so it stays. Rename it if it should no longer be used.")) from error


def _lock_placement(session: Session, candidate_id: int) -> Placement | None:
    """The placement, with its candidate locked, so that two moves at once happen one after the other."""
    if session.get(Candidate, candidate_id, with_for_update={"key_share": True}, populate_existing=True) is None:
        raise NotFound(_("There is no such candidate."))
    return queries.find_placement(candidate_id)


def _place(
    session: Session, placement: Placement | None, candidate_id: int, stage: StageName, reason: str, actor_id: int | None
) -> Placement:
    at = clock.now()
    before = placement.stage if placement else None
    placement = placement or Placement(candidate_id=candidate_id)
    placement.stage, placement.since = stage, at
    step = StageTransition(placement=placement, from_stage=before, to_stage=stage, at=at, actor_id=actor_id, reason=reason)
    session.add_all([placement, step])
    session.flush()
    _record(candidate_id, step, Kind.MOVED, actor_id)
    return placement


def _record(candidate_id: int, step: StageTransition, kind: Kind, actor_id: int | None, **more: bool) -> None:
    timeline.record(
        candidate_id,
        kind,
        Direction.INTERNAL,
        Channel.CONSOLE,
        at=step.at if kind is Kind.MOVED else clock.now(),
        subject=("stage_transition", step.id),
        actor_id=actor_id,
        from_stage=step.from_stage and step.from_stage.value,
        to_stage=step.to_stage.value,
        **more,
    )


def _moved_meanwhile(candidate_id: int, stage: StageName) -> str:
    latest = next(iter(queries.list_transitions(candidate_id)), None)
    if latest is None or latest.actor is None:
        told = _("While you looked, this person was moved to “%(stage)s”. Look again before you decide.", stage=STAGES[stage])
    else:
        told = _(
            "%(who)s moved this person to “%(stage)s” on %(at)s, while you looked. Look again before you decide.",
            who=latest.actor.full_name or latest.actor.email,
            stage=STAGES[stage],
            at=format_datetime(latest.at, "d MMMM, HH:mm"),
        )
    return str(told)


def _free_name(name: str, segment: Segment | None) -> str:
    if not (name := name.strip()):
        raise Invalid(_("Give the segment a name."), field="name")
    if (found := queries.find_segment(name)) and found is not segment:
        raise Invalid(_("There is a segment of this name already."), field="name")
    return name


def _clean(rule: dict[str, Any]) -> dict[str, Any]:
    """Only keys that select something, in a form that JSON keeps."""
    stages = [StageName(stage).value for stage in rule.get("stages") or ()]
    chosen = {"stages": stages} | {key: [int(one) for one in rule.get(key) or ()] for key in ("personas", "sources")}
    return {key: values for key, values in chosen.items() if values}
