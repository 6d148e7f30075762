"""What a crash left behind."""

from pathlib import Path

from sqlalchemy import select, update

from portal import clock
from portal.db import transaction
from portal.delivery.models import Delivery, Status
from portal.delivery.services import journal, outcomes
from portal.delivery.services.journal import Outcome, Told

STOPPED = "The worker stopped while it was sending."


def sweep() -> int:
    """Settle what dead workers had; returns how many rows.

    First by their journals, which say exactly what was begun. Then rows whose lease has run out without one (another machine, a
    lost disk): claimed ones were never begun and are due again; those on the wire are uncertain for good.
    """
    found = sum(_fold(path) for path in sorted(journal.folder().glob(f"*{journal.ENDING}")))
    late = Delivery.lease_until <= clock.now()
    with transaction() as session:
        lost = update(Delivery).where(Delivery.status == Status.SENDING, late)
        lost = lost.values(status=Status.UNCERTAIN, lease_until=None, error=STOPPED)
        free = update(Delivery).where(Delivery.status == Status.CLAIMED, late)
        free = free.values(status=Status.DUE, lease_until=None, claim=None)
        return found + sum(len(session.scalars(change.returning(Delivery.id)).all()) for change in (lost, free))


def _fold(path: Path) -> int:
    with journal.left_behind(path) as told:
        if told is None:
            return 0
        with transaction() as session:
            open_ones = (Status.CLAIMED, Status.SENDING, Status.UNCERTAIN)
            own = select(Delivery.id, Delivery.status).where(Delivery.claim == told.claim, Delivery.status.in_(open_ones))
            rows = session.execute(own).all()
            said = [_said(told, number, status) for number, status in rows]
            outcomes.fold(told.claim, said, told.notes)
        path.unlink(missing_ok=True)
        return len(rows)


def _said(told: Told, number: int, status: Status) -> Outcome:
    """After a power cut the journal's end may be lost: what it does not mention may have been begun all the same."""
    if number in told.outcomes:
        return told.outcomes[number]
    if number in told.started or (status is not Status.CLAIMED and told.boot != journal.boot()):
        return Outcome(number, "uncertain", STOPPED)
    return Outcome(number, "unbegun")
