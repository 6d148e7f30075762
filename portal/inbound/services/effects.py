"""What comes of each kind of mail. Who it is about is decided by a token or a Message-ID of ours, never by words in it."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import Message

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.emails import returns
from portal.delivery.models import Bounce, Delivery, Purpose
from portal.errors import Invalid
from portal.inbound import queries, verdicts
from portal.inbound.models import Kind, Reply
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction
from portal.timeline.models import Kind as Touch

_LOG = logging.getLogger(__name__)
# Where mail providers begin to turn a sender's mail away.
WARN, STOP = 0.001, 0.003
# Who asks us to stop hears nothing until a member of staff has settled it, and at most so long.
UNTIL_READ = timedelta(days=90)
_Found = tuple[Kind, Delivery | None]


def bounce(report: verdicts.Report, addresses: Sequence[str]) -> _Found:
    """Without a token of ours it is forged, and nothing happens."""
    row = _first(returns.delivery_of, addresses)
    if row is None:
        return Kind.FORGED, None
    what = verdicts.bounce_of(report)
    if what is None:
        return Kind.DELAY, row
    if delivery.came_back(row, what, report.code) and what is Bounce.POLICY:
        _LOG.warning("inbound.policy", extra={"purpose": row.purpose.value, "subject": row.subject_id, "code": report.code})
    return Kind.BOUNCE, row


def complaint(message: Message) -> _Found:
    """Suppressed at once; a mailing about which too many complain stops."""
    named = verdicts.named_mails(message)
    row = _first(returns.delivery_of, named.addresses) or _first(returns.delivery_of_reply, named.addresses)
    row = row or queries.find_by_message_ids(named.message_ids)
    if row is None:
        return Kind.FORGED, None
    if delivery.complained(row):
        db.session.flush()
        _weigh(row)
    return Kind.COMPLAINT, row


def stop(addresses: Sequence[str]) -> Delivery | None:
    """The unsubscribe button of a mail program: it counts at once, nobody has to read it. None when it is no such mail."""
    row = _first(returns.delivery_of_stop, addresses)
    if row is not None and row.candidate is not None:
        candidates.unsubscribe(row.candidate, "mail")
    return row


def automatic(message: Message, addresses: Sequence[str]) -> _Found:
    """No person answered: it is counted, and no more. It does say that the mail arrived."""
    row = _answered(message, addresses) or _first(returns.delivery_of, addresses)
    if row is not None:
        delivery.arrived(row, "reply")
    return Kind.AUTOMATIC, row


def reply(message: Message, addresses: Sequence[str]) -> _Found:
    """Somebody wrote back. It ends what waits for an answer, and waits itself until staff have answered."""
    row = _answered(message, addresses)
    name, sender = verdicts.sender_of(message)
    person = row.candidate if row is not None else _person(sender)
    text, files = verdicts.own_words(message)
    subject = verdicts.header(message, "Subject")[:300]
    kept = Reply(
        candidate=person,
        delivery=row,
        certain=row is not None,
        sender=f"{name} <{sender}>" if name else sender,
        address_key=queries.key_of(sender),
        subject=subject,
        text=text,
        files=files,
        wants_stop=verdicts.wants_stop(text, queries.stop_phrases()) or verdicts.wants_stop(subject, queries.stop_phrases()),
        at=clock.now(),
    )
    db.session.add(kept)
    _count(kept)
    return Kind.REPLY, row


def _count(kept: Reply) -> None:
    """A reply that is surely theirs is a response. Who asks us to stop hears nothing more until somebody has looked."""
    if kept.delivery is not None:
        delivery.arrived(kept.delivery, "reply")
    if kept.candidate is None or kept.candidate.erased_at is not None:
        return
    if kept.certain:
        about = (kept.delivery.purpose.value, kept.delivery.subject_id) if kept.delivery else None
        timeline.record(kept.candidate.id, Touch.REPLIED, Direction.IN, Channel.MAIL, subject=about)
    if kept.wants_stop:
        candidates.hold_back(kept.candidate, clock.now() + UNTIL_READ)


def _weigh(row: Delivery) -> None:
    """One in a thousand is worth a warning; at three in a thousand the mailing pauses."""
    if row.purpose is not Purpose.MAILING:
        return
    complaints, sent = queries.complaint_rate(row.purpose, row.subject_id)
    rate = complaints / max(sent, 1)
    if rate >= WARN:
        _LOG.warning("inbound.complaints", extra={"mailing": row.subject_id, "complaints": complaints, "sent": sent})
    if rate >= STOP:
        delivery.pause(row.purpose, row.subject_id, f"{complaints} of {sent} people marked it as spam.")


def _answered(message: Message, addresses: Sequence[str]) -> Delivery | None:
    return _first(returns.delivery_of_reply, addresses) or queries.find_by_message_ids(verdicts.message_ids(message))


def _first(read: Callable[[str], int | None], addresses: Sequence[str]) -> Delivery | None:
    found = (queries.find_delivery(read(address)) for address in addresses)
    return next((row for row in found if row is not None), None)


def _person(address: str) -> Candidate | None:
    try:
        found = find_by_address(address)
    except Invalid:
        return None
    return found if found is not None and found.erased_at is None else None
