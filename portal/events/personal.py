"""What events hold about a person: where they checked in."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from portal.candidates.queries import find_candidate
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.events.models import CheckIn
from portal.events.queries import list_of
from portal.personal import Item

KEY = "events"
TITLE = _l("Events you came to")


def held(candidate_id: int) -> Sequence[Item]:
    """Check-ins that were confirmed, the latest first."""
    return [_item(row) for row in list_of(candidate_id)]


def erase(candidate_id: int) -> None:
    """Delete them, and those of the same address that wait to be confirmed."""
    candidate = find_candidate(candidate_id)
    with transaction() as session:
        mine = CheckIn.candidate_id == candidate_id
        if candidate and candidate.address_key:
            waiting = CheckIn.address_key == candidate.address_key
            for number in session.scalars(select(CheckIn.id).where(waiting)):
                delivery.cancel(Purpose.CHECK_IN, number)
            mine |= waiting
        session.execute(delete(CheckIn).where(mine))


def _item(row: CheckIn) -> Item:
    facts = {_("Confirmed"): row.confirmed_at.date().isoformat() if row.confirmed_at else "", _("Place"): row.source.place}
    return Item(_("You checked in at %(event)s", event=row.source.name), row.at, facts)
