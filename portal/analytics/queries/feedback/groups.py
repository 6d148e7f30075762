"""Answers and requests, summed by stage, outcome and month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, and_, case, func, select

from portal.analytics.queries.feedback.processes import ENDS, in_process, narrowed
from portal.analytics.queries.periods import Filters, Span, month_of, months, span, within
from portal.db import db
from portal.delivery.models import Delivery, Purpose
from portal.delivery.queries import LEFT
from portal.feedback.models import Feedback, Request
from portal.feedback.queries import spent
from portal.pipeline.services import ORDER
from portal.timeline.models import Kind, Touchpoint

PROMOTES, DETRACTS = 9, 6
_Key = tuple[str | None, str | None, str]


@dataclass(frozen=True)
class Group:
    """Answers or requests with stage, outcome and month in common; where there is no person, `stage` and `outcome` are None.

    `replied` of `asked` requests were answered, by name or not.
    """

    stage: str | None
    outcome: str | None
    month: str
    answers: int = 0
    promoters: int = 0
    detractors: int = 0
    asked: int = 0
    replied: int = 0


def named(filters: Filters) -> list[Group]:
    """The latest answer in each process, where that was given in the period."""
    told, parts = _latest(), months(filters)
    keys = told.c.rank, told.c.stands, month_of(told.c.at, parts)
    counted = narrowed(select(*keys, *_sums(told)), told, filters).where(within(told.c.at, span(filters)))
    rows = db.session.execute(counted.group_by(*keys))
    return [Group(*_place(rank, stands), parts[month].label, *sums) for rank, stands, month, *sums in rows]


def unnamed(filters: Filters) -> list[Group]:
    """Anonymous answers of the months that the period touches."""
    months_of = Feedback.on >= filters.since.replace(day=1), Feedback.on <= filters.until
    given = select(Feedback.on, Feedback.score).where(Feedback.anonymous, *months_of).subquery()
    rows = db.session.execute(select(given.c.on, *_sums(given)).group_by(given.c.on))
    return [Group(None, None, _label(on), *sums) for on, *sums in rows]


def asked(filters: Filters) -> list[Group]:
    """Requests whose mail left, made in the period. Whether they were answered is worked out from the installation's key."""
    parts = months(filters)
    left = select(Request.id, Request.candidate_id, Request.asked_at.label("at")).join(Delivery, _is_mail_of_request())
    left = left.where(Delivery.status.in_(LEFT), within(Request.asked_at.expression, span(filters)))
    told = in_process(left.subquery())
    keys = told.c.candidate_id, told.c.rank, told.c.stands, month_of(told.c.at, parts)
    rows = db.session.execute(narrowed(select(Request, *keys), told, filters).join(told, told.c.id == Request.id)).all()
    return _replied(rows, parts)


def _replied(rows: Sequence[Any], parts: Sequence[Span]) -> list[Group]:
    done = spent(row[0] for row in rows)
    requests, replies = Counter[_Key](), Counter[_Key]()
    for request, candidate_id, rank, stands, month in rows:
        stage, outcome = _place(rank, stands) if candidate_id is not None else (None, None)
        key = stage, outcome, parts[month].label
        requests[key] += 1
        replies[key] += request.id in done
    return [Group(*key, asked=count, replied=replies[key]) for key, count in requests.items()]


def _latest() -> Subquery:
    """The last answer by name in each process."""
    given = select(Feedback.id, Feedback.score, Touchpoint.candidate_id, Touchpoint.at, Touchpoint.id.label("touchpoint_id"))
    about = and_(Touchpoint.subject_id == Feedback.id, Touchpoint.subject_type == "feedback")
    given = given.join(Touchpoint, and_(Touchpoint.kind == Kind.FEEDBACK_GIVEN, about)).where(Feedback.anonymous.is_(False))
    told = in_process(given.subquery())
    newest = told.c.at.desc(), told.c.touchpoint_id.desc()
    place = func.row_number().over(partition_by=(told.c.candidate_id, told.c.opened_at), order_by=newest)
    ranked = select(told, place.label("place")).subquery()
    return select(ranked).where(ranked.c.place == 1).subquery()


def _sums(rows: Subquery) -> tuple[Any, ...]:
    """Answers, promoters, detractors."""
    promoters = func.sum(case((rows.c.score >= PROMOTES, 1), else_=0))
    return func.count(), promoters, func.sum(case((rows.c.score <= DETRACTS, 1), else_=0))


def _place(rank: int | None, stands: Any) -> tuple[str, str]:
    return ORDER[rank or 0].value, stands.value if stands in ENDS else "open"


def _label(on: date) -> str:
    return f"{on:%Y-%m}"


def _is_mail_of_request() -> Any:
    return and_(Delivery.purpose == Purpose.FEEDBACK, Delivery.subject_id == 2 * Request.id)
