"""Metric 4, time to engagement: how long from the first delivered outreach to the first answer of a person.

Who has not answered is waited for, not left out: up to now, to the next attempt, or to their erasure (Kaplan and Meier). A click
is no answer and is told apart.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, Subquery, and_, case, func, literal, null, select, union_all

from portal import clock
from portal.analytics.queries.attempts import DAY, age_of, attempts, during
from portal.analytics.queries.durations import Durations, Point, Step, censored, completed, estimate
from portal.analytics.queries.periods import Filters, Report, campaign_names, month_of, months, seconds
from portal.analytics.queries.response import RESPONSES, WINDOW_DAYS
from portal.candidates.models import Candidate
from portal.db import UtcDateTime, db
from portal.rates import Rate
from portal.timeline.models import Kind, Touchpoint

WITHIN_DAYS = (1, 7, 30)
# Days at which the curve says how many are still waited for; it ends at the last.
CURVE_DAYS = (0, 1, 7, 14, 30, 60, 90)
# Of the steps within a quarter of a day the curve keeps the last: more cannot be seen.
_PER_DAY = 4


@dataclass(frozen=True)
class TimesRow:
    """People first contacted together. In days; `age_days` is how old the youngest of them is.

    `times` is the Kaplan-Meier estimate for all `people`; `answered_times` are the plain times of those who answered, and
    `first_click` of those who came to a page, answer or not. `within` has a rate of all people for each of WITHIN_DAYS.
    """

    label: str
    campaign_id: int | None
    people: int
    answered: int
    times: Durations
    within: Mapping[int, Rate]
    first_click: Durations
    answered_times: Durations
    age_days: int | None

    @property
    def immature(self) -> bool:
        """Whether somebody has not had WINDOW_DAYS to answer."""
        return self.age_days is not None and self.age_days < WINDOW_DAYS


@dataclass(frozen=True)
class _Group:
    """The sums of one campaign in one month."""

    campaign_id: int | None
    month: int | None
    people: int
    answered: int
    youngest: datetime
    within: tuple[int, ...]


_TOTAL, _CAMPAIGN, _MONTH = range(3)
_ANSWER, _CLICK = range(2)
# Steps by what ended (answer or click), the kind of part, and its number.
_Steps = Mapping[tuple[int, int, int | None], Sequence[Step]]


def time_to_engagement(filters: Filters) -> Report[TimesRow]:
    """The cohort of a period as a whole, by the campaign that opened it (quickest first), and by month of first contact."""
    parts, names = months(filters), campaign_names()
    groups = [_group(*row) for row in db.session.execute(_counted(filters))]
    steps = _steps(filters)
    campaigns = {group.campaign_id for group in groups}
    rows = [
        _row(names.get(one, "—"), one, [g for g in groups if g.campaign_id == one], steps, (_CAMPAIGN, one)) for one in campaigns
    ]
    by_month = [
        _row(part.label, None, [g for g in groups if g.month == at], steps, (_MONTH, at)) for at, part in enumerate(parts)
    ]
    total = _row("", None, groups, steps, (_TOTAL, None))
    return Report(total=total, by_campaign=sorted(rows, key=_quickest_first), by_month=by_month)


def curve(filters: Filters) -> Sequence[Point]:
    """The share who have answered by day, of the whole cohort, to the last of CURVE_DAYS; empty when nobody was contacted."""
    timed = timed_attempts(filters)
    waited = db.session.execute(select(*(_sum_of(timed.c.watched >= day * DAY) for day in CURVE_DAYS))).one()
    points = [point for point in estimate(_steps(filters)[_ANSWER, _TOTAL, None]) if point.day <= CURVE_DAYS[-1]]
    kept = {math.ceil(point.day * _PER_DAY): point for point in points}
    marks = {day: int(count or 0) for day, count in zip(CURVE_DAYS, waited, strict=True) if count}
    return _marked(list(kept.values()), marks)


def timed_attempts(filters: Filters) -> Subquery:
    """Each attempt with the number of its month and three lengths in seconds.

    `answer` and `click` are the times to the first of each, None when there was none; `watched` is how long an answer was
    waited for, or took.
    """
    attempt = attempts(filters)
    answered, clicked = _first(attempt, RESPONSES), _first(attempt, (Kind.VISITED,))
    columns = (attempt.c.candidate_id, attempt.c.campaign_id, attempt.c.at, _end(attempt.c.until).label("ends"))
    rows = select(*columns, answered.label("answered_at"), clicked.label("clicked_at"))
    seen = rows.outerjoin(Candidate, Candidate.id == attempt.c.candidate_id).subquery()
    begun = seconds(seen.c.at)
    answer = seconds(seen.c.answered_at) - begun
    silent = case((seen.c.ends > seen.c.at, seconds(seen.c.ends) - begun), else_=0)
    return select(
        seen.c.campaign_id,
        seen.c.at,
        month_of(seen.c.at, months(filters)).label("month"),
        answer.label("answer"),
        (seconds(seen.c.clicked_at) - begun).label("click"),
        func.coalesce(answer, silent).label("watched"),
    ).subquery()


def _first(attempt: Subquery, kinds: Sequence[Kind]) -> ColumnElement[Any]:
    """When something of these kinds first happened in an attempt."""
    first = select(func.min(Touchpoint.at)).where(Touchpoint.candidate_id == attempt.c.candidate_id, Touchpoint.kind.in_(kinds))
    return first.where(during(attempt.c, Touchpoint.at.expression)).correlate(attempt).scalar_subquery()


def _end(until: ColumnElement[Any]) -> ColumnElement[Any]:
    """How long somebody silent is waited for."""
    last = func.coalesce(until, literal(clock.now(), UtcDateTime()))
    return case((and_(Candidate.erased_at.is_not(None), Candidate.erased_at < last), Candidate.erased_at), else_=last)


def _counted(filters: Filters) -> Select[Any]:
    """By campaign and month: people, answers, the youngest opening, and the answers within each of WITHIN_DAYS."""
    timed = timed_attempts(filters)
    sums = [_sum_of(timed.c.answer <= day * DAY) for day in WITHIN_DAYS]
    rows = select(timed.c.campaign_id, timed.c.month, func.count(), func.count(timed.c.answer), func.max(timed.c.at), *sums)
    return rows.group_by(timed.c.campaign_id, timed.c.month)


def _steps(filters: Filters) -> _Steps:
    """All steps of all parts, by day. The database counts; a row comes for each different time to an answer or click."""
    timed = select(timed_attempts(filters)).cte("timed")
    keys: dict[int, ColumnElement[Any]] = {
        _TOTAL: literal(None, Integer()),
        _CAMPAIGN: timed.c.campaign_id,
        _MONTH: timed.c.month,
    }
    lengths = union_all(
        *(_lengths(timed, what, part, key) for part, key in keys.items() for what in (_ANSWER, _CLICK))
    ).subquery()
    group = (lengths.c.what, lengths.c.part, lengths.c.key)
    at_risk = func.sum(func.count()).over(partition_by=group, order_by=lengths.c.length.desc())
    counted = select(*group, lengths.c.length, func.sum(lengths.c.event).label("events"), at_risk.label("at_risk"))
    table = counted.group_by(*group, lengths.c.length).subquery()
    found: dict[tuple[int, int, int | None], list[Step]] = defaultdict(list)
    for what, part, key, length, events, risk in db.session.execute(
        select(table).where(table.c.events > 0).order_by(table.c.length)
    ):
        found[what, part, key].append(Step(length / DAY, int(events), int(risk)))
    return found


def _lengths(timed: CTE, what: int, part: int, key: ColumnElement[Any]) -> Select[Any]:
    """A row for each person who is waited for: how long, and whether that ended by itself."""
    head = (literal(what, Integer()).label("what"), literal(part, Integer()).label("part"), key.label("key"))
    if what == _CLICK:
        return select(*head, timed.c.click.label("length"), literal(1, Integer()).label("event")).where(
            timed.c.click.is_not(None)
        )
    return select(*head, timed.c.watched.label("length"), case((timed.c.answer.is_(null()), 0), else_=1).label("event"))


def _group(campaign_id: int | None, month: int | None, people: int, answered: int, youngest: datetime, *within: int) -> _Group:
    return _Group(campaign_id, month, people, answered, youngest, within)


def _sum_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _row(label: str, campaign_id: int | None, groups: Sequence[_Group], steps: _Steps, key: tuple[int, int | None]) -> TimesRow:
    people = sum(group.people for group in groups)
    answers, clicks = steps.get((_ANSWER, *key), ()), steps.get((_CLICK, *key), ())
    return TimesRow(
        label=label,
        campaign_id=campaign_id,
        people=people,
        answered=sum(group.answered for group in groups),
        times=censored(people, answers),
        within={day: Rate(sum(group.within[at] for group in groups), people) for at, day in enumerate(WITHIN_DAYS)},
        first_click=completed(clicks),
        answered_times=completed(answers),
        age_days=age_of(max((group.youngest for group in groups), default=None)),
    )


def _marked(points: Sequence[Point], marks: Mapping[int, int]) -> list[Point]:
    """The points, and between them the marked days, at which the curve stays as it is."""
    known = {point.day for point in points}
    found: list[Point] = []
    extra = [Point(day, 0.0, 0.0, 0.0, waited) for day, waited in marks.items() if day not in known]
    for point in sorted([*points, *extra], key=lambda one: one.day):
        last = found[-1] if found and point.day not in known else None
        found.append(replace(last, day=point.day, at_risk=point.at_risk) if last else point)
    return found


def _quickest_first(row: TimesRow) -> tuple[Any, ...]:
    return (row.answered_times.median is None, row.answered_times.median or 0, -row.people, row.label)
