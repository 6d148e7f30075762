"""Follow-ups: which are due to whom, and what stops them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.config import settings
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import NotFound
from portal.outreach.models import Campaign, FollowUp, FollowUpMail, MessageStatus, OutreachMessage
from portal.timeline.models import Direction, Kind, Touchpoint

WEEKEND = 5  # Saturday, as Python counts the days of a week
_SETTLED = (Status.SENT, Status.WITHHELD, Status.FAILED, Status.UNCERTAIN, Status.CANCELLED)
_ENDS = or_((Touchpoint.direction == Direction.IN) & (Touchpoint.kind != Kind.VISITED), Touchpoint.kind == Kind.BOUNCED)


def after_working_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour so many working days (Monday to Friday) later, by the clocks of a zone."""
    local = moment.astimezone(zone)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < WEEKEND
    return local


def is_working_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether it is Monday to Friday in a zone."""
    return moment.astimezone(zone).weekday() < WEEKEND


def get_follow_up(follow_up_id: int) -> FollowUp:
    """A text that follows; NotFound when there is none."""
    if step := db.session.get(FollowUp, follow_up_id):
        return step
    raise NotFound(_("There is no such follow-up, or not any more."))


def get_follow_up_mail(mail_id: int) -> FollowUpMail:
    """One follow-up to one person."""
    if mail := db.session.get(FollowUpMail, mail_id):
        return mail
    raise NotFound(_("There is no such mail."))


def list_active_steps() -> Sequence[FollowUp]:
    """The texts of campaigns that are neither ended nor paused."""
    open_ones = select(FollowUp).join(FollowUp.campaign).where(Campaign.ended_at.is_(None), Campaign.paused_at.is_(None))
    return db.session.scalars(open_ones.order_by(FollowUp.campaign_id, FollowUp.position)).all()


def list_due(step: FollowUp, limit: int) -> Sequence[OutreachMessage]:
    """Messages whose next mail is this text and whose wait is over, those that wait longest first."""
    now, zone = clock.now(), ZoneInfo(settings().time_zone)
    since = func.coalesce(OutreachMessage.followed_at, OutreachMessage.sent_at)
    begun = exists().where(FollowUpMail.message_id == OutreachMessage.id, FollowUpMail.position == step.position)
    waiting = (
        select(OutreachMessage)
        .filter_by(campaign_id=step.campaign_id, status=MessageStatus.SENT, network="", stopped_at=None)
        .where(OutreachMessage.follow_ups_sent == step.position - 1, ~begun)
        .where(since <= now - timedelta(days=step.wait_days))  # a working day is a day at least
    )
    rows = db.session.scalars(waiting.order_by(since, OutreachMessage.id).limit(limit)).all()
    return [row for row in rows if (at := row.followed_at or row.sent_at) and after_working_days(at, step.wait_days, zone) <= now]


def list_answered(limit: int) -> Sequence[OutreachMessage]:
    """Messages that something would follow although the person has been heard of since."""
    heard = exists().where(Touchpoint.candidate_id == OutreachMessage.candidate_id, Touchpoint.at >= OutreachMessage.sent_at)
    waiting = select(OutreachMessage).where(more_follows(), heard.where(_ENDS))
    return db.session.scalars(waiting.order_by(OutreachMessage.id).limit(limit)).all()


def more_follows() -> ColumnElement[bool]:
    """Messages that left and after which another text of their campaign is still to come."""
    later = exists().where(FollowUp.campaign_id == OutreachMessage.campaign_id)
    later = later.where(FollowUp.position > OutreachMessage.follow_ups_sent)
    left = (OutreachMessage.status == MessageStatus.SENT) & (OutreachMessage.network == "")
    return left & OutreachMessage.stopped_at.is_(None) & later


def why_stopped(message: OutreachMessage) -> str:
    """Why nothing may follow a message: any sign of life but a visit, or a mail that came back. Empty when something may."""
    since = message.sent_at or message.created_at
    found = select(Touchpoint.kind).filter_by(candidate_id=message.candidate_id).where(_ENDS, Touchpoint.at >= since)
    kind = db.session.scalar(found.order_by(Touchpoint.at).limit(1))
    if kind is None:
        return ""
    return str(_("A mail came back.") if kind is Kind.BOUNCED else _("The person has answered already."))


def list_settled(limit: int) -> Sequence[tuple[FollowUpMail, Delivery]]:
    """Follow-ups that left, or never will, and of which the message does not know yet."""
    belongs = (Delivery.subject_id == FollowUpMail.id) & (Delivery.purpose == Purpose.FOLLOW_UP)
    told = select(FollowUpMail, Delivery).join(Delivery, belongs).where(Delivery.status.in_(_SETTLED))
    told = told.where(FollowUpMail.settled_at.is_(None)).options(joinedload(FollowUpMail.message))
    return [(row[0], row[1]) for row in db.session.execute(told.order_by(FollowUpMail.id).limit(limit))]


def thread_of(mail: FollowUpMail) -> list[str]:
    """Message-IDs of what was sent before a follow-up, the first letter first."""
    belongs = (Delivery.purpose == Purpose.OUTREACH) & (Delivery.subject_id == mail.message_id)
    first = list(db.session.scalars(select(Delivery.message_id).where(belongs)))
    earlier = select(Delivery.message_id).join(FollowUpMail, FollowUpMail.id == Delivery.subject_id)
    earlier = earlier.where(Delivery.purpose == Purpose.FOLLOW_UP, FollowUpMail.message_id == mail.message_id)
    return first + list(db.session.scalars(earlier.where(FollowUpMail.position < mail.position).order_by(FollowUpMail.position)))


def list_unsettled_ids(campaign_id: int) -> Sequence[int]:
    """Follow-ups of a campaign that were handed to delivery and have not left."""
    own = select(FollowUpMail.id).join(FollowUpMail.message).where(OutreachMessage.campaign_id == campaign_id)
    return db.session.scalars(own.where(FollowUpMail.settled_at.is_(None))).all()


def is_used(step: FollowUp) -> bool:
    """Whether somebody got this text, or is getting it."""
    got = select(FollowUpMail.id).join(FollowUpMail.message).where(OutreachMessage.campaign_id == step.campaign_id)
    return db.session.scalar(got.where(FollowUpMail.position >= step.position).limit(1)) is not None


def count_follow_ups(campaign_id: int) -> dict[int, int]:
    """How many follow-ups of each position have left."""
    left = select(FollowUpMail.position, func.count()).join(FollowUpMail.message)
    left = left.join(Delivery, (Delivery.subject_id == FollowUpMail.id) & (Delivery.purpose == Purpose.FOLLOW_UP))
    left = left.where(OutreachMessage.campaign_id == campaign_id, Delivery.status == Status.SENT)
    return {row[0]: row[1] for row in db.session.execute(left.group_by(FollowUpMail.position))}
