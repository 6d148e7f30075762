"""What waits: replies until they are settled, mails that could not be read until they can; and letting go of both."""

from datetime import timedelta

from sqlalchemy import delete, select

from portal import clock
from portal.candidates import services as candidates
from portal.db import transaction
from portal.inbound.models import InboundMail, Kind, PoisonMail, Reply
from portal.inbound.queries import get_set_aside
from portal.inbound.services.receiving import receive

# A settled reply; what nobody could read; and the line that a mail was read, after which no mail server tries again.
KEPT, ASIDE_KEPT, READ_KEPT = timedelta(days=180), timedelta(days=30), timedelta(days=400)
SLICE = 500


def settle(reply: Reply, actor_id: int) -> Reply:
    """Somebody has answered it, or done what it asks: what was held back for it may leave. A second time changes nothing."""
    with transaction():
        if reply.settled_at is None:
            reply.settled_at, reply.settled_by_id = clock.now(), actor_id
            if reply.wants_stop and reply.candidate is not None:
                candidates.let_go(reply.candidate)
        return reply


def replay(number: int) -> Kind | None:
    """Read a mail again that was set aside, after the reason was mended; it may be set aside once more."""
    with transaction() as session:
        row = get_set_aside(number)
        raw, recipient, size = bytes(row.raw), row.recipient, None if row.whole else row.size
        session.execute(delete(InboundMail).filter_by(digest=row.digest))
        session.delete(row)
        session.flush()
        return receive(raw, recipient, size)


def forget() -> int:
    """Let go of what is old, a slice of each; returns how many rows."""
    now = clock.now()
    settled = select(Reply.id).where(Reply.settled_at < now - KEPT)
    aside = select(PoisonMail.id).where(PoisonMail.at < now - ASIDE_KEPT)
    read = select(InboundMail.id).where(InboundMail.at < now - READ_KEPT)
    with transaction() as session:
        return sum(
            len(session.scalars(delete(table).where(table.id.in_(old.limit(SLICE))).returning(table.id)).all())
            for table, old in ((Reply, settled), (PoisonMail, aside), (InboundMail, read))
        )
