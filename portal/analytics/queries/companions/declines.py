"""Why people said no, as they ticked it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import and_, distinct, func, select

from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns, span, within
from portal.db import db
from portal.submissions.models import REASONS, Answer, DeclineReason, Response
from portal.timeline.models import Kind, Touchpoint


@dataclass(frozen=True)
class ReasonRow:
    """People whose answer that counts is a no for this reason; None: they gave none. `of` are all who said no."""

    label: str
    reason: DeclineReason | None
    people: int
    of: int


def decline_reasons(filters: Filters) -> Sequence[ReasonRow]:
    """Noes given in a period and not taken back since, the most frequent reason first. A ticked reason outlives an erasure."""
    about = and_(Touchpoint.subject_id == Response.id, Touchpoint.subject_type == "response", Touchpoint.kind == Kind.RESPONDED)
    rows = select(Response.reason, func.count(distinct(Touchpoint.candidate_id))).join(Touchpoint, about)
    rows = rows.where(Response.answer == Answer.NO, Response.replaced_at.is_(None))
    rows = rows.where(within(Touchpoint.at.expression, span(filters)))
    rows = rows.where(*of_campaigns(filters, Touchpoint.campaign_id.expression))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(Touchpoint.candidate_id.in_(people))
    found = [(reason, int(count)) for reason, count in db.session.execute(rows.group_by(Response.reason))]
    total = sum(count for _reason, count in found)
    told = [ReasonRow(str(REASONS[one]) if one else _("No reason given"), one, count, total) for one, count in found]
    return sorted(told, key=lambda row: (row.reason is None, -row.people, row.label))
