"""Outreach messages: drafted, given a note and words of their own, taken out again."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.details import NAMES, Details
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.outreach import queries
from portal.outreach.models import Arm, Campaign, MessageStatus, OutreachMessage
from portal.outreach.queries.research import find_aside
from portal.outreach.services.alternatives import deal, page_of
from portal.outreach.services.campaigns import check_words, one_line
from portal.outreach.services.leaving import check_active
from portal.outreach.services.links import link_for

NOTE_LIMIT = 2000


def draft(campaign: Campaign, candidate_ids: Sequence[int]) -> list[OutreachMessage]:
    """One message and one link for each candidate. Left out: who is in an outreach already, or must not be written to."""
    with transaction() as session:
        # Locked, so that two drafts at once cannot both take somebody, nor deal the same card.
        session.scalars(select(Campaign.id).filter_by(id=campaign.id).with_for_update(key_share=True)).all()
        session.scalars(
            select(Candidate.id).where(Candidate.id.in_(candidate_ids)).order_by(Candidate.id).with_for_update()
        ).all()
        session.refresh(campaign)
        check_active(campaign)
        chosen = queries.choosable_ids(campaign, candidate_ids)
        found = [
            OutreachMessage(
                campaign=campaign,
                candidate_id=candidate_id,
                link=link_for(candidate_id, campaign, page_of(campaign, arm) if arm is Arm.B else None),
                arm=arm,
                created_at=clock.now(),
            )
            for candidate_id, arm in zip(chosen, deal(campaign, len(chosen)), strict=True)
        ]
        session.add_all(found)
        session.flush()
        return found


def write_note(message: OutreachMessage, note: str) -> OutreachMessage:
    """Say why this person. An empty note holds the message; what is set aside waits, however good its note."""
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise Invalid(_("A note has at most %(limit)s characters.", limit=NOTE_LIMIT), "note")
    with transaction() as session:
        session.refresh(message)
        check_open(message)
        message.note = note
        message.status = MessageStatus.READY if note and not find_aside(message.id) else MessageStatus.HELD
        return message


def write_evidence(message: OutreachMessage, evidence: str, actor_id: int | None = None) -> OutreachMessage:
    """Say what this person was chosen for: the line is kept with the person, whoever writes to them next."""
    with transaction() as session:
        session.refresh(message)
        check_open(message)
        known = Details(**{name: getattr(message.candidate, name) or "" for name in NAMES})
        if asdict(replace(known, evidence=evidence.strip())) != asdict(known):
            candidates.edit(message.candidate, replace(known, evidence=evidence), actor_id=actor_id)
        return message


def reword(message: OutreachMessage, subject: str, body: str) -> OutreachMessage:
    """Give one message words of its own; where they are the campaign's again, it follows the campaign again."""
    subject, body = one_line(subject), body.strip()
    check_words(subject, body)
    with transaction() as session:
        session.refresh(message)
        check_open(message)
        shared = queries.shared_words(message)
        same = subject == shared.subject and body.split() == shared.body.split()
        message.own_subject, message.own_body = ("", "") if same else (subject, body)
        return message


def follow_campaign(message: OutreachMessage) -> OutreachMessage:
    """Back to the campaign's text."""
    with transaction() as session:
        session.refresh(message)
        check_open(message)
        message.own_subject = message.own_body = ""
        return message


def remove(message: OutreachMessage) -> None:
    """Take somebody out of a campaign before anything was sent; the link goes too."""
    with transaction() as session:
        session.refresh(message)
        check_open(message)
        link = message.link
        session.delete(message)
        session.flush()
        session.delete(link)


def check_open(message: OutreachMessage) -> None:
    """Conflict when the message is on its way or further."""
    if message.status not in {MessageStatus.HELD, MessageStatus.READY}:
        raise Conflict(_("This message is on its way already, so it can no longer be changed."))
