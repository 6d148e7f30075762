"""Working through the queue of a campaign: what was found out, the note, and what is set aside for later."""

from flask_babel import gettext as _
from sqlalchemy import delete

from portal import clock
from portal.candidates.services.research import Findings, research
from portal.db import transaction
from portal.errors import Invalid
from portal.outreach.models import OutreachMessage, SetAside
from portal.outreach.queries.research import OPEN, find_aside
from portal.outreach.services.messages import write_note

REASON_LIMIT = 200


def work_on(message: OutreachMessage, findings: Findings, note: str, hold: str = "", actor_id: int | None = None) -> None:
    """Keep research and note together, or neither. With a reason in `hold` the message goes to the end of the queue."""
    with transaction() as session:
        session.refresh(message)
        research(message.candidate, findings, actor_id)
        if message.status in OPEN:
            _set_aside(message, hold.strip(), actor_id)
            write_note(message, note)


def _set_aside(message: OutreachMessage, reason: str, actor_id: int | None) -> None:
    if len(reason) > REASON_LIMIT:
        raise Invalid(_("A few words are enough: at most %(limit)s characters.", limit=REASON_LIMIT), "hold")
    known = find_aside(message.id)
    with transaction() as session:
        if not reason:
            session.execute(delete(SetAside).filter_by(message_id=message.id))
        elif known is None:
            session.add(SetAside(message_id=message.id, reason=reason, at=clock.now(), actor_id=actor_id))
        elif known.reason != reason:
            known.reason, known.at, known.actor_id = reason, clock.now(), actor_id
