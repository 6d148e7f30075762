"""Outreach messages: drafted, given a note, queued, and told what became of them."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from portal import clock
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import Conflict, Invalid
from portal.outreach import queries
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.outreach.services.campaigns import check_active
from portal.outreach.services.links import link_for
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName

NOTE_LIMIT = 2000
SLICE = 200
GONE = (Status.SENT, Status.WITHHELD, Status.FAILED, Status.UNCERTAIN, Status.CANCELLED)


def draft(campaign: Campaign, candidate_ids: Sequence[int]) -> list[OutreachMessage]:
    """One message and one link for each candidate. Left out: who is in an outreach already, or must not be written to."""
    check_active(campaign)
    with transaction() as session:
        # Locked, so that two drafts at once cannot both take somebody.
        session.scalars(
            select(Candidate.id).where(Candidate.id.in_(candidate_ids)).order_by(Candidate.id).with_for_update()
        ).all()
        found = [
            OutreachMessage(
                campaign=campaign, candidate_id=candidate_id, link=link_for(candidate_id, campaign), created_at=clock.now()
            )
            for candidate_id in queries.choosable_ids(campaign, candidate_ids)
        ]
        session.add_all(found)
        session.flush()
        return found


def write_note(message: OutreachMessage, note: str) -> OutreachMessage:
    """Say why this person. An empty note holds the message."""
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise Invalid(_("A note has at most %(limit)s characters.", limit=NOTE_LIMIT), "note")
    with transaction() as session:
        session.refresh(message)
        _check_open(message)
        message.note = note
        message.status = MessageStatus.READY if note else MessageStatus.HELD
        return message


def remove(message: OutreachMessage) -> None:
    """Take somebody out of a campaign before anything was sent; the link goes too."""
    with transaction() as session:
        session.refresh(message)
        _check_open(message)
        link = message.link
        session.delete(message)
        session.flush()
        session.delete(link)


def queue(campaign: Campaign) -> int:
    """Hand every message that has a note to delivery; returns how many."""
    check_active(campaign)
    with transaction() as session:
        ready = select(OutreachMessage).filter_by(campaign_id=campaign.id, status=MessageStatus.READY)
        messages = session.scalars(ready.order_by(OutreachMessage.id).with_for_update()).all()
        for message in messages:
            message.status, message.queued_at = MessageStatus.QUEUED, clock.now()
            delivery.enqueue(Purpose.OUTREACH, message.id, [message.candidate_id])
        return len(messages)


def settle() -> int:
    """Learn from delivery what became of queued messages; who was written to is Contacted. A slice; returns how many."""
    with transaction() as session:
        belongs = (Delivery.subject_id == OutreachMessage.id) & (Delivery.purpose == Purpose.OUTREACH)
        told = select(OutreachMessage, Delivery).join(Delivery, belongs)
        queued = and_(OutreachMessage.status == MessageStatus.QUEUED, Delivery.status.in_(GONE))
        # Somebody may have tried again after it had failed.
        late = and_(OutreachMessage.status == MessageStatus.NOT_SENT, Delivery.status == Status.SENT)
        rows = session.execute(told.where(or_(queued, late)).order_by(OutreachMessage.id).limit(SLICE)).all()
        for message, row in rows:
            _settle(message, row)
        return len(rows)


def _settle(message: OutreachMessage, row: Delivery) -> None:
    if row.status is not Status.SENT:
        message.status, message.reason = MessageStatus.NOT_SENT, _why_not(row)
        return
    message.status, message.sent_at, message.reason = MessageStatus.SENT, row.sent_at, ""
    pipeline.advance(message.candidate_id, StageName.CONTACTED, _("First message of “%(name)s”", name=message.campaign.name))


def _why_not(row: Delivery) -> str:
    if row.status is Status.UNCERTAIN:
        return str(_("It is not known whether it left; it is never sent twice by itself."))
    return row.withheld_reason or row.error or str(_("Cancelled"))


def _check_open(message: OutreachMessage) -> None:
    if message.status not in {MessageStatus.HELD, MessageStatus.READY}:
        raise Conflict(_("This message is on its way already, so it can no longer be changed."))
