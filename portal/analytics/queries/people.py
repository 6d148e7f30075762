"""Who stands behind a number: made from the same rows that the number counts, so that the two are equal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal, or_, select

from portal.analytics.queries.attempts import attempts
from portal.analytics.queries.engagement import touched_people
from portal.analytics.queries.hires import counted_hires
from portal.analytics.queries.periods import Filters
from portal.analytics.queries.pool import pool_people
from portal.analytics.queries.response import cohort_of
from portal.analytics.queries.visits import visitors
from portal.candidates.models import Candidate
from portal.db import db
from portal.hiring.models import Hire
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.pipeline.services import ORDER
from portal.timeline.models import Kind, Touchpoint

PAGE = 200


@dataclass(frozen=True)
class Person:
    """Somebody who was counted, and when they were first contacted or last seen, where the number knows a moment."""

    candidate_id: int
    name: str
    at: datetime | None


@dataclass(frozen=True)
class Behind:
    """`total` is the number; `nobody` of them were erased or are not known to us. `people` is one page of the others, by name."""

    total: int
    nobody: int
    people: Sequence[Person]
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-(self.total - self.nobody) // PAGE))


def people_behind(metric: str, part: str, filters: Filters, page: int = 1) -> Behind | None:
    """The people of one figure, a page of them; None where a figure has none that may be told."""
    if (metric, part) not in _ROWS:
        return None
    rows = _ROWS[metric, part](filters).subquery()
    total = db.session.scalar(select(func.count()).select_from(rows)) or 0
    here = Candidate.erased_at.is_(None)
    known = select(Candidate.id, Candidate.full_name, rows.c.at).join(rows, rows.c.candidate_id == Candidate.id).where(here)
    count = db.session.scalar(select(func.count()).select_from(known.subquery())) or 0
    order: list[Any] = [func.lower(Candidate.full_name), Candidate.id, rows.c.at]
    found = db.session.execute(known.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Behind(total, total - count, [Person(*row) for row in found], page)


def _reached(stage: StageName) -> Callable[[Filters], Select[Any]]:
    """Who came as far as a stage, or further, before their next attempt."""

    def rows(filters: Filters) -> Select[Any]:
        attempt = attempts(filters)
        meant = StageTransition.mistaken_at.is_(None), StageTransition.to_stage.in_(ORDER[ORDER.index(stage) :])
        moves = exists().where(StageTransition.placement_id == Placement.id, Placement.candidate_id == attempt.c.candidate_id)
        moved = moves.where(*meant, _during(attempt, StageTransition.at.expression))
        return select(attempt.c.candidate_id, attempt.c.at).where(moved)

    return rows


def _followed(filters: Filters) -> Select[Any]:
    attempt = attempts(filters)
    return select(attempt.c.candidate_id, attempt.c.at)


def _answered_ever(filters: Filters) -> Select[Any]:
    """Who answered before their next attempt, within the window of the response rate or later."""
    attempt = attempts(filters)
    said = Touchpoint.candidate_id == attempt.c.candidate_id, Touchpoint.kind.in_((Kind.RESPONDED, Kind.INTEREST_GIVEN))
    answer = exists().where(*said, _during(attempt, Touchpoint.at.expression))
    return select(attempt.c.candidate_id, attempt.c.at).where(answer)


def _during(attempt: Subquery, at: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(at >= attempt.c.at, or_(attempt.c.until.is_(None), at < attempt.c.until))


def _pool(part: str) -> Callable[[Filters], Select[Any]]:
    return lambda filters: pool_people(filters, part)


def _attempts(flag: str | None) -> Callable[[Filters], Select[Any]]:
    def rows(filters: Filters) -> Select[Any]:
        cohort = cohort_of(filters)
        chosen = select(cohort.c.candidate_id, cohort.c.at)
        return chosen if flag is None else chosen.where(cohort.c[flag] == 1)

    return rows


def _touched(acted: bool) -> Callable[[Filters], Select[Any]]:
    def rows(filters: Filters) -> Select[Any]:
        people = touched_people(filters).subquery()
        chosen = select(people.c.candidate_id, _no_moment())
        return chosen.where(people.c.acted == 1) if acted else chosen

    return rows


def _hired(filters: Filters) -> Select[Any]:
    return select(Hire.candidate_id, _no_moment()).where(*counted_hires(filters))


def _no_moment() -> ColumnElement[Any]:
    return literal(None).label("at")


# Stages of the funnel by their words in addresses, and parts of the balance of the pool; of the erased nobody could be listed.
_STAGES = {str(stage.value).replace(" ", "-"): stage for stage in ORDER[ORDER.index(StageName.ENGAGED) :]}
_POOL = ("start", "joined", "reactivated", "left", "end", "opted_out", "hired", "bounced", "dormant")
# Feedback and quality have no such list: both are told without names.
_ROWS: dict[tuple[str, str], Callable[[Filters], Select[Any]]] = {
    ("response", "delivered"): _attempts(None),
    ("response", "answered"): _attempts("answered"),
    ("response", "interested"): _attempts("agreed"),
    ("engagement", "touched"): _touched(acted=False),
    ("engagement", "engaged"): _touched(acted=True),
    ("conversion", "contacted"): _followed,
    **{("conversion", part): _reached(stage) for part, stage in _STAGES.items()},
    ("time-to-engagement", "people"): _followed,
    ("time-to-engagement", "answered"): _answered_ever,
    ("time-to-hire", "hires"): _hired,
    **{("pool", part): _pool(part) for part in _POOL},
    ("visits", "visited"): visitors,
}
# Metric and part of every figure that leads to people.
LISTED = frozenset(_ROWS)
