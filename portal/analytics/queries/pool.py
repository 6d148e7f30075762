"""Metric 8, talent pool growth: who joined, came back and left each month, beside the engaged pool at its start.

The engaged pool at a moment: people with an engagement touchpoint in the twelve months before it, who have not left. A month
compares its two ends, so the parts always sum: end = start + joined + reactivated − left, and nobody is counted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, func, literal, or_, select, union_all

from portal import clock
from portal.analytics.queries.engagement import ENGAGED
from portal.analytics.queries.periods import Filters, chosen_people, months
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import UtcDateTime, db
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Kind, Touchpoint

# What is asked about each person at each moment: when the last of these happened.
_LAST = {
    "engaged": ENGAGED,
    "unsubscribed": (Kind.UNSUBSCRIBED,),
    "resubscribed": (Kind.RESUBSCRIBED,),
    "bounced": (Kind.BOUNCED,),
}
_MOVES = ("hired", "moved_on")
LEAVINGS = ("erased", "opted_out", "hired", "bounced", "dormant")


@dataclass(frozen=True)
class PoolRow:
    """One month. Who left for several reasons is counted at the first of LEAVINGS that holds. `open`: the month still runs."""

    label: str
    open: bool
    start: int
    joined: int
    reactivated: int
    erased: int
    opted_out: int
    hired: int
    bounced: int
    dormant: int

    @property
    def left(self) -> int:
        """All who left."""
        return self.erased + self.opted_out + self.hired + self.bounced + self.dormant

    @property
    def end(self) -> int:
        """The engaged pool at the end of the month."""
        return self.start + self.joined + self.reactivated - self.left

    @property
    def growth(self) -> float | None:
        """Net change over the pool at the start; None when nobody was there."""
        return (self.end - self.start) / self.start if self.start else None


def pool_growth(filters: Filters) -> Sequence[PoolRow]:
    """The months of a period, oldest first. A campaign cannot be asked for: the pool is everybody's."""
    parts = months(filters)
    now = clock.now()
    found = {row[0]: row[1:] for row in db.session.execute(_changes(filters, _ends(filters)))}
    empty = (0,) * (3 + len(LEAVINGS))
    return [
        PoolRow(part.label, part.end > now, *(int(one or 0) for one in found.get(number, empty)))
        for number, part in enumerate(parts, start=1)
    ]


def pool_people(filters: Filters, part: str) -> Select[Any]:
    """Who stands behind a part of the balance: `start`, `end`, `joined`, `reactivated`, `left` or one of LEAVINGS.

    A row for each time somebody came or went, so that as many are listed as were counted.
    """
    ends = _ends(filters)
    state = _compared(filters, ends)
    was, is_in = state.c.was == 1, state.c.inside == 1
    came, gone = and_(~was, is_in), and_(was, ~is_in)
    rules = {
        "start": and_(was, state.c.number == 1),
        "end": and_(is_in, state.c.number == len(ends) - 1),
        "joined": and_(came, state.c.known == 0),
        "reactivated": and_(came, state.c.known == 1),
        "left": gone,
        **{reason: and_(gone, state.c.why == reason) for reason in LEAVINGS},
    }
    return select(state.c.candidate_id, state.c.engaged.label("at")).where(state.c.number > 0, rules[part])


def _ends(filters: Filters) -> list[datetime]:
    """Where the first month begins, and where each ends; the running one ends now."""
    parts, now = months(filters), clock.now()
    return [parts[0].start, *(min(part.end, max(now, part.start)) for part in parts)]


def _changes(filters: Filters, ends: Sequence[datetime]) -> Any:
    """One row per month: its number, the pool at its start, joined, reactivated, and the leavings by reason."""
    state = _compared(filters, ends)
    was, is_in = state.c.was == 1, state.c.inside == 1
    came, gone = and_(~was, is_in), and_(was, ~is_in)
    reasons = [func.sum(case((and_(gone, state.c.why == reason), 1), else_=0)) for reason in LEAVINGS]
    return (
        select(
            state.c.number,
            func.sum(case((was, 1), else_=0)),
            func.sum(case((and_(came, state.c.known == 0), 1), else_=0)),
            func.sum(case((and_(came, state.c.known == 1), 1), else_=0)),
            *reasons,
        )
        .where(state.c.number > 0)
        .group_by(state.c.number)
    )


def _compared(filters: Filters, ends: Sequence[datetime]) -> Subquery:
    """Each person at each end of a month beside themselves at the end before: inside, was, known (engaged before), why not."""
    at = _standing(filters, ends)
    why = case(*((condition, literal(reason)) for reason, condition in _gone(at).items()), else_=None)
    inside = case((why.is_(None), 1), else_=0)
    states = select(at.c.candidate_id, at.c.number, inside.label("inside"), why.label("why"), at.c.engaged).subquery()
    person, order = states.c.candidate_id, states.c.number
    was = func.coalesce(func.lag(states.c.inside).over(partition_by=person, order_by=order), 0)
    known = case((func.lag(states.c.engaged).over(partition_by=person, order_by=order).is_not(None), 1), else_=0)
    return select(states, was.label("was"), known.label("known")).subquery()


def _gone(at: Subquery) -> dict[str, ColumnElement[bool]]:
    """Why somebody is not in the engaged pool at a moment, in the order of LEAVINGS."""
    unsubscribed = and_(at.c.unsubscribed.is_not(None), or_(at.c.resubscribed.is_(None), at.c.unsubscribed > at.c.resubscribed))
    return {
        "erased": func.coalesce(at.c.erased_at < at.c.moment, False),
        "opted_out": or_(unsubscribed, func.coalesce(at.c.stopped_at < at.c.moment, False)),
        # Whoever is moved out of Hired again, because they left, can come back.
        "hired": and_(at.c.hired.is_not(None), or_(at.c.moved_on.is_(None), at.c.moved_on <= at.c.hired)),
        "bounced": and_(at.c.bounced.is_not(None), or_(at.c.engaged.is_(None), at.c.bounced > at.c.engaged)),
        "dormant": or_(at.c.engaged.is_(None), at.c.engaged < at.c.horizon),
    }


def _standing(filters: Filters, ends: Sequence[datetime]) -> Subquery:
    """Each person at each moment: when the last of each kind of step was before it."""
    moments, steps = _moments(ends), _steps(filters, ends)
    last = [func.max(steps.c[name]).label(name) for name in (*_LAST, *_MOVES)]
    seen = select(moments.c.number, moments.c.moment, moments.c.horizon, steps.c.candidate_id, *last)
    seen = seen.join(steps, steps.c.number <= moments.c.number)
    keys = (moments.c.number, moments.c.moment, moments.c.horizon, steps.c.candidate_id)
    facts = seen.group_by(*keys).subquery()
    rows = select(facts, Candidate.erased_at, Candidate.do_not_contact_at.label("stopped_at"))
    return rows.outerjoin(Candidate, Candidate.id == facts.c.candidate_id).subquery()


def _steps(filters: Filters, ends: Sequence[datetime]) -> Subquery:
    """Each person in each month (0: before the first), with the last of each kind of step in it."""
    contacts, moves = _contacts(ends), _moves(ends)
    if (people := chosen_people(filters)) is not None:
        contacts = contacts.where(Touchpoint.candidate_id.in_(people))
        moves = moves.where(Placement.candidate_id.in_(people))
    return union_all(contacts, moves).subquery()


def _contacts(ends: Sequence[datetime]) -> Any:
    """Few rows for many touchpoints."""
    month = _month(Touchpoint.at, ends)
    last = [func.max(case((Touchpoint.kind.in_(of), Touchpoint.at), else_=None)).label(name) for name, of in _LAST.items()]
    none = [literal(None, UtcDateTime()).label(name) for name in _MOVES]
    rows = select(Touchpoint.candidate_id, month.label("number"), *last, *none)
    rows = rows.where(Touchpoint.kind.in_([kind for of in _LAST.values() for kind in of]), Touchpoint.at < ends[-1])
    return rows.group_by(Touchpoint.candidate_id, month)


def _moves(ends: Sequence[datetime]) -> Any:
    """Of people who were ever hired: to Hired, and out of it. Moves by mistake are none."""
    month, step = _month(StageTransition.at, ends), StageTransition
    last = [
        func.max(case((is_it, step.at), else_=None))
        for is_it in (step.to_stage == StageName.HIRED, step.to_stage != StageName.HIRED)
    ]
    none = [literal(None, UtcDateTime()).label(name) for name in _LAST]
    hired = select(step.placement_id).where(step.to_stage == StageName.HIRED, step.mistaken_at.is_(None))
    rows = select(Placement.candidate_id, month.label("number"), *none, *last).join(step, step.placement_id == Placement.id)
    rows = rows.where(step.mistaken_at.is_(None), step.at < ends[-1], step.placement_id.in_(hired))
    return rows.group_by(Placement.candidate_id, month)


def _month(at: Any, ends: Sequence[datetime]) -> ColumnElement[int | None]:
    return case(*((at < end, number) for number, end in enumerate(ends)), else_=None)


def _moments(ends: Sequence[datetime]) -> Subquery:
    """The ends of the months as a table, each with the moment twelve months earlier."""
    rows = [
        select(
            literal(number, Integer()).label("number"),
            literal(end, UtcDateTime()).label("moment"),
            literal(_a_year_before(end), UtcDateTime()).label("horizon"),
        )
        for number, end in enumerate(ends)
    ]
    return union_all(*rows).subquery()


def _a_year_before(moment: datetime) -> datetime:
    """The same day and time a year earlier, in the company's zone; 28 February for the 29th."""
    local = moment.astimezone(ZoneInfo(settings().time_zone))
    try:
        return local.replace(year=local.year - 1).astimezone(UTC)
    except ValueError:
        return local.replace(year=local.year - 1, day=28).astimezone(UTC)
