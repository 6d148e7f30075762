"""Sending what is due. Row and journal together say at every moment what may have happened, so that a crash neither loses nor
repeats a mail.

claimed → (gate, compose) → a window of them: gate again and `sending`, committed → the wire, starts and replies in the journal →
folded into the rows, committed. No transaction is open on the wire. A window is what leaves in less than half a second.
"""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import db, transaction
from portal.delivery import smtp
from portal.delivery.models import Delivery, Status
from portal.delivery.services import claims, copies, outcomes, pauses
from portal.delivery.services.claims import Claim
from portal.delivery.services.composing import Ready, compose, rulings
from portal.delivery.services.journal import Journal
from portal.delivery.services.window import Lines, Refusals, Window
from portal.errors import BrokenSetup

SLICE = 500
# Longer than the time in which a window's mails may begin and all time-outs of one dialogue together.
WIRE_LEASE = timedelta(minutes=20)
# A window begins small and grows or shrinks to what leaves in so many seconds.
WINDOW_SECONDS, SMALLEST, FIRST = 0.4, 8, 40
RUN_SECONDS = 30.0
_LOG = logging.getLogger(__name__)


def send_due() -> int:
    """Send what is due over lines that are kept, until nothing is left or for half a minute; returns how many were dealt with."""
    end, done = time.monotonic() + RUN_SECONDS, 0
    with _lines() as lines:
        run = _Run(lines)
        while time.monotonic() < end and (some := run.slice(SLICE)):
            done += some
            db.session.expire_all()  # what the next claim reads is as new as its rows
    return done


def send_slice(limit: int = SLICE) -> int:
    """Send some of the mails that are due; returns how many were dealt with. With the mail server away it returns early."""
    with _lines() as lines:
        return _Run(lines).slice(limit)


@contextlib.contextmanager
def _lines() -> Iterator[Lines | None]:
    """The way to the mail server, or None where mail stays in the outbox."""
    if url := settings().smtp_url.get_secret_value():
        with Lines(smtp.Server.from_url(url), settings().smtp_connections) as lines:
            yield lines
    else:
        yield None


class _Run:
    """What lasts from claim to claim: the lines, what is refused for everybody, and how big a window is."""

    def __init__(self, lines: Lines | None) -> None:
        self._lines, self._refusals, self._size = lines, Refusals(), FIRST
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def slice(self, limit: int) -> int:
        """One claim."""
        claim, unbegun = claims.take(limit), 0
        if not claim.ids:
            return 0
        try:
            unbegun = self._send(claim, compose(claims.rows(claim)))
        except (smtp.Unreachable, BrokenSetup) as error:
            _LOG.warning("mail.server_unreachable", extra={"why": str(error)})
            claims.give_back(claim)
            return 0
        return len(claim.ids) - unbegun - claims.give_back(claim)

    def _send(self, claim: Claim, ready: list[Ready]) -> int:
        """Send what was composed; returns how many nobody began with. Unreachable when there is no server."""
        if self._lines is None:
            while ready:
                some, ready = _window(ready, SLICE)
                _begin(claim, some, usable=True)
            return 0
        if not ready:
            return 0
        unbegun, journal = 0, Journal(claim.name)
        try:
            while ready:
                some, ready = _window(ready, self._size)
                unbegun += self._deliver(claim, _begin(claim, some), journal, self._lines)
            journal.forget()
        except smtp.Unreachable:
            journal.forget()
            raise
        finally:
            journal.close()
        return unbegun

    def _deliver(self, claim: Claim, window: list[Ready], journal: Journal, lines: Lines) -> int:
        """Put a window on the wire and fold what came of it."""
        if not window:
            return 0
        notes = {one.number: one.note for one in window}
        journal.announce(notes.items())
        began, watch = time.monotonic(), Window(self._app, journal, window, self._refusals)
        away = lines.deliver(watch, len(window))
        said = watch.outcomes()
        with transaction():
            outcomes.fold(claim.name, said, notes)
            for (purpose, subject_id), why in self._refusals.stopped.items():
                pauses.pause(purpose, subject_id, why)
        if away:
            raise away
        rate = len(window) / max(time.monotonic() - began, 0.001)
        self._size = max(SMALLEST, min(SLICE, int(rate * WINDOW_SECONDS), self._size * 4))
        return sum(outcome.kind == "unbegun" for outcome in said)


def _window(ready: list[Ready], size: int) -> tuple[list[Ready], list[Ready]]:
    """The next ones, at most one to each person or address, so that the second hears of the first; and those left."""
    some: list[Ready] = []
    left: list[Ready] = []
    seen: set[int | str] = set()
    for one in ready:
        if len(some) < size and one.whom not in seen:
            some.append(one)
            seen.add(one.whom)
        else:
            left.append(one)
    return some, left


def _begin(claim: Claim, some: Sequence[Ready], *, usable: bool = False) -> list[Ready]:
    """Ask the gate once more and write `sending`, both under a lock on the people, so that nothing can come between.

    Returns those that may go. `usable`: the outbox takes them, so they are sent by this.
    """
    now = clock.now()
    with transaction() as session:
        _lock([one.whom for one in some])
        rows = _still_ours(claim, [one.number for one in some])
        said = rulings([(rows[one.number], one.letter.notice) for one in some if one.number in rows], now)
        going = []
        for one in some:
            row = rows.get(one.number)
            if row is None or pauses.is_paused(*one.about):
                continue
            if not said[row.id].allowed:
                outcomes.refused(row.id, said[row.id])
                continue
            row.status, row.subject, row.sent_at, row.lease_until = Status.SENDING, one.envelope.subject, now, now + WIRE_LEASE
            row.domain = one.envelope.recipient.rpartition("@")[2].lower()
            going.append(one)
        copies.keep_many([(rows[one.number], one.envelope) for one in going], usable=usable)
        session.flush()
        if usable:
            outcomes.sent([rows[one.number] for one in going], {one.number: one.note for one in going})
        return going


def _lock(whom: Sequence[int | str]) -> None:
    """Let no other worker ask about these people, or about mails to these addresses, until we have written `sending`."""
    people, keys = [one for one in whom if isinstance(one, int)], [one for one in whom if isinstance(one, str)]
    locked = select(Candidate.id).where(Candidate.id.in_(people)).order_by(Candidate.id)
    db.session.execute(locked.with_for_update(key_share=True))
    if keys:
        mails = select(Delivery.id).where(Delivery.address_key.in_(keys)).order_by(Delivery.id)
        db.session.execute(mails.with_for_update())


def _still_ours(claim: Claim, numbers: list[int]) -> dict[int, Delivery]:
    own = select(Delivery).where(Delivery.id.in_(numbers), Delivery.claim == claim.name, Delivery.status == Status.CLAIMED)
    own = own.options(selectinload(Delivery.candidate)).order_by(Delivery.id).with_for_update(of=Delivery)
    return {row.id: row for row in db.session.scalars(own.execution_options(populate_existing=True))}
