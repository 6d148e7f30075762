"""Legal holds: the data is kept and not used, for a stated reason, until it ends."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Invalid, NotFound
from portal.privacy.models import PERSON, Action, Hold
from portal.privacy.queries import find_hold
from portal.privacy.services.terms import settle_terms
from portal.privacy.services.trail import audit


def hold(candidate_id: int, reason: str, until: date | None, actor_id: int | None = None) -> Hold:
    """Keep a person's data although a rule would delete it. The caller restricts its use."""
    if not (reason := " ".join(reason.split())):
        raise Invalid(_("Say which duty or dispute it is for. The person may read it."), "reason")
    with transaction() as session:
        alive = select(PERSON.c.id).where(PERSON.c.id == candidate_id, PERSON.c.erased_at.is_(None))
        if session.scalar(alive.with_for_update()) is None:
            raise NotFound(_("There is no such candidate."))
        if find_hold(candidate_id):
            raise Conflict(_("This data is held already. End that hold first."))
        row = Hold(candidate_id=candidate_id, reason=reason, placed_at=clock.now(), placed_by_id=actor_id, until=until)
        session.add(row)
        session.flush()
        audit(Action.HELD, candidate_id=candidate_id, actor_id=actor_id, until=until)
        settle_terms([candidate_id])
        return row


def end_hold(row: Hold, actor_id: int | None = None) -> Hold:
    """The duty is over: the rules of retention count again. The caller lifts the restriction, and erases who asked for it."""
    with transaction():
        if row.ended_at is None:
            row.ended_at, row.ended_by_id = clock.now(), actor_id
            audit(Action.HELD, candidate_id=row.candidate_id, actor_id=actor_id, ended=True)
            settle_terms([row.candidate_id])
        return row
