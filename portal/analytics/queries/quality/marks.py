"""What is known of each hire: marks from 0 to 100, how many are due by now, who stayed. Only sums leave this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Integer, Subquery, case, func, literal, select, true

from portal import clock
from portal.analytics.queries.hires import counted_hires
from portal.analytics.queries.periods import Filters, months, seconds
from portal.config import settings
from portal.db import db
from portal.hiring.models import REVIEW_DAYS, Hire, Review

SEASONED_DAYS = 90
INDICATORS = {
    "rating_90": _l("Manager’s rating after 90 days"),
    "rating_180": _l("Manager’s rating after 180 days"),
    "rating_365": _l("Manager’s rating after a year"),
    "ramp_up": _l("How soon they worked on their own"),
    "satisfaction": _l("The manager’s satisfaction with the hire"),
    "employed": _l("Still employed"),
}
_DAY = 86_400


@dataclass(frozen=True)
class Part:
    """Hires with these in common: whether through a campaign of ours, their source, the number of the month of acceptance.

    `sums` by name: `hires`, `seasoned`, `scores`, `squares` (of the scores), `available`, `expected`; by indicator `sum_…` and
    `known_…`; by day `kept_…` and `due_…`.
    """

    ours: bool
    source_id: int | None
    month: int | None
    sums: Mapping[str, float]


def parts_of(filters: Filters) -> list[Part]:
    """The hires of a period in parts that can be added up."""
    one = _scored(_marked(filters))
    sums = {"hires": func.count(), "scores": func.sum(one.c.score), "squares": func.sum(one.c.score * one.c.score)}
    sums |= {name: func.sum(one.c[name]) for name in ("seasoned", "available", "expected")}
    sums |= {f"sum_{name}": func.sum(one.c[name]) for name in INDICATORS}
    sums |= {f"known_{name}": func.count(one.c[name]) for name in INDICATORS}
    sums |= {f"{name}_{day}": func.sum(one.c[f"{name}_{day}"]) for name in ("kept", "due") for day in REVIEW_DAYS}
    keys = one.c.ours, one.c.source_id, one.c.month
    rows = db.session.execute(select(*keys, *sums.values()).group_by(*keys))
    return [
        Part(bool(ours), source_id, month, {name: float(sum_ or 0) for name, sum_ in zip(sums, row, strict=True)})
        for ours, source_id, month, *row in rows
    ]


def _scored(marked: Subquery) -> Subquery:
    """Each hire with how many of its indicators are known and their mean."""
    available = _added(*(_flag(marked.c[name].is_not(None)) for name in INDICATORS))
    total = _added(*(func.coalesce(marked.c[name], 0.0) for name in INDICATORS))
    return select(marked, available.label("available"), (total / func.nullif(available, 0)).label("score")).subquery()


def _marked(filters: Filters) -> Subquery:
    """Each hire with its indicators, empty before 90 days are over, and what is due by now. Who never came was not kept."""
    told = _told()
    old = _began(SEASONED_DAYS)
    marks = {f"rating_{day}": told.c[f"rating_{day}"] for day in REVIEW_DAYS}
    marks |= {"ramp_up": told.c.ramp_up, "satisfaction": told.c.satisfaction}
    indicators = {name: case((old, (mark - 1) * 25.0), else_=None) for name, mark in marks.items()}
    indicators["employed"] = case((old, case((_is_employed(told), 100.0), else_=0.0)), else_=None)
    whenever = len(INDICATORS) - len(REVIEW_DAYS)
    columns: dict[str, ColumnElement[Any]] = {
        "ours": _flag(Hire.campaign_id.is_not(None)),
        "source_id": Hire.source_id.expression,
        "month": _month(filters),
        "seasoned": _flag(old),
        "expected": _added(case((old, whenever), else_=0), *(_flag(_began(day)) for day in REVIEW_DAYS)),
        **indicators,
        **{f"due_{day}": _flag(_began(day)) for day in REVIEW_DAYS},
        **{f"kept_{day}": _flag(_began(day) & _stayed(told, day)) for day in REVIEW_DAYS},
    }
    rows = select(*(column.label(name) for name, column in columns.items())).select_from(Hire)
    return rows.outerjoin(told, told.c.hire_id == Hire.id).where(*counted_hires(filters)).subquery()


def _month(filters: Filters) -> ColumnElement[int | None]:
    """The number of the month of acceptance in the period, counted from 0."""
    zone = ZoneInfo(settings().time_zone)
    ends = [part.end.astimezone(zone).date() for part in months(filters)]
    return case(*((Hire.accepted_on < end, literal(number, Integer())) for number, end in enumerate(ends)), else_=None)


def _told() -> Subquery:
    """What managers answered about each hire: the rating of each day, the latest of the other marks, when they said “gone”."""
    gone = func.min(case((Review.employed.is_(False), Review.day), else_=None)).label("gone_day")
    columns = [_on(day, Review.rating).label(f"rating_{day}") for day in REVIEW_DAYS]
    for name in ("ramp_up", "satisfaction"):
        latest = func.coalesce(*(_on(day, getattr(Review, name)) for day in reversed(REVIEW_DAYS)))
        columns.append(latest.label(name))
    rows = select(Review.hire_id, gone, *columns).where(Review.answered_at.is_not(None))
    return rows.group_by(Review.hire_id).subquery()


def _on(day: int, mark: Any) -> ColumnElement[Any]:
    """The mark of one review; there is one for each day."""
    return func.max(case((Review.day == day, mark), else_=None))


def _began(days: int) -> ColumnElement[bool]:
    """Whether the first day was so many days ago."""
    return Hire.starts_on.is_not(None) & (Hire.starts_on <= clock.today(settings().time_zone) - timedelta(days=days))


def _is_employed(told: Subquery) -> ColumnElement[bool]:
    """The day of leaving tells; where there is none, what a manager said; where nobody said anything, they are here."""
    today = clock.today(settings().time_zone)
    return case((Hire.left_on.is_not(None), Hire.left_on > today), else_=told.c.gone_day.is_(None))


def _stayed(told: Subquery, days: int) -> ColumnElement[bool]:
    """Whether they were employed so many days after the first."""
    left = seconds(Hire.left_on) - seconds(Hire.starts_on) >= days * _DAY
    said = case((told.c.gone_day.is_not(None), told.c.gone_day > days), else_=true())
    return case((Hire.left_on.is_not(None), left), else_=said)


def _flag(rule: ColumnElement[bool]) -> ColumnElement[int]:
    return case((rule, 1), else_=0)


def _added(*parts: ColumnElement[Any]) -> ColumnElement[Any]:
    total: ColumnElement[Any] = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
