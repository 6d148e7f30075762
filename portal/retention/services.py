"""Informing people in time, asking them once, deleting them on their day, and holding what the law asks to hold."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from flask_babel import gettext as _

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_candidate
from portal.config import settings
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Action, Hold
from portal.privacy.queries import has_notice
from portal.retention import queries

SLICE = 50
# How many notices one press sends at most.
MANY = 500
# The folder that `portal restore` sets aside holds people who are erased later; so long it may stay.
ASIDE = timedelta(days=14)


def send_notice(candidate: Candidate, actor_id: int | None = None) -> int:
    """Mail the notice of GDPR Article 14 alone to somebody whom we have not written to; 0 when that was asked for before."""
    if has_notice(candidate.id):
        raise Conflict(_("They have been told already."))
    ruling = delivery.gate(candidate, Purpose.NOTICE, clock.now())
    if not ruling.allowed:
        raise Refused(_("The notice cannot be mailed. %(reason)s", reason=ruling.reason))
    with transaction():
        privacy.audit(Action.SENT, candidate_id=candidate.id, actor_id=actor_id, what="notice")
        return delivery.enqueue(Purpose.NOTICE, candidate.id, [candidate.id])


def send_late_notices(actor_id: int | None = None) -> int:
    """The same for everybody whom nobody told for 25 days, up to five hundred at a time; who may not be mailed is left out."""
    sent = 0
    for number in queries.list_late_ids(MANY):
        candidate = find_candidate(number)
        if candidate and delivery.gate(candidate, Purpose.NOTICE, clock.now()).allowed:
            sent += send_notice(candidate, actor_id)
    return sent


def remind_slice() -> int:
    """Ask some of those whose basis ends within a month whether they may be kept; once for each basis. Returns how many."""
    with transaction():
        due = queries.list_to_remind(clock.now(), SLICE)
        for basis in due:
            delivery.enqueue(Purpose.RENEWAL, basis.id, [basis.candidate_id])
        return len(due)


def delete_slice() -> int:
    """Erase some of those whose day has come; it is worked out once more before. Returns how many days it looked at."""
    due = queries.list_due_ids(clock.now(), SLICE)
    privacy.settle_terms(due)
    for number in sorted(set(due) & set(queries.list_due_ids(clock.now(), SLICE))):
        privacy.erase(number, "rule")
    return len(due)


def renew(renewal: queries.Renewal) -> None:
    """The person pressed the button. A second press changes nothing."""
    if renewal.current:
        privacy.renew(renewal.candidate_id)


def hold(candidate: Candidate, reason: str, until: date | None, actor_id: int | None = None) -> Hold:
    """Keep the data because the law or a dispute asks for it, and use it for nothing else."""
    with transaction():
        row = privacy.hold(candidate.id, reason, until, actor_id)
        candidates.restrict(candidate, actor_id=actor_id)
        return row


def end_hold(row: Hold, actor_id: int | None = None) -> bool:
    """The hold is over. Who asked to be erased meanwhile is erased now (then it returns True); the others may be used again."""
    number, asked = row.candidate_id, row.erasure_asked_at is not None
    with transaction():
        privacy.end_hold(row, actor_id)
        if candidate := find_candidate(number):
            candidates.unrestrict(candidate, actor_id=actor_id)
    if asked:
        privacy.erase(number, "candidate", actor_id)
    return asked


def end_due_holds() -> int:
    """End the holds that have come to their day; returns how many."""
    due = queries.list_ended_holds(clock.today(settings().time_zone))
    for row in due:
        end_hold(row)
    return len(due)


def forget_copies() -> int:
    """Delete what `portal restore` set aside two weeks ago, since no erasure reaches into it; returns how many folders."""
    old = [folder for folder in settings().data_dir.glob("before-restore-*") if _is_old(folder)]
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def _is_old(folder: Path) -> bool:
    return folder.is_dir() and clock.now().timestamp() - folder.stat().st_mtime > ASIDE.total_seconds()
