"""Who may be added to a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.candidates.models import Candidate
from portal.db import db
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.pipeline.models import Placement, StageName

RECENTLY = timedelta(days=180)
CHOICE_LIMIT = 200
# A message in one of these states has not been seen by its recipient yet.
WAITING = (MessageStatus.HELD, MessageStatus.READY, MessageStatus.QUEUED)


@dataclass(frozen=True)
class Choice:
    """Somebody who may be added to a campaign. `warning` is the last outreach to them, when that is not long ago."""

    candidate: Candidate
    stage: StageName
    warning: OutreachMessage | None


def list_choices(
    campaign: Campaign, *, persona_id: int | None, source_id: int | None, stage: StageName | None, fresh: bool
) -> Sequence[Choice]:
    """Candidates who may be added: reachable, in no outreach that is under way; with `fresh` only those never written to."""
    wanted = _choosable(campaign).outerjoin(Placement, Placement.candidate_id == Candidate.id).add_columns(Placement.stage)
    if persona_id:
        wanted = wanted.where(Candidate.persona_id == persona_id)
    if source_id:
        wanted = wanted.where(Candidate.source_id == source_id)
    if stage:
        wanted = wanted.where(func.coalesce(Placement.stage, StageName.IDENTIFIED) == stage)
    if fresh:
        wanted = wanted.where(~exists().where(OutreachMessage.candidate_id == Candidate.id, OutreachMessage.sent_at.is_not(None)))
    rows = db.session.execute(wanted.order_by(Candidate.id.desc()).limit(CHOICE_LIMIT)).all()
    recent = _recent_outreach([row[0].id for row in rows])
    return [Choice(row[0], row[1] or StageName.IDENTIFIED, recent.get(row[0].id)) for row in rows]


def choosable_ids(campaign: Campaign, candidate_ids: Sequence[int]) -> list[int]:
    """Those among the candidates who may be added to a campaign."""
    ids = _choosable(campaign).where(Candidate.id.in_(candidate_ids)).with_only_columns(Candidate.id)
    return sorted(db.session.scalars(ids))


def _choosable(campaign: Campaign) -> Select[Candidate]:
    busy = (
        exists()
        .where(OutreachMessage.candidate_id == Candidate.id, OutreachMessage.campaign_id == Campaign.id)
        .where(
            or_(
                OutreachMessage.campaign_id == campaign.id,
                OutreachMessage.status.in_(WAITING) & Campaign.ended_at.is_(None),
            )
        )
    )
    open_to_us = Candidate.email.is_not(None), Candidate.erased_at.is_(None), Candidate.do_not_contact_at.is_(None)
    return select(Candidate).where(*open_to_us, ~busy)


def _recent_outreach(candidate_ids: Sequence[int]) -> dict[int, OutreachMessage]:
    since = clock.now() - RECENTLY
    sent = select(OutreachMessage).where(OutreachMessage.candidate_id.in_(candidate_ids), OutreachMessage.sent_at >= since)
    people = joinedload(OutreachMessage.campaign).joinedload(Campaign.owner)
    return {row.candidate_id: row for row in db.session.scalars(sent.order_by(OutreachMessage.sent_at).options(people))}
