"""Which mails a worker has: taken together, renewed while it lives, given back when it could not begin."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from portal import clock
from portal.db import db, transaction
from portal.delivery.models import Delivery, Status
from portal.delivery.services import pace
from portal.delivery.services.pauses import not_paused

CLAIM_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Claim:
    """Rows that are ours while each still bears this name."""

    name: str
    ids: list[int]


def take(limit: int) -> Claim:
    """Take the rows that wait longest, as many as the pace allows. Of several workers that see the same row, one gets it."""
    now, name = clock.now(), secrets.token_hex(12)
    free = (Delivery.status == Status.DUE) & (Delivery.not_before <= now) & Delivery.held_at.is_(None)
    with transaction() as session:
        limit = min(limit, pace.allowance(now))
        longest = select(Delivery.id).where(free, not_paused()).order_by(Delivery.not_before, Delivery.id).limit(limit)
        ids = session.scalars(longest.with_for_update(skip_locked=True)).all() if limit > 0 else []
        mine = update(Delivery).where(Delivery.id.in_(ids), free)
        mine = mine.values(status=Status.CLAIMED, lease_until=now + CLAIM_LEASE, claim=name)
        taken = sorted(session.scalars(mine.returning(Delivery.id)).all()) if ids else []
        pace.reserve(now, len(taken))
        return Claim(name, taken)


def rows(claim: Claim, ids: list[int] | None = None) -> list[Delivery]:
    """The rows that are still ours, with their people, in order."""
    wanted = select(Delivery).where(Delivery.id.in_(claim.ids if ids is None else ids), Delivery.claim == claim.name)
    wanted = wanted.where(Delivery.status == Status.CLAIMED).options(selectinload(Delivery.candidate)).order_by(Delivery.id)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def give_back(claim: Claim) -> int:
    """Rows of ours that nobody began with are due again at once; returns how many."""
    with transaction() as session:
        ours = (Delivery.status == Status.CLAIMED) & (Delivery.claim == claim.name)
        free = update(Delivery).where(Delivery.id.in_(claim.ids), ours).values(status=Status.DUE, lease_until=None, claim=None)
        back = len(session.scalars(free.returning(Delivery.id)).all())
        pace.reserve(clock.now(), -back)
        return back
