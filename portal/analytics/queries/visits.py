"""Visits to landing links, people before events: human, unconfirmed, machine and raw side by side."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, select

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
from portal.db import db
from portal.outreach.models import LandingLink, Verdict, Visit


@dataclass(frozen=True)
class VisitRow:
    """Visits of a campaign or month. `people` are candidates with a human visit; `raw` is every request, whoever made it."""

    label: str
    campaign_id: int | None
    people: int
    human: int
    unconfirmed: int
    machine: int
    preview: int
    raw: int


_campaign = func.coalesce(LandingLink.campaign_id, Visit.campaign_id)


def visits(filters: Filters) -> Report[VisitRow]:
    """Visits of a period as a whole, by campaign and by month."""
    parts = months(filters)
    names = campaign_names()
    month = month_of(Visit.at.expression, parts)
    total = db.session.execute(_counted(filters)).one()
    campaigns = db.session.execute(_counted(filters, _campaign)).all()
    by_month = {row[0]: row[1:] for row in db.session.execute(_counted(filters, month))}
    ranked = sorted(campaigns, key=lambda row: (-row[2], -row[6], row[0] or 0))
    return Report(
        total=_row("", None, total),
        by_campaign=[_row(names.get(row[0], "—"), row[0], row[1:]) for row in ranked],
        by_month=[_row(part.label, None, by_month.get(at, (0,) * 6)) for at, part in enumerate(parts)],
    )


def visitors(filters: Filters) -> Select[Any, Any]:
    """Who made human visits: candidate_id, each once."""
    rows = select(LandingLink.candidate_id, func.max(Visit.at).label("at")).join(Visit, Visit.link_id == LandingLink.id)
    rows = rows.where(Visit.verdict == Verdict.HUMAN, LandingLink.candidate_id.is_not(None))
    rows = rows.where(within(Visit.at.expression, span(filters)), *of_campaigns(filters, _campaign))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(LandingLink.candidate_id.in_(people))
    return rows.group_by(LandingLink.candidate_id)


def _counted(filters: Filters, *keys: ColumnElement[Any]) -> Select[Any]:
    human = case((Visit.verdict == Verdict.HUMAN, LandingLink.candidate_id), else_=None)
    sums = [func.sum(case((Visit.verdict == verdict, 1), else_=0)) for verdict in _ORDER]
    counted = select(*keys, func.count(distinct(human)), *sums, func.count(Visit.id))
    # Who wants no tracking is counted for the campaign, with no link named.
    counted = counted.outerjoin(LandingLink, LandingLink.id == Visit.link_id).where(within(Visit.at.expression, span(filters)))
    counted = counted.where(*of_campaigns(filters, _campaign))
    if (people := chosen_people(filters)) is not None:
        counted = counted.where(LandingLink.candidate_id.in_(people))
    return counted.group_by(*keys)


_ORDER = (Verdict.HUMAN, Verdict.UNCONFIRMED, Verdict.MACHINE, Verdict.PREVIEW)


def _row(label: str, campaign_id: int | None, sums: Any) -> VisitRow:
    people, human, unconfirmed, machine, preview, raw = (int(one or 0) for one in sums)
    return VisitRow(label, campaign_id, people, human, unconfirmed, machine, preview, raw)
