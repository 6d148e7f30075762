"""What the own page keeps about its visitor: links that were asked for, stays, new addresses that wait."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from portal.db import transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.personal import Item, Plain
from portal.selfservice import queries
from portal.selfservice.models import Access, AddressChange, Stay

KEY = "own_page"
TITLE = _l("Your visits to this page")


def held(candidate_id: int) -> Sequence[Item]:
    """Links that were asked for, when somebody was here, addresses that were asked for."""
    own = queries.own(candidate_id)
    found = [_link(row) for row in own.links] + [_stay(row) for row in own.stays] + [_change(row) for row in own.changes]
    return sorted(found, key=lambda item: item.at.timestamp() if item.at else 0.0, reverse=True)


def erase(candidate_id: int) -> None:
    """All of it, with the letters to new addresses, which belong to no candidate yet."""
    with transaction() as session:
        changes = select(AddressChange.id).where(AddressChange.candidate_id == candidate_id)
        letters = (Delivery.purpose == Purpose.ADDRESS) & Delivery.candidate_id.is_(None) & Delivery.subject_id.in_(changes)
        session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(select(Delivery.id).where(letters))))
        session.execute(delete(Delivery).where(letters, Delivery.status != Status.SENDING))
        for table in (Access, Stay, AddressChange):
            session.execute(delete(table).where(table.candidate_id == candidate_id))


def _link(row: Access) -> Item:
    return Item(_("A fresh link to this page was asked for"), row.asked_at, {_("Used"): row.spent_at is not None})


def _stay(row: Stay) -> Item:
    return Item(_("This page was opened by a fresh link"), row.since, {_("Left by the button"): row.ended_at is not None})


def _change(row: AddressChange) -> Item:
    facts: dict[str, Plain] = {
        _("New address"): row.email,
        _("Confirmed at the old address"): row.old_confirmed_at is not None,
        _("Confirmed at the new address"): row.new_confirmed_at is not None,
        _("Carried out"): row.done_at is not None,
    }
    return Item(
        _("A new address was asked for"),
        row.asked_at,
        {label: value for label, value in facts.items() if value not in ("", None)},
    )
