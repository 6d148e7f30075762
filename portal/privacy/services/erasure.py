"""Erasing a person everywhere: every feature lets go of what it holds, in one transaction, and only hashes stay."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal import clock, personal
from portal.db import after_commit, db, transaction
from portal.errors import NotFound, Refused
from portal.extensions import jobs
from portal.privacy.models import PERSON, Action, Erasure, SuppressionReason
from portal.privacy.queries import address_hash, address_key, find_hold
from portal.privacy.services import journal
from portal.privacy.services.scrubbing import scrub_at_once
from portal.privacy.services.standing import suppress
from portal.privacy.services.trail import audit

# Without signs that look alike; 50 bits, so that nobody guesses somebody else's.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
# Who asked. By a rule alone nobody is kept from coming back, unless they had said that they want no mail.
RULE = "rule"


@dataclass(frozen=True)
class Receipt:
    """What the person is shown: a reference to ask by, when it was done, and how many things each feature let go of."""

    reference: str
    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Order:
    """An erasure that shall be done. `by`: "candidate", "staff", "rule", or "journal" for one that a backup had brought back."""

    by: str
    actor_id: int | None
    reference: str
    at: datetime


def erase(candidate_id: int, by: str, actor_id: int | None = None) -> Receipt:
    """Erase a person everywhere, at once, together with the rows that were merged into theirs.

    A second time gives the first receipt. Refused while a legal hold keeps the data: the wish is noted, and carried out when it
    ends.
    """
    if _note_wish(_root(candidate_id), by, actor_id):
        raise Refused(_held())
    with transaction() as session:
        family = _lock_family(session, candidate_id)
        if receipt := _earlier(session, family):
            return receipt
        order = Order(by, actor_id, _reference(), clock.now())
        return carry_out(session, family, order)


def carry_out(session: Session, family: Sequence[Any], order: Order) -> Receipt:
    """Let go of these rows of one person, inside the caller's transaction."""
    persons, addresses = [person_hash(row.public_id) for row in family], _shut_out(family, order)
    counts = {holder.KEY: sum(len(holder.held(row.id)) for row in family) for holder in personal.holders()}
    for holder in personal.holders():
        for row in family:
            holder.erase(row.id)
        session.flush()
    receipt = Erasure(
        reference=order.reference,
        at=order.at,
        by=order.by,
        actor_id=order.actor_id,
        whom_id=family[0].id,
        persons=persons,
        addresses=addresses,
        counts=counts,
    )
    session.add(receipt)
    session.flush()
    audit(Action.ERASED, candidate_id=family[0].id, actor_id=order.actor_id, by=order.by)
    after_commit(lambda: _settle_outside(receipt))
    return Receipt(order.reference, order.at, counts)


def person_hash(public_id: str) -> str:
    """By what the journal knows a person: their public name is random, so its hash cannot be guessed back."""
    return hashlib.sha256(public_id.encode()).hexdigest()


def _settle_outside(receipt: Erasure) -> None:
    """What lies outside the database: the journal, the write-ahead log, and what this process still has in memory."""
    journal.note_erasure(receipt)
    db.session.expire_all()
    db.session.commit()
    scrub_at_once()
    jobs.kick("retention.scrub")


def _lock_family(session: Session, candidate_id: int) -> Sequence[Any]:
    """The person's row and all that were merged into it, locked; theirs first."""
    root = _root(candidate_id)
    numbers, more = {root}, {root}
    while more := set(session.scalars(select(PERSON.c.id).where(PERSON.c.merged_into_id.in_(more)))) - numbers:
        numbers |= more
    return session.execute(_locked(numbers)).all()


def _root(candidate_id: int) -> int:
    """The row that stands for a person, when theirs was merged into another."""
    found = db.session.execute(select(PERSON.c.id, PERSON.c.merged_into_id).where(PERSON.c.id == candidate_id)).first()
    if found is None:
        raise NotFound(_("There is no such candidate."))
    return candidate_id if found.merged_into_id is None else _root(found.merged_into_id)


def _locked(numbers: set[int]) -> Select[Any]:
    rows = select(PERSON).where(PERSON.c.id.in_(numbers))
    return rows.order_by(PERSON.c.merged_into_id.is_not(None), PERSON.c.id).with_for_update()


def _earlier(session: Session, family: Sequence[Any]) -> Receipt | None:
    if all(row.erased_at is None for row in family):
        return None
    ids = [row.id for row in family]
    known = session.scalar(select(Erasure).where(Erasure.whom_id.in_(ids)).order_by(Erasure.id.desc()).limit(1))
    return Receipt(known.reference, known.at, known.counts) if known else None


def _shut_out(family: Sequence[Any], order: Order) -> list[str]:
    """Keep the keyed hashes of their addresses, so that nobody adds them again."""
    kept = []
    for row in family:
        said_stop = row.objected_at or row.unsubscribed_at or row.do_not_contact_at
        if not row.email or (order.by == RULE and not said_stop):
            continue
        suppress(row.email, SuppressionReason.OBJECTED if order.by == RULE else SuppressionReason.ERASED)
        kept.append(address_hash(address_key(row.email)))
    return kept


def _note_wish(candidate_id: int, by: str, actor_id: int | None) -> bool:
    if find_hold(candidate_id) is None:
        return False
    with transaction():
        if (hold := find_hold(candidate_id)) is None:
            return False
        if by != RULE:
            hold.erasure_asked_at = hold.erasure_asked_at or clock.now()
            audit(Action.HELD, candidate_id=candidate_id, actor_id=actor_id, erasure_asked=True)
        return True


def _held() -> str:
    return str(
        _(
            "The law obliges us to keep this data for now. It is locked away: nobody uses it and nothing is mailed. "
            "Your wish is noted, and all is erased by itself on the day the obligation ends."
        )
    )


def _reference() -> str:
    """Ten signs in two groups, easy to read out on the telephone."""
    signs = [secrets.choice(ALPHABET) for _place in range(10)]
    return "".join(signs[:5]) + "-" + "".join(signs[5:])
