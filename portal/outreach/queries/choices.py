"""Who may be added to a campaign, and who heard from us lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import db
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.outreach.queries.follow_ups import more_follows
from portal.pipeline.models import Placement, StageName
from portal.timeline.models import Direction, Kind, Touchpoint

RECENTLY = timedelta(days=180)
CHOICE_LIMIT = 200
# A message in one of these states has not been seen by its recipient yet.
WAITING = (MessageStatus.HELD, MessageStatus.READY, MessageStatus.QUEUED)
_MAILS = (Kind.MAIL_DELIVERED, Kind.OUTREACH_DELIVERED)


@dataclass(frozen=True)
class Contact:
    """The last time somebody heard from us. `who` is empty for mail that no single person wrote, a newsletter say."""

    at: datetime
    who: str


@dataclass(frozen=True)
class Choice:
    """Somebody who may be added to a campaign. `warning` is the last contact, when that is not long ago."""

    candidate: Candidate
    stage: StageName
    warning: Contact | None


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
    recent = recent_contacts([row[0].id for row in rows])
    return [Choice(row[0], row[1] or StageName.IDENTIFIED, recent.get(row[0].id)) for row in rows]


def choosable_ids(campaign: Campaign, candidate_ids: Sequence[int]) -> list[int]:
    """Those among the candidates who may be added to a campaign."""
    ids = _choosable(campaign).where(Candidate.id.in_(candidate_ids)).with_only_columns(Candidate.id)
    return sorted(db.session.scalars(ids))


def recent_contacts(candidate_ids: Sequence[int], besides: int | None = None) -> dict[int, Contact]:
    """The last contact of each person within 180 days, by anyone; messages of the campaign `besides` left out."""
    since = clock.now() - RECENTLY
    mails = select(Touchpoint.candidate_id, func.max(Touchpoint.at)).where(
        Touchpoint.candidate_id.in_(candidate_ids),
        Touchpoint.kind.in_(_MAILS),
        Touchpoint.direction == Direction.OUT,
        Touchpoint.at >= since,
    )
    if besides:
        mails = mails.where(or_(Touchpoint.campaign_id.is_(None), Touchpoint.campaign_id != besides))
    found = {row[0]: Contact(row[1], "") for row in db.session.execute(mails.group_by(Touchpoint.candidate_id))}
    for message in _recent_outreach(candidate_ids, since, besides):
        known, at = found.get(message.candidate_id), message.followed_at or message.sent_at
        if at is not None and (known is None or known.at <= at + timedelta(minutes=5)):
            found[message.candidate_id] = Contact(at, writer_of(message))
    return found


def writer_of(message: OutreachMessage) -> str:
    """Who wrote a message: whoever delivered it by hand, else the campaign's sender."""
    actor = db.session.get(User, message.actor_id) if message.network and message.actor_id else None
    owner = actor or message.campaign.owner
    return owner.full_name or owner.email


def _recent_outreach(candidate_ids: Sequence[int], since: datetime, besides: int | None) -> Sequence[OutreachMessage]:
    sent = select(OutreachMessage).where(OutreachMessage.candidate_id.in_(candidate_ids), OutreachMessage.sent_at >= since)
    if besides:
        sent = sent.where(OutreachMessage.campaign_id != besides)
    people = joinedload(OutreachMessage.campaign).joinedload(Campaign.owner)
    return db.session.scalars(sent.order_by(OutreachMessage.sent_at).options(people)).all()


def _choosable(campaign: Campaign) -> Select[Candidate]:
    under_way = or_(OutreachMessage.status.in_(WAITING), more_follows())
    busy = (
        exists()
        .where(OutreachMessage.candidate_id == Candidate.id, OutreachMessage.campaign_id == Campaign.id)
        .where(or_(OutreachMessage.campaign_id == campaign.id, Campaign.ended_at.is_(None) & under_way))
    )
    silent = Candidate.do_not_contact_at, Candidate.objected_at, Candidate.restricted_at, Candidate.merged_into_id
    reachable = or_(Candidate.email.is_not(None), Candidate.profile_url != "")
    return select(Candidate).where(reachable, Candidate.erased_at.is_(None), *(column.is_(None) for column in silent), ~busy)
