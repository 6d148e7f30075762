"""What a crash left behind."""

from sqlalchemy import update

from portal import clock
from portal.db import transaction
from portal.delivery.models import Delivery, Status


def sweep() -> int:
    """Rows whose lease has run out: claimed ones were never begun and are due again; those on the wire are uncertain for good."""
    late = Delivery.lease_until <= clock.now()
    with transaction() as session:
        lost = update(Delivery).where(Delivery.status == Status.SENDING, late)
        lost = lost.values(status=Status.UNCERTAIN, lease_until=None, error="The worker stopped while it was sending.")
        free = update(Delivery).where(Delivery.status == Status.CLAIMED, late).values(status=Status.DUE, lease_until=None)
        return sum(len(session.scalars(change.returning(Delivery.id)).all()) for change in (lost, free))
