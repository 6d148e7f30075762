"""What outreach holds about a person: messages, personal links, and every visit with why it was judged so."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from portal import tokens
from portal.db import db, transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.outreach import queries, verdicts
from portal.outreach.models import LandingLink, MessageStatus, OutreachMessage, SampleMail, SetAside, Verdict, Visit
from portal.personal import Item, Plain

KEY = "outreach"
TITLE = _l("Messages, links and visits")
STATES = {
    MessageStatus.HELD: _l("not written yet"),
    MessageStatus.READY: _l("written, not sent"),
    MessageStatus.QUEUED: _l("about to be sent"),
    MessageStatus.SENT: _l("sent"),
    MessageStatus.NOT_SENT: _l("not sent"),
}
VERDICTS = {
    Verdict.HUMAN: _l("A visit by you"),
    Verdict.UNCONFIRMED: _l("A visit, perhaps by you"),
    Verdict.MACHINE: _l("A visit by a machine"),
    Verdict.PREVIEW: _l("A preview drawn by a program"),
}


def held(candidate_id: int) -> Sequence[Item]:
    """Messages, links and visits, each kind with the newest first."""
    return [*_messages(candidate_id), *_links(candidate_id), *_visits(candidate_id)]


def erase(candidate_id: int) -> None:
    """No word of a message, no address that still leads somewhere, nothing that tells one visit from another. Counts stay."""
    mine = select(OutreachMessage.id).filter_by(candidate_id=candidate_id)
    links = select(LandingLink.id).filter_by(candidate_id=candidate_id)
    with transaction() as session:
        _erase_samples(candidate_id)
        session.execute(delete(SetAside).where(SetAside.message_id.in_(mine)))
        session.execute(
            update(OutreachMessage)
            .filter_by(candidate_id=candidate_id)
            .values(note="", own_subject="", own_body="", reason="", network="", stop_reason="")
        )
        unsent = OutreachMessage.status.in_((MessageStatus.HELD, MessageStatus.READY))
        session.execute(
            update(OutreachMessage).filter_by(candidate_id=candidate_id).where(unsent).values(status=MessageStatus.NOT_SENT)
        )
        session.execute(update(Visit).where(Visit.link_id.in_(links)).values(agent="", page="", signals="", proof_hash=None))
        for link in session.scalars(select(LandingLink).filter_by(candidate_id=candidate_id)):
            link.nonce, link.notes, link.share_texts = tokens.new_nonce(), "", {}
            link.token_hash = tokens.digest(tokens.derive("landing", link.nonce))
        session.flush()
        session.expire_all()


def _erase_samples(candidate_id: int) -> None:
    """Tests that staff sent to themselves show the person's name and note."""
    samples = select(SampleMail.id).join(SampleMail.message).where(OutreachMessage.candidate_id == candidate_id)
    theirs = select(Delivery.id).where(Delivery.purpose == Purpose.TEST, Delivery.subject_id.in_(samples))
    db.session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(theirs)))
    db.session.execute(delete(Delivery).where(Delivery.id.in_(theirs.scalar_subquery())))
    db.session.execute(delete(SampleMail).where(SampleMail.id.in_(samples.scalar_subquery())))


def _messages(candidate_id: int) -> Iterator[Item]:
    rows = select(OutreachMessage).filter_by(candidate_id=candidate_id).options(joinedload(OutreachMessage.campaign))
    mine = select(OutreachMessage.id).filter_by(candidate_id=candidate_id)
    waits = {row.message_id: row.reason for row in db.session.scalars(select(SetAside).where(SetAside.message_id.in_(mine)))}
    for row in db.session.scalars(rows.order_by(OutreachMessage.id.desc())):
        facts: dict[str, Plain] = {
            str(_("Written by")): queries.writer_of(row),
            str(_("Page")): row.link.page,
            str(_("Became of it")): str(STATES[row.status]),
            str(_("Sent through")): row.network or str(_("mail")),
            str(_("Further mails")): row.follow_ups_sent,
            str(_("Why none follows")): row.stop_reason,
            str(_("Waits for")): waits.get(row.id, ""),
        }
        text = "\n\n".join(filter(None, (row.note, row.own_subject, row.own_body)))
        yield Item(_("A message to you"), row.sent_at or row.created_at, {key: said for key, said in facts.items() if said}, text)


def _links(candidate_id: int) -> Iterator[Item]:
    rows = select(LandingLink).filter_by(candidate_id=candidate_id).order_by(LandingLink.id.desc())
    for row in db.session.scalars(rows):
        until = row.expires_at.date().isoformat() if row.expires_at else ""
        facts = {str(_("Page")): row.page, str(_("Channel")): row.channel, str(_("Open until")): until}
        yield Item(_("A link of your own"), row.created_at, {key: said for key, said in facts.items() if said}, row.notes)


def _visits(candidate_id: int) -> Iterator[Item]:
    for row in queries.list_visits(candidate_id):
        facts = {
            str(_("Page")): row.page,
            str(_("Browser")): row.agent,
            str(_("Why")): verdicts.explain(row.rule),
            str(_("Signs")): row.signals,
        }
        yield Item(str(VERDICTS[row.verdict]), row.at, {key: said for key, said in facts.items() if said})
