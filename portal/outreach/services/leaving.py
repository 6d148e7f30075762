"""Pressing send, and undoing it: until a mail has begun to leave, sending is only an intention."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from portal import clock
from portal.accounts.models import User
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import Conflict
from portal.outreach import queries
from portal.outreach.models import Campaign, FollowUpMail, MessageStatus, OutreachMessage, SampleMail
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName

# How long somebody can think better of it.
UNDO = timedelta(seconds=60)
SLICE = 200
GONE = (Status.SENT, Status.WITHHELD, Status.FAILED, Status.UNCERTAIN, Status.CANCELLED)


def queue(campaign: Campaign, message: OutreachMessage | None = None) -> int:
    """Hand every message that has earned its send to delivery, or this one alone; returns how many.

    They leave after the minute in which `undo` takes them back, and not before the campaign's first day.
    """
    check_active(campaign)
    if campaign.paused_at is not None:
        raise Conflict(_("This campaign is paused. Go on with it before you send anything."))
    with transaction() as session:
        ready = select(OutreachMessage).filter_by(campaign_id=campaign.id, status=MessageStatus.READY)
        if message is not None:
            ready = ready.filter_by(id=message.id)
        found = session.scalars(ready.order_by(OutreachMessage.id).with_for_update()).all()
        earned = [row for row in found if row.candidate.email and not queries.missing(row)]
        now = clock.now()
        for row in earned:
            row.status, row.queued_at, row.reason = MessageStatus.QUEUED, now, ""
            delivery.enqueue(Purpose.OUTREACH, row.id, [row.candidate_id], max(now + UNDO, queries.opens_at(campaign) or now))
        return len(earned)


def undo(campaign: Campaign) -> int:
    """Take back what somebody pressed send for and what has not begun to leave: it is ready again. Returns how many."""
    with transaction():
        return take_back(campaign)


def take_back(campaign: Campaign) -> int:
    """The same, inside a transaction of the caller; follow-ups that have not left will not."""
    with transaction() as session:
        queued = {row.id: row for row in queries.list_queued(campaign.id) if not row.network}
        taken = delivery.undo(Purpose.OUTREACH, list(queued))
        for number in taken:
            queued[number].status, queued[number].queued_at = MessageStatus.READY, None
        if campaign.ended_at is not None:
            followed = delivery.undo(Purpose.FOLLOW_UP, queries.list_unsettled_ids(campaign.id))
            for mail in session.scalars(select(FollowUpMail).where(FollowUpMail.id.in_(followed))):
                session.delete(mail)
        return len(taken)


def check_active(campaign: Campaign) -> None:
    """Conflict when the campaign has ended."""
    closes = queries.closes_at(campaign)
    if campaign.ended_at is not None or (closes is not None and closes <= clock.now()):
        raise Conflict(_("This campaign has ended. Open it again before you add or send anything."))


def send_sample(message: OutreachMessage, user: User) -> SampleMail:
    """Mail a message to a member of staff, to see it as its reader would. Marked as a test; its links open nothing."""
    with transaction() as session:
        sample = SampleMail(message_id=message.id, user_id=user.id, at=clock.now())
        session.add(sample)
        session.flush()
        delivery.enqueue_to(Purpose.TEST, sample.id, user.email, user.full_name)
        return sample


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
        message.status, message.reason = MessageStatus.NOT_SENT, why_not(row)
        return
    message.status, message.sent_at, message.reason = MessageStatus.SENT, row.sent_at, ""
    pipeline.advance(message.candidate_id, StageName.CONTACTED, _("First message of “%(name)s”", name=message.campaign.name))


def why_not(row: Delivery) -> str:
    """Why a mail did not leave, in a sentence."""
    if row.status is Status.UNCERTAIN:
        return str(_("It is not known whether it left; it is never sent twice by itself."))
    return row.withheld_reason or row.error or str(_("Cancelled"))
