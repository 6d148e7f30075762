"""Asking for a fresh link, going in by it, leaving. Asking does the same for everybody: what differs happens in the worker."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, update

from portal import clock, tokens
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.extensions import jobs
from portal.privacy import services as privacy
from portal.privacy.models import Action
from portal.selfservice.models import Access, AddressChange, Stay
from portal.selfservice.queries import (
    ADDRESS_LIVES,
    LINK,
    LINK_LIVES,
    LONGEST_STAY,
    count_accesses,
    find_access,
    list_waiting_accesses,
)

# Nobody's mailbox is flooded by somebody who knows the address.
MOST_AN_HOUR, MOST_A_DAY = 3, 8
# How long it stays visible on the page itself that somebody was there.
REMEMBERED = timedelta(days=365)


def ask(candidate_id: int | None) -> Access:
    """A fresh link for somebody, or for nobody: the same row either way, so that the answer takes the same time."""
    nonce = tokens.new_nonce()
    with transaction() as session:
        access = Access(
            nonce=nonce,
            token_hash=tokens.digest(tokens.derive(LINK, nonce)),
            candidate_id=candidate_id,
            asked_at=clock.now(),
        )
        session.add(access)
        session.flush()
        jobs.kick("selfservice.links")
        return access


def hand_on() -> int:
    """Queue the mails of links that were asked for; throw away those of nobody, and those that would be too many."""
    with transaction() as session:
        waiting = list_waiting_accesses()
        for access in waiting:
            if access.candidate_id is None or _too_many(access.candidate_id):
                session.delete(access)
                continue
            access.handed_on_at = clock.now()
            session.flush()
            delivery.enqueue(Purpose.ACCESS, access.id, [access.candidate_id])
    return len(waiting)


def enter(token: str) -> tuple[Stay, str] | None:
    """Spend a link: a stay and the secret for its cookie. None when it opens nothing (any more); of two presses one wins."""
    secret = secrets.token_urlsafe(24)
    with transaction() as session:
        if (access := find_access(token)) is None or access.candidate is None:
            return None
        mine = update(Access).where(Access.id == access.id, Access.spent_at.is_(None)).values(spent_at=clock.now())
        if not session.scalars(mine.returning(Access.id)).all() or access.candidate.erased_at is not None:
            return None
        stay = Stay(token_hash=tokens.digest(secret), candidate_id=access.candidate.id, since=clock.now())
        session.add(stay)
        session.flush()
        privacy.audit(Action.SIGNED_IN, candidate_id=stay.candidate_id)
        return stay, secret


def leave(stay: Stay) -> None:
    """The cookie opens nothing any more."""
    with transaction():
        stay.ended_at = stay.ended_at or clock.now()


def forget() -> int:
    """Links that opened nothing for long, stays that ended long ago, addresses that nobody confirmed; returns how many rows."""
    now = clock.now()
    old = (
        delete(Access).where(Access.asked_at < now - LINK_LIVES, Access.candidate_id.is_(None)).returning(Access.id),
        delete(Access).where(Access.asked_at < now - REMEMBERED).returning(Access.id),
        delete(Stay).where(Stay.since < now - LONGEST_STAY - REMEMBERED).returning(Stay.id),
    )
    late = (AddressChange.asked_at < now - ADDRESS_LIVES) & AddressChange.closed_at.is_(None)
    lapsed = update(AddressChange).where(late).values(closed_at=now, email="").returning(AddressChange.id)
    with transaction() as session:
        return sum(len(session.scalars(statement).all()) for statement in (*old, lapsed))


def _too_many(candidate_id: int) -> bool:
    now = clock.now()
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    return count_accesses(candidate_id, hour) >= MOST_AN_HOUR or count_accesses(candidate_id, day) >= MOST_A_DAY
