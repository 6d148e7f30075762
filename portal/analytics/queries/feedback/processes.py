"""Which process an answer belongs to, from one first outreach to the next, 180 days on at the earliest; and how far it came."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, case, func, literal, or_, select

from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns
from portal.analytics.queries.response import openings
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.pipeline.services import ORDER
from portal.timeline.models import Kind, Touchpoint

# How a process may have ended; everything else is still open.
ENDS = (StageName.HIRED, StageName.NOT_NOW, StageName.DECLINED, StageName.SILVER_MEDALIST)
_CONTACTED = ORDER.index(StageName.CONTACTED)


def in_process(rows: Subquery) -> Subquery:
    """The rows (id, candidate_id, at, …) with the first outreach of their process (`opened_at`, `campaign_id`), the furthest
    stage reached by then as a number of the order (`rank`), and where the process stands now (`stands`)."""
    opened = openings(select(rows.c.candidate_id))
    mine = opened.c.candidate_id == rows.c.candidate_id
    began = func.max(case((opened.c.at <= rows.c.at, opened.c.at), else_=None))
    after = func.min(case((opened.c.at > rows.c.at, opened.c.at), else_=None))
    framed = select(rows, began.label("opened_at"), after.label("next_at")).outerjoin(opened, mine).group_by(*rows.c).subquery()
    told = select(framed, _campaign(framed).label("campaign_id"), _rank(framed).label("rank"), _stands(framed).label("stands"))
    return told.subquery()


def narrowed(chosen: Select[Any], rows: Subquery, filters: Filters) -> Select[Any]:
    """Only processes of the campaigns, and people of the source and persona, that were chosen.

    Owner and role are asked of the process, not of the person: an answer of somebody whom no campaign reached is among
    "everything else".
    """
    chosen = chosen.where(*of_campaigns(filters, rows.c.campaign_id))
    if (people := chosen_people(replace(filters, owner_id=None, role=None))) is not None:
        chosen = chosen.where(rows.c.candidate_id.in_(people))
    return chosen


def _campaign(framed: Subquery) -> ColumnElement[int | None]:
    """The campaign of the first outreach."""
    first = Touchpoint.candidate_id == framed.c.candidate_id, Touchpoint.at == framed.c.opened_at
    found = select(Touchpoint.campaign_id).where(Touchpoint.kind == Kind.OUTREACH_DELIVERED, *first)
    return found.order_by(Touchpoint.id).limit(1).correlate(framed).scalar_subquery()


def _rank(framed: Subquery) -> ColumnElement[int]:
    """The furthest stage between the first outreach and the moment; whoever was written to was at least contacted."""
    number = case(
        {stage: literal(place, Integer()) for place, stage in enumerate(ORDER)}, value=StageTransition.to_stage, else_=0
    )
    moves = _moves(framed, func.max(number)).where(StageTransition.at <= framed.c.at)
    moves = moves.where(or_(framed.c.opened_at.is_(None), StageTransition.at >= framed.c.opened_at))
    reached = func.coalesce(moves.correlate(framed).scalar_subquery(), 0)
    contacted = case((framed.c.opened_at.is_(None), 0), else_=_CONTACTED)
    return case((reached > contacted, reached), else_=contacted)


def _stands(framed: Subquery) -> ColumnElement[Any]:
    """The last stage before the next process began."""
    moves = _moves(framed, StageTransition.to_stage.expression)
    moves = moves.where(or_(framed.c.next_at.is_(None), StageTransition.at < framed.c.next_at))
    last = moves.order_by(StageTransition.at.desc(), StageTransition.id.desc()).limit(1)
    return last.correlate(framed).scalar_subquery()


def _moves(framed: Subquery, what: ColumnElement[Any]) -> Select[Any]:
    moves = select(what).join(Placement, Placement.id == StageTransition.placement_id)
    return moves.where(Placement.candidate_id == framed.c.candidate_id, StageTransition.mistaken_at.is_(None))
