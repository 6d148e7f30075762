"""Sending what is due. The row says at every moment what may have happened, so that a crash neither loses nor repeats a mail.

claimed → (gate, compose, gate again) → sending, committed → the wire → sent, committed. No transaction is open on the wire.
"""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from portal import clock
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import transaction
from portal.delivery import smtp
from portal.delivery.emails import Envelope, Letter, Withheld, pack, speaking_to
from portal.delivery.models import Delivery, Status
from portal.delivery.queries import find_row
from portal.delivery.services import copies, outcomes
from portal.delivery.services.gate import gate_row
from portal.delivery.verdicts import Ruling
from portal.errors import BrokenSetup, PortalError

SLICE = 50
CLAIM_LEASE = timedelta(minutes=10)
# Longer than all time-outs of one dialogue together.
WIRE_LEASE = timedelta(minutes=15)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Claim:
    """Rows that are ours while each still bears this lease."""

    ids: list[int]
    lease: datetime


@dataclass(frozen=True)
class _Ready:
    """A composed mail."""

    number: int
    candidate_id: int | None
    letter: Letter
    envelope: Envelope


def send_slice(limit: int = SLICE) -> int:
    """Send some of the mails that are due; returns how many were dealt with. With the mail server away it returns early."""
    with _line() as line:
        claim, done = _claim(limit), 0
        for number in claim.ids:
            try:
                _send(number, claim.lease, line)
            except (smtp.Unreachable, BrokenSetup) as error:
                _LOG.warning("mail.server_unreachable", extra={"why": str(error), "left": len(claim.ids) - done})
                _give_back(claim)
                break
            done += 1
    return done


def _claim(limit: int) -> _Claim:
    """Take the rows that wait longest. Of several workers that see the same row, one gets it: the update is conditional."""
    now = clock.now()
    lease = now + CLAIM_LEASE
    free = (Delivery.status == Status.DUE) & (Delivery.not_before <= now) & Delivery.held_at.is_(None)
    with transaction() as session:
        longest = select(Delivery.id).where(free).order_by(Delivery.not_before, Delivery.id).limit(limit)
        ids = session.scalars(longest.with_for_update(skip_locked=True)).all()
        mine = update(Delivery).where(Delivery.id.in_(ids), free).values(status=Status.CLAIMED, lease_until=lease)
        return _Claim(sorted(session.scalars(mine.returning(Delivery.id)).all()) if ids else [], lease)


def _give_back(claim: _Claim) -> None:
    """Rows of ours that nobody began with are due again at once."""
    with transaction() as session:
        ours = (Delivery.status == Status.CLAIMED) & (Delivery.lease_until == claim.lease)
        session.execute(update(Delivery).where(Delivery.id.in_(claim.ids), ours).values(status=Status.DUE, lease_until=None))


@contextlib.contextmanager
def _line() -> Iterator[smtp.Line | None]:
    """The way to the mail server, or None where mail stays in the outbox."""
    if url := settings().smtp_url.get_secret_value():
        with smtp.Line(smtp.Server.from_url(url)) as line:
            yield line
    else:
        yield None


def _send(number: int, lease: datetime, line: smtp.Line | None) -> None:
    ready = _compose(number, lease)
    if ready is None:
        return
    if line is None:
        _keep(ready, lease)
    elif _begin(ready, lease):
        _put_on_wire(ready, line)


def _compose(number: int, lease: datetime) -> _Ready | None:
    """The mail, when the gate lets it through; otherwise the row says why not."""
    row = find_row(number)
    if row is None or row.status is not Status.CLAIMED or row.lease_until != lease:
        return None
    # Whether the letter carries the notice is known once it is written; the second question asks about that.
    ruling = gate_row(row, clock.now(), carries_notice=True)
    if not ruling.allowed:
        outcomes.refused(number, ruling)
        return None
    try:
        with speaking_to(row) as language:
            letter = current_app.extensions["composers"][row.purpose](row)
            letter = replace(letter, language=letter.language or language)
            return _Ready(number, row.candidate_id, letter, pack(row, letter))
    except Withheld as reason:
        outcomes.refused(number, Ruling(allowed=False, reason=str(reason)))
    except BrokenSetup:
        outcomes.again(number, _("The settings for mail are wrong."))
        raise
    except PortalError as error:
        outcomes.failed(number, error.message)
    except Exception:  # noqa: BLE001 - a fault in one text must not keep the other mails back
        _LOG.exception("mail.compose_failed", extra={"delivery": number})
        outcomes.again(number, _("The text could not be made; the log says why."))
    return None


def _begin(ready: _Ready, lease: datetime, *, usable: bool = False) -> bool:
    """Ask the gate once more and write `sending`, both under a lock on the person, so that nothing can come between."""
    with transaction() as session:
        session.execute(select(Candidate.id).filter_by(id=ready.candidate_id).with_for_update(key_share=True))
        row = session.scalars(select(Delivery).filter_by(id=ready.number).with_for_update()).one_or_none()
        if row is None or row.status is not Status.CLAIMED or row.lease_until != lease:
            return False
        ruling = gate_row(row, clock.now(), ready.letter.notice)
        if not ruling.allowed:
            outcomes.refused(ready.number, ruling)
            return False
        row.status, row.subject = Status.SENDING, ready.envelope.subject
        row.sent_at, row.lease_until = clock.now(), clock.now() + WIRE_LEASE
        copies.keep(row, ready.envelope, usable=usable)
        session.flush()  # the outbox goes on in this transaction with a row read anew
        return True


def _put_on_wire(ready: _Ready, line: smtp.Line) -> None:
    mail = ready.envelope
    try:
        line.send(mail.sender, mail.recipient, mail.raw)
    except smtp.Temporary as error:
        outcomes.again(ready.number, str(error), give_up=True)
    except smtp.Permanent as error:
        outcomes.failed(ready.number, str(error), bounced=error.recipient or error.enhanced.startswith("5.1."))
    except smtp.Unknown as error:
        outcomes.uncertain(ready.number, str(error))
    except smtp.Unreachable as error:
        outcomes.again(ready.number, str(error))
        raise
    else:
        outcomes.sent(ready.number, ready.letter)


def _keep(ready: _Ready, lease: datetime) -> None:
    """Without a mail server the outbox takes the mail, in the same transaction."""
    with transaction():
        if _begin(ready, lease, usable=True):
            outcomes.sent(ready.number, ready.letter)
