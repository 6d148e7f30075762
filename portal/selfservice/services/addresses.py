"""A new address counts once both mailboxes have said yes: neither a stolen page nor a slip of the pen moves anybody's mail."""

import hmac

from flask_babel import gettext as _

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Invalid, PortalError
from portal.privacy.queries import address_key
from portal.selfservice.models import AddressChange
from portal.selfservice.queries import NEW, OLD, find_change, find_open_change


def ask_for_address(candidate: Candidate, email: str) -> AddressChange:
    """Write to both addresses. Says nothing about whether somebody else has the new one: then its letter is not sent."""
    key = address_key(email)
    if key == candidate.address_key:
        raise Invalid(_("This is the address we have already."), "email")
    nonce = tokens.new_nonce()
    with transaction() as session:
        if earlier := find_open_change(candidate.id):
            give_up(earlier)
        change = AddressChange(
            candidate_id=candidate.id,
            email=email.strip(),
            nonce=nonce,
            old_hash=tokens.digest(tokens.derive(OLD, nonce)),
            new_hash=tokens.digest(tokens.derive(NEW, nonce)),
            asked_at=clock.now(),
        )
        session.add(change)
        session.flush()
        delivery.enqueue(Purpose.ADDRESS, change.id, [candidate.id])
        delivery.enqueue_to(Purpose.ADDRESS, change.id, change.email)  # without a name: it may be a slip of the pen
        return change


def confirm(token: str) -> AddressChange | None:
    """One mailbox says yes; the second yes carries it out. None when the link opens nothing (any more)."""
    with transaction() as session:
        if (change := find_change(token)) is None:
            return None
        session.refresh(change, with_for_update=True)
        if hmac.compare_digest(tokens.digest(token), change.old_hash):
            change.old_confirmed_at = change.old_confirmed_at or clock.now()
        else:
            change.new_confirmed_at = change.new_confirmed_at or clock.now()
        if change.old_confirmed_at and change.new_confirmed_at and change.closed_at is None:
            _carry_out(change)
        return change


def give_up(change: AddressChange) -> AddressChange:
    """The address stays what it is; the letters' links open nothing any more."""
    with transaction():
        change.closed_at, change.email = change.closed_at or clock.now(), ""
        delivery.cancel(Purpose.ADDRESS, change.id)
        return change


def _carry_out(change: AddressChange) -> None:
    try:
        candidates.change_address(change.candidate, change.email)
        change.done_at = clock.now()
    except PortalError:  # taken or closed to us since they asked: nothing changes, and we do not say whose it is
        change.done_at = None
    change.closed_at, change.email = clock.now(), ""
