"""Finding campaigns, messages, links and visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Purpose
from portal.errors import NotFound
from portal.outreach.models import Campaign, LandingLink, MessageStatus, OutreachMessage, Verdict, Visit
from portal.pipeline.models import Placement, StageName
from portal.timeline.models import Kind, Touchpoint

RECENTLY = timedelta(days=180)
CHOICE_LIMIT = 200
# A message in one of these states has not been seen by its recipient yet.
WAITING = (MessageStatus.HELD, MessageStatus.READY, MessageStatus.QUEUED)


def list_campaigns() -> Sequence[Campaign]:
    """Active ones first, then the newest."""
    wanted = select(Campaign).options(joinedload(Campaign.owner), joinedload(Campaign.persona), joinedload(Campaign.source))
    newest = Campaign.created_at.desc(), Campaign.id.desc()
    return db.session.scalars(wanted.order_by(Campaign.ended_at.is_not(None), *newest)).all()


def get_campaign(campaign_id: int) -> Campaign:
    """A campaign; NotFound when there is none."""
    if campaign := db.session.get(Campaign, campaign_id):
        return campaign
    raise NotFound(_("There is no such campaign."))


def find_campaign(name: str) -> Campaign | None:
    """The campaign of this name."""
    return db.session.scalar(select(Campaign).filter_by(name=name))


def count_messages(campaign_ids: Sequence[int]) -> dict[int, dict[MessageStatus, int]]:
    """How many messages of each state each campaign has."""
    counts: dict[int, dict[MessageStatus, int]] = {campaign_id: {} for campaign_id in campaign_ids}
    grouped = select(OutreachMessage.campaign_id, OutreachMessage.status, func.count()).group_by(
        OutreachMessage.campaign_id, OutreachMessage.status
    )
    for campaign_id, status, count in db.session.execute(grouped.where(OutreachMessage.campaign_id.in_(campaign_ids))):
        counts[campaign_id][status] = count
    return counts


def list_messages(campaign_id: int) -> Sequence[OutreachMessage]:
    """The messages of a campaign: those that lack something first."""
    order = func.coalesce(OutreachMessage.sent_at, OutreachMessage.created_at)
    wanted = select(OutreachMessage).filter_by(campaign_id=campaign_id).options(joinedload(OutreachMessage.candidate))
    rows = db.session.scalars(wanted.order_by(order, OutreachMessage.id)).all()
    return sorted(rows, key=lambda row: list(MessageStatus).index(row.status))


def get_message(message_id: int) -> OutreachMessage:
    """An outreach message; NotFound when there is none."""
    if message := db.session.get(OutreachMessage, message_id):
        return message
    raise NotFound(_("There is no such message, or not any more."))


def next_held(campaign_id: int, after: int = 0) -> OutreachMessage | None:
    """The next message without a note: the first after this one, or else the first of all."""
    held = select(OutreachMessage).filter_by(campaign_id=campaign_id, status=MessageStatus.HELD).order_by(OutreachMessage.id)
    return db.session.scalar(held.where(OutreachMessage.id > after).limit(1)) or db.session.scalar(
        held.where(OutreachMessage.id != after).limit(1)
    )


def message_for(delivery: Delivery) -> OutreachMessage:
    """The message that a delivery carries."""
    return get_message(delivery.subject_id)


def find_message_of_link(link_id: int) -> OutreachMessage | None:
    """The message with which a link was sent; none for links of a channel."""
    return db.session.scalar(select(OutreachMessage).filter_by(link_id=link_id))


def find_link(token: str) -> LandingLink | None:
    """The link of a token, while it is open. Unknown, expired and paused ones look the same and cost the same."""
    people = (joinedload(LandingLink.candidate), joinedload(LandingLink.campaign).joinedload(Campaign.owner))
    link = db.session.scalar(select(LandingLink).filter_by(token_hash=tokens.digest(token)).options(*people))
    if link is None or link.paused_at is not None or (link.expires_at is not None and link.expires_at <= clock.now()):
        return None
    return None if link.candidate is not None and link.candidate.erased_at is not None else link


def get_link(token: str) -> LandingLink:
    """The open link of a token; NotFound for everything else."""
    if link := find_link(token):
        return link
    raise NotFound(_("This link is not valid, or no longer."))


def get_link_row(link_id: int) -> LandingLink:
    """A link by number, for staff; open or not."""
    if link := db.session.get(LandingLink, link_id):
        return link
    raise NotFound(_("There is no such link."))


def list_channel_links(campaign_id: int) -> Sequence[LandingLink]:
    """The links of a campaign that belong to no person."""
    wanted = select(LandingLink).filter_by(campaign_id=campaign_id, candidate_id=None)
    return db.session.scalars(wanted.order_by(LandingLink.id)).all()


def count_visits(campaign_id: int) -> dict[Verdict, int]:
    """Visits to all links of a campaign, by verdict."""
    grouped = select(Visit.verdict, func.count()).join(Visit.link).where(LandingLink.campaign_id == campaign_id)
    return {row[0]: row[1] for row in db.session.execute(grouped.group_by(Visit.verdict))}


def list_unclassified(limit: int) -> Sequence[Visit]:
    """Visits that wait for a verdict, oldest first."""
    return db.session.scalars(select(Visit).filter_by(classified_at=None).order_by(Visit.id).limit(limit)).all()


def latest_page_view(link_id: int, since: datetime) -> Visit | None:
    """The last visit to a link that showed somebody a page; one by a declared robot only when there is no other."""
    visits = select(Visit).filter_by(link_id=link_id).where(Visit.at >= since).order_by(Visit.id.desc()).limit(20)
    shown = [visit for visit in db.session.scalars(visits) if not {"head", "preview"} & set(visit.signals.split(","))]
    return next((visit for visit in shown if "robot" not in visit.signals.split(",")), next(iter(shown), None))


def delivered_at(link_id: int) -> datetime | None:
    """When the mail left that carries a link; None when no mail does, or not yet."""
    sent = select(Delivery.sent_at).join(
        OutreachMessage, (Delivery.subject_id == OutreachMessage.id) & (Delivery.purpose == Purpose.OUTREACH)
    )
    return db.session.scalar(sent.where(OutreachMessage.link_id == link_id, Delivery.sent_at.is_not(None)).limit(1))


def neighbours(visit: Visit, span: timedelta) -> Sequence[Visit]:
    """Visits of the same family of agents to other links, around the same time."""
    near = select(Visit).where(Visit.at.between(visit.at - span, visit.at + span), Visit.agent == visit.agent)
    return db.session.scalars(near.where(Visit.link_id != visit.link_id).limit(100)).all()


def has_visited_since(link: LandingLink, since: datetime) -> bool:
    """Whether the timeline knows a visit through this link that began after a moment."""
    found = select(Touchpoint.id).filter_by(
        candidate_id=link.candidate_id, kind=Kind.VISITED, subject_type="landing_link", subject_id=link.id
    )
    return db.session.scalar(found.where(Touchpoint.at >= since).limit(1)) is not None


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
