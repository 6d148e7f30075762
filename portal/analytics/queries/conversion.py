"""Metric 3, conversion: of those first contacted in a period, how many ever reached which stage.

A later stage passes the earlier ones; moving back takes nothing away; a move marked as a mistake reaches nothing. The stages
beside the pipeline (not now, declined, silver medalist) reach nothing by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select

from portal.analytics.queries.attempts import age_of, attempts, during
from portal.analytics.queries.periods import Filters, Report, campaign_names, month_of, months
from portal.db import db
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.rates import Rate

STAGES_REACHED = (
    StageName.ENGAGED,
    StageName.INTERESTED,
    StageName.IN_CONVERSATION,
    StageName.CONSIDERED,
    StageName.HIRED,
)
# So long a cohort is watched before its late stages are taken as known; a hire takes longer than an answer.
CONVERSION_DAYS = 90


@dataclass(frozen=True)
class ConversionRow:
    """People first contacted together: of `base`, who reached each of STAGES_REACHED; `passed` is of the step before.

    `age_days` is how old the youngest of them is; None when there are none.
    """

    label: str
    campaign_id: int | None
    base: int
    reached: tuple[Rate, ...]
    passed: tuple[Rate, ...]
    age_days: int | None

    @property
    def immature(self) -> bool:
        """Whether the late stages can be expected to rise still."""
        return self.age_days is not None and self.age_days < CONVERSION_DAYS


@dataclass(frozen=True)
class _Group:
    """The sums of one campaign in one month; an attempt is in one group only, so groups can be added up."""

    campaign_id: int | None
    month: int | None
    people: int
    youngest: datetime
    reached: tuple[int, ...]


def conversion(filters: Filters) -> Report[ConversionRow]:
    """The cohort of a period as a whole, by the campaign that opened it (furthest first), and by month of first contact."""
    parts, names = months(filters), campaign_names()
    found = db.session.execute(_counted(filters))
    groups = [_Group(one, month, people, youngest, tuple(reached)) for one, month, people, youngest, *reached in found]
    campaigns = {group.campaign_id for group in groups}
    rows = [_row(names.get(one, "—"), one, [g for g in groups if g.campaign_id == one]) for one in campaigns]
    by_month = [_row(part.label, None, [g for g in groups if g.month == at]) for at, part in enumerate(parts)]
    return Report(total=_row("", None, groups), by_campaign=sorted(rows, key=_furthest_first), by_month=by_month)


def _counted(filters: Filters) -> Select[Any]:
    """By campaign and month: people, the youngest opening, and how many reached each stage or one beyond it."""
    followed = _followed(attempts(filters))
    month = month_of(followed.c.at, months(filters))
    reached = [func.sum(case((followed.c.furthest >= rank, 1), else_=0)) for rank in range(1, len(STAGES_REACHED) + 1)]
    rows = select(followed.c.campaign_id, month, func.count(), func.max(followed.c.at), *reached)
    return rows.group_by(followed.c.campaign_id, month)


def _followed(attempt: Subquery) -> Subquery:
    """Each attempt with the furthest stage that was reached in it, counted from 1."""
    ranks = [(StageTransition.to_stage == stage, rank) for rank, stage in enumerate(STAGES_REACHED, start=1)]
    furthest = select(func.max(case(*ranks, else_=0))).join(Placement, Placement.id == StageTransition.placement_id)
    furthest = furthest.where(Placement.candidate_id == attempt.c.candidate_id, *_counts(attempt)).correlate(attempt)
    return select(attempt.c.campaign_id, attempt.c.at, furthest.scalar_subquery().label("furthest")).subquery()


def _counts(attempt: Subquery) -> list[ColumnElement[bool]]:
    """Whether a move belongs to an attempt."""
    return [during(attempt.c, StageTransition.at.expression), StageTransition.mistaken_at.is_(None)]


def _row(label: str, campaign_id: int | None, groups: Sequence[_Group]) -> ConversionRow:
    base = sum(group.people for group in groups)
    steps = [base, *(sum(group.reached[at] for group in groups) for at in range(len(STAGES_REACHED)))]
    reached = tuple(Rate(hits, base) for hits in steps[1:])
    passed = tuple(Rate(hits, before) for before, hits in pairwise(steps))
    return ConversionRow(label, campaign_id, base, reached, passed, age_of(max((g.youngest for g in groups), default=None)))


def _furthest_first(row: ConversionRow) -> tuple[Any, ...]:
    return (*(-(rate.value or 0) for rate in reversed(row.reached)), -row.base, row.label)
