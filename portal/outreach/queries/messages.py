"""Finding outreach messages."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.delivery.models import Delivery, Purpose
from portal.errors import NotFound
from portal.outreach.models import MessageStatus, OutreachMessage


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


def delivered_at(link_id: int) -> datetime | None:
    """When the mail left that carries a link; None when no mail does, or not yet."""
    sent = select(Delivery.sent_at).join(
        OutreachMessage, (Delivery.subject_id == OutreachMessage.id) & (Delivery.purpose == Purpose.OUTREACH)
    )
    return db.session.scalar(sent.where(OutreachMessage.link_id == link_id, Delivery.sent_at.is_not(None)).limit(1))
