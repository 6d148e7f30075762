"""What came back of a mail that left. Each also settles a mail of which nobody knew whether it had left."""

from portal import clock
from portal.db import transaction
from portal.delivery.models import Bounce, Delivery, Status
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def came_back(row: Delivery, bounce: Bounce, code: str) -> bool:
    """It bounced. For good: the address is never written to again. False when that was known: one mail bounces once.

    A bounce for good outweighs one that may pass, whichever comes first.
    """
    with transaction() as session:
        session.refresh(row, with_for_update=True)
        arrived(row, "bounce")
        if row.bounce is not None and (bounce is not Bounce.HARD or row.bounce is Bounce.HARD):
            return False
        first = row.bounce is None
        row.bounce, row.status_code, row.bounced_at = bounce, code, clock.now()
        if bounce is Bounce.HARD:
            _suppress(row, SuppressionReason.BOUNCED)
        if first and row.candidate_id is not None:
            about = ("delivery", row.id)
            kind, way = Kind.BOUNCED, Direction.OUT
            timeline.record(row.candidate_id, kind, way, Channel.MAIL, subject=about, bounce=bounce.value, code=code)
        return True


def complained(row: Delivery) -> bool:
    """They marked it as spam: nothing is ever sent to this address again. False when that was known."""
    with transaction() as session:
        session.refresh(row, with_for_update=True)
        arrived(row, "complaint")
        if row.complained_at is not None:
            return False
        row.complained_at = clock.now()
        _suppress(row, SuppressionReason.COMPLAINED)
        if row.candidate_id is not None:
            timeline.record(
                row.candidate_id, Kind.COMPLAINED, Direction.IN, Channel.MAIL, subject=(row.purpose.value, row.subject_id)
            )
        return True


def arrived(row: Delivery, by: str) -> None:
    """Something came of it, so it had left: a mail of which nobody was sure counts as sent. `by`: bounce, reply, complaint."""
    with transaction():
        if row.status is Status.UNCERTAIN:
            row.status, row.resolved_by, row.error = Status.SENT, by, ""


def _suppress(row: Delivery, reason: SuppressionReason) -> None:
    address = row.recipient[1]
    if address:
        privacy.suppress(address, reason)
