"""Messages that somebody delivers by hand, on a social network say."""

from flask_babel import gettext as _

from portal import clock
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict, Invalid, Refused
from portal.outreach import queries
from portal.outreach.models import MessageStatus, OutreachMessage
from portal.outreach.services.campaigns import one_line
from portal.outreach.services.leaving import SLICE, UNDO
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.privacy import services as privacy
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

NETWORK_LIMIT = 60


def hand_over(message: OutreachMessage, network: str, actor_id: int | None = None) -> OutreachMessage:
    """Mark a message as delivered by hand just now. For a minute it can be taken back; then the timeline knows it for good."""
    network = one_line(network)
    if not network:
        raise Invalid(_("Say where you delivered it."), "network")
    if len(network) > NETWORK_LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=NETWORK_LIMIT), "network")
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        check_by_hand(message)
        message.status, message.queued_at = MessageStatus.QUEUED, clock.now()
        message.network, message.actor_id = network, actor_id
        return message


def check_by_hand(message: OutreachMessage) -> None:
    """Conflict or Refused, with the reason, when this message may not be delivered by hand now."""
    if message.status is not MessageStatus.READY:
        raise Conflict(_("Only a message that is ready can be delivered by hand."))
    if queries.missing(message):
        raise Conflict(_("Something is missing still, so this must not be delivered."))
    if why := queries.why_closed(message.campaign) or why_not_written_to(message.candidate):
        raise Refused(why)


def why_not_written_to(candidate: Candidate) -> str:
    """Why this person must not be written to on any network; empty when they may. The gate decides where there is an address."""
    if candidate.email:
        return delivery.gate(candidate, Purpose.OUTREACH, clock.now()).reason
    gone = candidate.erased_at or candidate.do_not_contact_at or candidate.objected_at or candidate.restricted_at
    return str(_("Do not contact.")) if gone or candidate.unsubscribed_at else ""


def take_hand_back(message: OutreachMessage) -> OutreachMessage:
    """It was not delivered after all; within the minute."""
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        fresh = message.queued_at is not None and message.queued_at + UNDO > clock.now()
        if message.status is not MessageStatus.QUEUED or not message.network or not fresh:
            raise Conflict(_("The minute is over, so this stays in the record."))
        message.status, message.queued_at = MessageStatus.READY, None
        message.network, message.actor_id = "", None
        return message


def settle_handed() -> int:
    """Record what was delivered by hand and not taken back. A slice; returns how many."""
    with transaction():
        rows = queries.list_handed(clock.now() - UNDO, SLICE)
        for message in rows:
            _settle(message)
        return len(rows)


def _settle(message: OutreachMessage) -> None:
    message.status, message.sent_at = MessageStatus.SENT, message.queued_at
    timeline.record(
        message.candidate_id,
        Kind.OUTREACH_DELIVERED,
        Direction.OUT,
        Channel.SOCIAL,
        at=message.queued_at,
        campaign_id=message.campaign_id,
        subject=("outreach_message", message.id),
        actor_id=message.actor_id,
        network=message.network,
    )
    privacy.record_notice(message.candidate_id)
    pipeline.advance(message.candidate_id, StageName.CONTACTED, _("First message of “%(name)s”", name=message.campaign.name))
