"""What happened in a period, whenever it began: people who were contacted, came, answered. Counts, never shares of a cohort."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, or_, select

from portal.analytics.queries.periods import (
    Filters,
    Report,
    campaign_names,
    chosen_people,
    month_of,
    months,
    of_campaigns,
    span,
    within,
)
from portal.analytics.queries.response import RESPONSES, bounced_mails
from portal.db import db
from portal.submissions.models import Answer
from portal.timeline.models import Kind, Touchpoint


@dataclass(frozen=True)
class ActivityRow:
    """People to whom or by whom something happened in the period; each counted once in each column."""

    label: str
    campaign_id: int | None
    contacted: int
    visited: int
    answered: int
    interested: int
    asked: int
    unsubscribed: int


def activity(filters: Filters) -> Report[ActivityRow]:
    """The period as a whole, by campaign, by month."""
    parts, names = months(filters), campaign_names()
    (total,) = db.session.execute(_counted(filters)).all()
    campaigns = db.session.execute(_counted(filters, Touchpoint.campaign_id.expression)).all()
    by_month = {row[0]: row[1:] for row in db.session.execute(_counted(filters, month_of(Touchpoint.at.expression, parts)))}
    rows = [_row(names.get(row[0], "—"), row[0], row[1:]) for row in campaigns if row[0] is not None]
    return Report(
        total=_row("", None, total),
        by_campaign=sorted(rows, key=lambda row: (-row.answered, -row.contacted, row.label)),
        by_month=[_row(part.label, None, by_month.get(at, (0,) * 6)) for at, part in enumerate(parts)],
    )


def _counted(filters: Filters, *keys: ColumnElement[Any]) -> Select[Any]:
    yes = Touchpoint.details["answer"].as_string() == Answer.INTERESTED.value
    columns = (
        Touchpoint.kind == Kind.OUTREACH_DELIVERED,
        Touchpoint.kind == Kind.VISITED,
        Touchpoint.kind.in_(RESPONSES),
        or_(Touchpoint.kind == Kind.INTEREST_GIVEN, (Touchpoint.kind == Kind.RESPONDED) & yes),
        Touchpoint.kind == Kind.ASKED,
        Touchpoint.kind == Kind.UNSUBSCRIBED,
    )
    counts = [func.count(distinct(case((column, Touchpoint.candidate_id), else_=None))) for column in columns]
    kinds = (Kind.OUTREACH_DELIVERED, Kind.VISITED, *RESPONSES, Kind.ASKED, Kind.UNSUBSCRIBED)
    rows = select(*keys, *counts).where(Touchpoint.kind.in_(kinds), within(Touchpoint.at.expression, span(filters)))
    rows = rows.where(Touchpoint.id.not_in(bounced_mails()), *of_campaigns(filters, Touchpoint.campaign_id.expression))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(Touchpoint.candidate_id.in_(people))
    return rows.group_by(*keys)


def _row(label: str, campaign_id: int | None, counts: Any) -> ActivityRow:
    return ActivityRow(label, campaign_id, *(int(count or 0) for count in counts))
