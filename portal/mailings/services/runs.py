"""A mailing's way: planned, started, filled with delivery rows, paused, resumed, cancelled, finished.

Every step is one conditional UPDATE on the status, so that a double click, two recruiters or two workers take it once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import update

from portal import clock
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict, Invalid
from portal.extensions import jobs
from portal.mailings import queries
from portal.mailings.models import EAST, Mailing, MailingStatus, local_moment

# How long before the first clock strikes the rows are made.
LEAD = timedelta(hours=1)
# What was missed by more than this in the company's zone is not caught up on.
TOO_LATE = timedelta(days=1)
BEFORE_START = (MailingStatus.DRAFT, MailingStatus.PLANNED)
STARTED = (MailingStatus.RUNNING, MailingStatus.DONE)
PAUSABLE = (MailingStatus.PLANNED, MailingStatus.RUNNING)
OPEN = (*BEFORE_START, MailingStatus.RUNNING, MailingStatus.PAUSED)


def plan(mailing: Mailing, on: date, hour: int = 9, minute: int = 0) -> Mailing:
    """Send it on a day at a time, in each recipient's zone. Invalid when that is over in the company's zone."""
    if local_moment(on, hour, minute, settings().time_zone) <= clock.now():
        raise Invalid(_("This moment is over. Choose a later one, or send it now."), "on")
    with transaction():
        if not _step(mailing, BEFORE_START, status=MailingStatus.PLANNED, on=on, hour=hour, minute=minute):
            raise Conflict(_("This mailing has begun already."))
        return mailing


def start(mailing: Mailing) -> Mailing:
    """Send it now. A second time changes nothing; Conflict when it is paused, cancelled or was skipped."""
    with transaction() as session:
        begun = _step(mailing, BEFORE_START, status=MailingStatus.RUNNING, on=None, started_at=clock.now())
        session.refresh(mailing)
        if not begun and mailing.status not in STARTED:
            raise Conflict(_("This mailing cannot be sent as it is now: it is paused or cancelled."))
        jobs.kick("mailings.start_due")
        return mailing


def pause(mailing: Mailing) -> Mailing:
    """Nothing of it leaves until it is resumed. What is on the wire at this moment still arrives."""
    with transaction():
        if _step(mailing, PAUSABLE, status=MailingStatus.PAUSED):
            delivery.hold(Purpose.MAILING, mailing.id)
        return mailing


def stopped_because(mailing: Mailing) -> str:
    """Why mail of it rests although nobody paused it: the server refused it for everybody, or too many complained. Else empty."""
    return delivery.is_paused(Purpose.MAILING, mailing.id) if mailing.status is MailingStatus.RUNNING else ""


def resume(mailing: Mailing, by: str = "") -> Mailing:
    """Go on; who has not had it yet gets it at their time, or at once. `by`: who looked at what had stopped it."""
    with transaction():
        delivery.resume(Purpose.MAILING, mailing.id, by)
        back = MailingStatus.RUNNING if mailing.started_at else MailingStatus.PLANNED
        if _step(mailing, (MailingStatus.PAUSED,), status=back):
            delivery.release(Purpose.MAILING, mailing.id)
            jobs.kick("mailings.start_due")
        return mailing


def cancel(mailing: Mailing) -> Mailing:
    """Nothing more of it leaves, ever. Conflict when it is over already."""
    with transaction():
        if _step(mailing, OPEN, status=MailingStatus.CANCELLED, finished_at=clock.now()):
            delivery.cancel(Purpose.MAILING, mailing.id)
        elif mailing.status is not MailingStatus.CANCELLED:
            raise Conflict(_("This mailing is over already."))
        return mailing


def start_planned() -> int:
    """Begin planned mailings whose day has come somewhere on earth; skip what was missed. Returns how many."""
    return sum(_begin(mailing) for mailing in queries.list_planned() if is_near(mailing))


def fill() -> int:
    """Make delivery rows for a slice of the audience of each started mailing; returns how many people were looked at."""
    return sum(_fill(mailing) for mailing in queries.list_unfinished() if mailing.filled_at is None)


def finish() -> int:
    """Close mailings of which nothing waits any more; returns how many."""
    return sum(_finish(mailing) for mailing in queries.list_unfinished() if mailing.filled_at is not None)


def due_at(mailing: Mailing) -> datetime:
    """The moment that counts for us: its time in the company's zone, or when it was begun."""
    return mailing.moment_in(settings().time_zone) or mailing.started_at or mailing.created_at


def is_near(mailing: Mailing) -> bool:
    """Whether its time comes within the hour where the day begins first."""
    first = mailing.moment_in(EAST)
    return first is not None and first - LEAD <= clock.now()


def is_missed(mailing: Mailing) -> bool:
    """Whether nothing ran for more than a day when it was due."""
    return mailing.on is not None and clock.now() > due_at(mailing) + TOO_LATE


def skipped_note(mailing: Mailing) -> str:
    """Why a mailing was skipped."""
    when = format_datetime(due_at(mailing), "d MMMM y, HH:mm")
    return str(_("Nothing ran when this was due (%(when)s) nor in the day after. It was not sent late.", when=when))


def _begin(mailing: Mailing) -> bool:
    if is_missed(mailing):
        changes = {"status": MailingStatus.SKIPPED, "note": skipped_note(mailing), "finished_at": clock.now()}
    else:
        changes = {"status": MailingStatus.RUNNING, "started_at": clock.now()}
    with transaction():
        return _step(mailing, (MailingStatus.PLANNED,), **changes)


def _fill(mailing: Mailing) -> int:
    with transaction() as session:
        session.refresh(mailing, with_for_update=True)
        if mailing.status is not MailingStatus.RUNNING or mailing.filled_at is not None:
            return 0
        people = queries.list_audience(mailing.segment, mailing.filled_to)
        for moment, candidate_ids in _by_moment(mailing, people).items():
            delivery.enqueue(Purpose.MAILING, mailing.id, candidate_ids, moment)
        if people:
            mailing.filled_to = people[-1].id
        else:
            mailing.filled_at = clock.now()
        return max(len(people), 1)


def _by_moment(mailing: Mailing, people: Iterable[Candidate]) -> dict[datetime | None, list[int]]:
    found: dict[datetime | None, list[int]] = {}
    for candidate in people:
        moment = mailing.moment_in(candidate.time_zone or settings().time_zone)
        found.setdefault(moment, []).append(candidate.id)
    return found


def _finish(mailing: Mailing) -> bool:
    with transaction():
        if not queries.is_settled(mailing.id):
            return False
        return _step(mailing, (MailingStatus.RUNNING,), status=MailingStatus.DONE, finished_at=clock.now())


def _step(mailing: Mailing, before: Sequence[MailingStatus], **changes: Any) -> bool:
    """Change a mailing if it stands at one of these; whether it did. The row is read anew either way."""
    with transaction() as session:
        wanted = update(Mailing).where(Mailing.id == mailing.id, Mailing.status.in_(before)).values(**changes)
        done = session.scalars(wanted.returning(Mailing.id), execution_options={"synchronize_session": False}).all()
        session.refresh(mailing)
        return bool(done)
