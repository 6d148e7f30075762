"""Finding outreach messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import NotFound
from portal.outreach.models import MessageStatus, OutreachMessage, SampleMail


@dataclass(frozen=True)
class Place:
    """The fourth of sixteen, say, with the numbers of its neighbours."""

    number: int
    of: int
    before: int | None
    after: int | None


def list_messages(campaign_id: int) -> Sequence[OutreachMessage]:
    """The messages of a campaign: those that lack something first."""
    order = func.coalesce(OutreachMessage.sent_at, OutreachMessage.created_at)
    people = joinedload(OutreachMessage.candidate).joinedload(Candidate.source), joinedload(OutreachMessage.link)
    wanted = select(OutreachMessage).filter_by(campaign_id=campaign_id).options(*people)
    rows = db.session.scalars(wanted.order_by(order, OutreachMessage.id)).all()
    return sorted(rows, key=lambda row: list(MessageStatus).index(row.status))


def get_message(message_id: int) -> OutreachMessage:
    """An outreach message; NotFound when there is none."""
    if message := db.session.get(OutreachMessage, message_id):
        return message
    raise NotFound(_("There is no such message, or not any more."))


def next_held(campaign_id: int, after: int = 0) -> OutreachMessage | None:
    """The next message without a note or an evidence line: the first after this one, or else the first of all."""
    unsent = OutreachMessage.status.in_((MessageStatus.HELD, MessageStatus.READY))
    lacks = (OutreachMessage.status == MessageStatus.HELD) | (unsent & (func.trim(Candidate.evidence) == ""))
    held = select(OutreachMessage).join(OutreachMessage.candidate).where(OutreachMessage.campaign_id == campaign_id, lacks)
    held = held.order_by(OutreachMessage.id)
    return db.session.scalar(held.where(OutreachMessage.id > after).limit(1)) or db.session.scalar(
        held.where(OutreachMessage.id != after).limit(1)
    )


def place_of(message: OutreachMessage) -> Place:
    """Where a message stands in its campaign, as the list of the campaign goes."""
    ids = [row.id for row in list_messages(message.campaign_id)]
    here = ids.index(message.id)
    return Place(here + 1, len(ids), ids[here - 1] if here else None, ids[here + 1] if here + 1 < len(ids) else None)


def list_queued(campaign_id: int) -> Sequence[OutreachMessage]:
    """Messages that somebody pressed send for and that have not left, as far as the campaign knows; those by hand among them."""
    queued = select(OutreachMessage).filter_by(campaign_id=campaign_id, status=MessageStatus.QUEUED)
    return db.session.scalars(queued.order_by(OutreachMessage.id)).all()


def list_leaving(campaign_id: int) -> Sequence[Delivery]:
    """Mails of a campaign that somebody pressed send for and that have not begun to leave: they can still be undone."""
    belongs = (Delivery.subject_id == OutreachMessage.id) & (Delivery.purpose == Purpose.OUTREACH)
    due = select(Delivery).join(OutreachMessage, belongs).where(OutreachMessage.campaign_id == campaign_id)
    due = due.where(OutreachMessage.status == MessageStatus.QUEUED, Delivery.status == Status.DUE, Delivery.attempts == 0)
    return db.session.scalars(due.order_by(Delivery.not_before)).all()


def first_delivery(message: OutreachMessage) -> Delivery | None:
    """The mail of a message; none when it was delivered by hand, or not yet."""
    return db.session.scalar(select(Delivery).filter_by(purpose=Purpose.OUTREACH, subject_id=message.id))


def list_handed(before: datetime, limit: int) -> Sequence[OutreachMessage]:
    """Messages delivered by hand before a moment of which the timeline does not know yet."""
    handed = select(OutreachMessage).filter_by(status=MessageStatus.QUEUED).where(OutreachMessage.network != "")
    return db.session.scalars(handed.where(OutreachMessage.queued_at <= before).order_by(OutreachMessage.id).limit(limit)).all()


def get_sample(sample_id: int) -> SampleMail:
    """A message that somebody of the staff sent to themselves."""
    if sample := db.session.get(SampleMail, sample_id):
        return sample
    raise NotFound(_("There is no such mail."))


def message_for(delivery: Delivery) -> OutreachMessage:
    """The message that a delivery carries."""
    return get_message(delivery.subject_id)


def find_message_of_link(link_id: int) -> OutreachMessage | None:
    """The message with which a link was sent; none for links of a channel."""
    return db.session.scalar(select(OutreachMessage).filter_by(link_id=link_id))


def delivered_at(link_id: int) -> datetime | None:
    """When the mail left that carries a link; None when no mail does, or not yet."""
    sent = select(Delivery.sent_at).join(
        OutreachMessage, (Delivery.subject_id == OutreachMessage.id) & (Delivery.purpose == Purpose.OUTREACH)
    )
    return db.session.scalar(sent.where(OutreachMessage.link_id == link_id, Delivery.sent_at.is_not(None)).limit(1))
