"""The mails that are on their way at this moment, and the lines they go over."""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flask import Flask

from portal import clock
from portal.db import db
from portal.delivery import smtp
from portal.delivery.models import Delivery, Purpose
from portal.delivery.queries import facts_of, find_row
from portal.delivery.services.composing import Ready
from portal.delivery.services.gate import gate_row
from portal.delivery.services.journal import Journal, Outcome
from portal.delivery.services.pauses import is_paused
from portal.delivery.verdicts import Question, decide

# A wish that came since the last look is seen before so many seconds have gone.
LOOK_SECONDS = 0.5
# No mail begins later than this after its row said `sending`: with the longest dialogue it must end within the row's lease.
BEGIN_SECONDS = 300.0
# Fewer mails than this are not worth another connection.
PER_LINE = 8
# So many final refusals of a subject in a row, or of its last hundred, are not about the addresses.
IN_A_ROW, OF_A_HUNDRED, HUNDRED = 5, 5, 100
_LOG = logging.getLogger(__name__)


class Refusals:
    """Which mailings the server refuses for everybody. Shared by the windows of a run."""

    def __init__(self) -> None:
        self._recent: dict[tuple[Purpose, int], deque[bool]] = {}
        self.stopped: dict[tuple[Purpose, int], str] = {}

    def count(self, about: tuple[Purpose, int], trouble: smtp.Trouble | None) -> None:
        """One mail of a subject was taken or refused."""
        recent = self._recent.setdefault(about, deque(maxlen=HUNDRED))
        recent.append(isinstance(trouble, smtp.Permanent))
        last = list(recent)[-IN_A_ROW:]
        if (len(last) == IN_A_ROW and all(last)) or (len(recent) == HUNDRED and sum(recent) >= OF_A_HUNDRED and recent[-1]):
            self.stopped.setdefault(about, str(trouble))


class Window:
    """Mails whose rows say `sending`; it watches them go. Used by several threads at once."""

    def __init__(self, app: Flask, journal: Journal, ready: Sequence[Ready], refusals: Refusals) -> None:
        self._app, self._journal, self._refusals = app, journal, refusals
        self._left = deque(ready)
        self._ready = {one.number: one for one in ready}
        self._looked = time.monotonic()
        self._lock = threading.Lock()
        self._settled: dict[int, Outcome] = {}

    def source(self) -> smtp.Mail | None:
        """The next mail that may begin."""
        with self._lock:
            while self._left and time.monotonic() < self._looked + BEGIN_SECONDS:
                one = self._left.popleft()
                if one.about not in self._refusals.stopped:
                    envelope = one.envelope
                    return smtp.Mail(one.number, envelope.sender, envelope.recipient, envelope.raw)
        return None

    def may_go(self, mail: smtp.Mail) -> bool:
        """The last look where that of the whole window is too old; a yes is in the journal when this returns."""
        if self._ready[mail.number].about in self._refusals.stopped:
            return False
        if time.monotonic() > self._looked + LOOK_SECONDS and not self._look(mail.number):
            return False
        self._journal.started(mail.number)
        return True

    def settled(self, mail: smtp.Mail, trouble: smtp.Trouble | None) -> None:
        """What became of a mail."""
        outcome = _outcome(mail.number, trouble)
        self._journal.settled(outcome)
        with self._lock:
            self._settled[mail.number] = outcome
            if trouble is None or isinstance(trouble, smtp.Permanent):
                self._refusals.count(self._ready[mail.number].about, trouble)

    def outcomes(self) -> list[Outcome]:
        """What became of each mail; those that nobody began with are due again."""
        return [self._settled.get(number, Outcome(number, "unbegun")) for number in self._ready]

    def _look(self, number: int) -> bool:
        try:
            with self._app.app_context():
                row = find_row(number)
                said = row is not None and not is_paused(row.purpose, row.subject_id) and _still_wanted(row, self._ready[number])
                db.session.remove()
                return said
        except Exception:  # noqa: BLE001 - without an answer the mail does not leave
            _LOG.exception("mail.look_failed", extra={"delivery": number})
            return False


class Lines:
    """The lines to the mail server, kept from window to window."""

    def __init__(self, server: smtp.Server, most: int) -> None:
        self._lines = [smtp.Line(server) for _line in range(most)]
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="mail")

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown()
        for line in self._lines:
            line.__exit__(None, None, None)

    def deliver(self, window: Window, mails: int) -> smtp.Unreachable | None:
        """Send a window; returns why no server could be reached, None when one could."""
        lines = self._lines[: max(1, -(-mails // PER_LINE))]
        troubles = list(self._pool.map(lambda line: _run(line, window), lines))
        return troubles[0] if all(troubles) else None


def _run(line: smtp.Line, window: Window) -> smtp.Unreachable | None:
    try:
        smtp.run(line, window.source, window)
    except smtp.Unreachable as trouble:
        return trouble
    return None


def _still_wanted(row: Delivery, ready: Ready) -> bool:
    """What the person wishes now. Their pace was asked about when the window began; this very mail counts in it since."""
    now = clock.now()
    if row.candidate is None:
        return gate_row(row, now, ready.letter.notice).allowed
    facts = replace(facts_of([row.candidate])[row.candidate.id], last_mail_at=None)
    return decide(facts, Question(row.purpose, now, ready.letter.notice)).allowed


def _outcome(number: int, trouble: smtp.Trouble | None) -> Outcome:
    if trouble is None:
        return Outcome(number, "sent")
    kinds = {smtp.Temporary: "again", smtp.Permanent: "failed", smtp.Unknown: "uncertain", smtp.Unreachable: "later"}
    recipient = isinstance(trouble, smtp.Permanent) and trouble.recipient
    return Outcome(number, kinds.get(type(trouble), "unbegun"), str(trouble), trouble.code, trouble.enhanced, recipient)
