"""Metric 8, talent pool growth: who joined, came back and left each month, beside the engaged pool at its start.

The engaged pool at a moment: people with an engagement touchpoint in the twelve months before it, who have not left. A month
compares its two ends, so the parts always sum: end = start + joined + reactivated − left, and nobody is counted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, and_, case, func, literal, or_, select, union_all

from portal import clock
from portal.analytics.queries.engagement import ENGAGED
from portal.analytics.queries.periods import Filters, chosen_people, months
from portal.candidates.models import Candidate
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
    ends = [parts[0].start, *(min(part.end, max(now, part.start)) for part in parts)]
    found = {row[0]: row[1:] for row in db.session.execute(_changes(filters, ends))}
    empty = (0,) * (3 + len(LEAVINGS))
    return [
        PoolRow(part.label, part.end > now, *(int(one or 0) for one in found.get(number, empty)))
        for number, part in enumerate(parts, start=1)
    ]


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
    return select(states.c.number, states.c.inside, states.c.why, was.label("was"), known.label("known")).subquery()


def _gone(at: Subquery) -> dict[str, ColumnElement[bool]]:
    """Why somebody is not in the engaged pool at a moment, in the order of LEAVINGS."""
    unsubscribed = and_(at.c.unsubscribed.is_not(None), or_(at.c.resubscribed.is_(None), at.c.unsubscribed > at.c.resubscribed))
    back = and_(at.c.unhired_at >= at.c.hired_at, at.c.unhired_at < at.c.moment)
    stays = or_(at.c.unhired_at.is_(None), ~back)
    return {
        "erased": func.coalesce(at.c.erased_at < at.c.moment, False),
        "opted_out": or_(unsubscribed, func.coalesce(at.c.stopped_at < at.c.moment, False)),
        "hired": and_(at.c.hired_at.is_not(None), at.c.hired_at < at.c.moment, stays),
        "bounced": and_(at.c.bounced.is_not(None), or_(at.c.engaged.is_(None), at.c.bounced > at.c.engaged)),
        "dormant": or_(at.c.engaged.is_(None), at.c.engaged < at.c.horizon),
    }


def _standing(filters: Filters, ends: Sequence[datetime]) -> Subquery:
    """Each person at each moment: when they last engaged, unsubscribed, subscribed again and bounced before it."""
    moments, steps = _moments(ends), _steps(filters, ends)
    last = [func.max(steps.c[name]).label(name) for name in _LAST]
    seen = select(moments.c.number, moments.c.moment, moments.c.horizon, steps.c.candidate_id, *last)
    seen = seen.join(steps, steps.c.number <= moments.c.number)
    keys = (moments.c.number, moments.c.moment, moments.c.horizon, steps.c.candidate_id)
    facts, hires = seen.group_by(*keys).subquery(), _hires()
    stopped = Candidate.do_not_contact_at.label("stopped_at")
    return (
        select(facts, Candidate.erased_at, stopped, hires.c.hired_at, hires.c.unhired_at)
        .outerjoin(Candidate, Candidate.id == facts.c.candidate_id)
        .outerjoin(hires, hires.c.candidate_id == facts.c.candidate_id)
        .subquery()
    )


def _steps(filters: Filters, ends: Sequence[datetime]) -> Subquery:
    """Each person in each month (0: before the first), with the last of each kind in it; few rows for many touchpoints."""
    month = case(*((Touchpoint.at < end, number) for number, end in enumerate(ends)), else_=None)
    last = [func.max(case((Touchpoint.kind.in_(of), Touchpoint.at), else_=None)).label(name) for name, of in _LAST.items()]
    rows = select(Touchpoint.candidate_id, month.label("number"), *last)
    rows = rows.where(Touchpoint.kind.in_([kind for of in _LAST.values() for kind in of]), Touchpoint.at < ends[-1])
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(Touchpoint.candidate_id.in_(people))
    return rows.group_by(Touchpoint.candidate_id, month).subquery()


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


def _hires() -> Subquery:
    """When each person was last hired, and last moved out of that stage again."""
    hired = func.max(case((StageTransition.to_stage == StageName.HIRED, StageTransition.at), else_=None))
    unhired = func.max(case((StageTransition.from_stage == StageName.HIRED, StageTransition.at), else_=None))
    rows = select(Placement.candidate_id, hired.label("hired_at"), unhired.label("unhired_at"))
    rows = rows.join(StageTransition, StageTransition.placement_id == Placement.id)
    either = or_(StageTransition.to_stage == StageName.HIRED, StageTransition.from_stage == StageName.HIRED)
    return rows.where(either).group_by(Placement.candidate_id).subquery()


def _a_year_before(moment: datetime) -> datetime:
    """The same day and time a year earlier; 28 February for the 29th."""
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)
