"""Metric 2, engagement rate: of the contactable people touched in a period, how many did something of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select

from portal.analytics.queries.periods import (
    Filters,
    Report,
    Span,
    campaign_names,
    chosen_people,
    month_of,
    months,
    of_campaigns,
    span,
    within,
)
from portal.analytics.queries.response import bounced_mails
from portal.candidates.models import Candidate
from portal.db import UtcDateTime, db
from portal.rates import Rate
from portal.timeline.models import Kind, Touchpoint

# An open alone never qualifies, and only human visits are in the timeline.
ENGAGED = (
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
    Kind.FEEDBACK_GIVEN,
    Kind.ASKED,
    Kind.REFERRED,
    Kind.ATTENDED,
)
# A mail that came back touched nobody.
TOUCHED = (Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED, *ENGAGED)


@dataclass(frozen=True)
class EngagementRow:
    """Of the people touched who could still be written to at the end: those who did something."""

    label: str
    campaign_id: int | None
    engaged: Rate


def engagement(filters: Filters) -> Report[EngagementRow]:
    """Engagement in a period as a whole, by campaign and by month. The view is of activity, not of cohorts."""
    parts = months(filters)
    names = campaign_names()
    total = db.session.execute(_counted(filters)).one()
    campaigns = db.session.execute(_counted(filters, Touchpoint.campaign_id.expression)).all()
    by_month = {row[0]: row[1:] for row in db.session.execute(_counted_by_month(filters, parts))}
    rows = [_row(names.get(row[0], "—"), row[0], row[1:]) for row in campaigns if row[0] is not None]
    return Report(
        total=_row("", None, total),
        by_campaign=sorted(rows, key=lambda row: (-(row.engaged.value or 0), -row.engaged.of, row.label)),
        by_month=[_row(part.label, None, by_month.get(at, (0, 0))) for at, part in enumerate(parts)],
    )


def contactable(at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a candidate could still be written to at a moment: not erased, not stopped by us, not unsubscribed."""
    marks = (Candidate.erased_at, Candidate.do_not_contact_at, Candidate.unsubscribed_at)
    return and_(*(or_(mark.is_(None), mark >= at) for mark in marks))


def touched_people(filters: Filters) -> Select[Any]:
    """Who is counted: candidate_id, and acted (1 or 0)."""
    people = _touched(filters)
    rows = select(people.c.candidate_id, people.c.acted).join(Candidate, Candidate.id == people.c.candidate_id)
    return rows.where(contactable(literal(span(filters).end, UtcDateTime())))


def _counted(filters: Filters, *keys: ColumnElement[Any]) -> Select[Any]:
    """Engaged and touched people of the whole period, by the keys given."""
    return _summed(_touched(filters, *keys), literal(span(filters).end, UtcDateTime()))


def _counted_by_month(filters: Filters, parts: Sequence[Span]) -> Select[Any]:
    month = month_of(Touchpoint.at.expression, parts)
    ends = {number: literal(part.end, UtcDateTime()) for number, part in enumerate(parts)}
    people = _touched(filters, month)
    return _summed(people, case(ends, value=people.c[0], else_=None))


def _summed(people: Subquery, end: ColumnElement[Any]) -> Select[Any]:
    keys = [column for column in people.c if column.key not in {"candidate_id", "acted"}]
    rows = select(*keys, func.sum(people.c.acted), func.count()).join(Candidate, Candidate.id == people.c.candidate_id)
    return rows.where(contactable(end)).group_by(*keys)


def _touched(filters: Filters, *keys: ColumnElement[Any]) -> Subquery:
    """Each person touched, once for each key, with whether they did something."""
    acted = func.max(case((Touchpoint.kind.in_(ENGAGED), 1), else_=0))
    rows = select(*keys, Touchpoint.candidate_id, acted.label("acted"))
    rows = rows.where(Touchpoint.kind.in_(TOUCHED), within(Touchpoint.at.expression, span(filters)))
    rows = rows.where(Touchpoint.id.not_in(bounced_mails()))
    rows = rows.where(*of_campaigns(filters, Touchpoint.campaign_id.expression))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(Touchpoint.candidate_id.in_(people))
    return rows.group_by(*keys, Touchpoint.candidate_id).subquery()


def _row(label: str, campaign_id: int | None, sums: Any) -> EngagementRow:
    return EngagementRow(label, campaign_id, Rate(int(sums[0] or 0), int(sums[1] or 0)))
