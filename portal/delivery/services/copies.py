"""Copies of mails as they were sent: for who asks what was written to them, and for the outbox where no mail server is set."""

from datetime import timedelta

from sqlalchemy import delete, select

from portal import clock
from portal.db import db, transaction
from portal.delivery.emails import Envelope
from portal.delivery.models import Delivery, OutboxMail

# Mail to people who are no candidates is kept only so that whoever tries the portal out can read it.
STRANGERS_KEPT = timedelta(days=14)
SLICE = 500


def keep(row: Delivery, mail: Envelope, *, usable: bool) -> None:
    """Keep one copy for a row, the newest. `usable`: with links that work, because the copy is all there is of the mail."""
    if row.candidate_id is None and not usable:
        return
    session = db.session()
    session.execute(delete(OutboxMail).filter_by(delivery_id=row.id))
    session.add(
        OutboxMail(
            delivery_id=row.id,
            sender=mail.sender,
            recipient=mail.recipient,
            subject=mail.subject,
            raw=mail.raw if usable else mail.kept,
            at=clock.now(),
        )
    )


def drop(row: Delivery) -> None:
    """It was not taken, so there is nothing to show."""
    db.session.execute(delete(OutboxMail).filter_by(delivery_id=row.id))


def forget_strangers() -> int:
    """Delete old copies of mail to people who are no candidates; returns how many."""
    to_strangers = select(Delivery.id).where(Delivery.candidate_id.is_(None))
    old = select(OutboxMail.id).where(OutboxMail.at < clock.now() - STRANGERS_KEPT, OutboxMail.delivery_id.in_(to_strangers))
    with transaction() as session:
        gone = delete(OutboxMail).where(OutboxMail.id.in_(old.limit(SLICE)))
        return len(session.scalars(gone.returning(OutboxMail.id)).all())
