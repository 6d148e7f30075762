"""Follow-ups: planned per campaign, sent to who has not been heard of, stopped by any sign of life."""

from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.config import settings
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import Conflict, Invalid
from portal.markup import check_text
from portal.outreach import queries
from portal.outreach.models import Campaign, FollowUp, FollowUpMail, OutreachMessage
from portal.outreach.services.campaigns import BODY_LIMIT
from portal.outreach.services.leaving import why_not

MOST = 5
LONGEST_WAIT = 60  # working days
SLICE = 100


def add_follow_up(campaign: Campaign, wait_days: int, body: str) -> FollowUp:
    """One more text for who has not answered by then; it also goes to people whose last mail is long enough ago."""
    _check(wait_days, body)
    with transaction() as session:
        session.scalars(select(Campaign.id).filter_by(id=campaign.id).with_for_update()).all()
        session.refresh(campaign)
        if len(campaign.follow_ups) >= MOST:
            raise Conflict(_("%(most)s follow-ups are the most anybody should get.", most=MOST))
        step = FollowUp(campaign=campaign, position=len(campaign.follow_ups) + 1, wait_days=wait_days, body=body.strip())
        session.add(step)
        session.flush()
        session.refresh(campaign)
        return step


def edit_follow_up(step: FollowUp, wait_days: int, body: str) -> FollowUp:
    """Change a text or its wait, for whom it has not gone to."""
    _check(wait_days, body)
    with transaction():
        step.wait_days, step.body = wait_days, body.strip()
        return step


def remove_follow_up(step: FollowUp) -> None:
    """Take the last text away, while nobody got it."""
    with transaction() as session:
        session.refresh(step.campaign)
        if step.position != len(step.campaign.follow_ups) or queries.is_used(step):
            raise Conflict(_("Only the last follow-up can be taken away, and only while nobody got it."))
        session.delete(step)
        session.flush()
        session.refresh(step.campaign)


def follow_up() -> int:
    """Hand in the follow-ups that are due, and stop those whose people were heard of. A slice; returns how many."""
    stopped = _stop_answered()
    if not queries.is_working_day(clock.now(), ZoneInfo(settings().time_zone)):
        return stopped
    with transaction() as session:
        begun = 0
        for step in queries.list_active_steps():
            if queries.why_closed(step.campaign):
                continue
            for message in queries.list_due(step, SLICE - begun):
                mail = FollowUpMail(message_id=message.id, position=step.position, created_at=clock.now())
                session.add(mail)
                session.flush()
                delivery.enqueue(Purpose.FOLLOW_UP, mail.id, [message.candidate_id])
                begun += 1
        return stopped + begun


def settle_follow_ups() -> int:
    """Learn which follow-ups have left; one that may not leave is the last. A slice; returns how many."""
    with transaction():
        rows = queries.list_settled(SLICE)
        for mail, row in rows:
            _settle(mail, row)
        return len(rows)


def _settle(mail: FollowUpMail, row: Delivery) -> None:
    mail.settled_at = clock.now()
    if row.status is Status.SENT:
        mail.message.follow_ups_sent, mail.message.followed_at = mail.position, row.sent_at
    else:
        _stop(mail.message, why_not(row))


def _stop_answered() -> int:
    with transaction():
        rows = queries.list_answered(SLICE)
        for message in rows:
            _stop(message, queries.why_stopped(message))
        return len(rows)


def _stop(message: OutreachMessage, why: str) -> None:
    message.stopped_at, message.stop_reason = message.stopped_at or clock.now(), message.stop_reason or why


def _check(wait_days: int, body: str) -> None:
    if not 1 <= wait_days <= LONGEST_WAIT:
        raise Invalid(_("Wait between 1 and %(most)s working days.", most=LONGEST_WAIT), "wait_days")
    check_text(body, "body", BODY_LIMIT)
    if "{{landing_link}}" not in body.replace(" ", ""):
        raise Invalid(_("The text needs {{%(name)s}} once, where it shall stand.", name="landing_link"), "body")
