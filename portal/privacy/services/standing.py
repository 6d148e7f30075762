"""Suppressing addresses, establishing and renewing lawful bases, recording notices."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import after_commit, transaction
from portal.privacy.models import Basis, LawfulBasis, Notice, Suppression, SuppressionReason
from portal.privacy.queries import address_hash, address_key, find_notice, find_suppression
from portal.privacy.services import journal
from portal.privacy.services.terms import settle_terms
from portal.privacy.verdicts import MONTHS, months_later
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def suppress(address: str, reason: SuppressionReason) -> Suppression:
    """Never again: keep the keyed hash of an address. A second time changes nothing, the first date and reason stay."""
    with transaction() as session:
        if known := find_suppression(address):
            return known
        entry = Suppression(address_hash=address_hash(address_key(address)), reason=reason, at=clock.now())
        try:
            with session.begin_nested():
                session.add(entry)
        except IntegrityError:  # another process was faster by a moment
            return find_suppression(address) or entry
        after_commit(lambda: journal.note_suppression(entry))
        return entry


def establish(
    candidate_id: int, basis: Basis, since: datetime | None = None, until: datetime | None = None, evidence: str = ""
) -> LawfulBasis:
    """From now on this basis counts. `until` is a day that was promised, and stays.

    Without it the rule of the person's country counts: 12 months after the last contact for legitimate interest, 24 for consent,
    unless an administrator set others.
    """
    since = since or clock.now()
    with transaction() as session:
        row = LawfulBasis(
            candidate_id=candidate_id,
            basis=basis,
            since=since,
            until=until or basis_ends(basis, since),
            promised_until=until,
            evidence=evidence,
        )
        session.add(row)
        session.flush()
        settle_terms([candidate_id])
        return row


def establish_all(candidate_ids: Iterable[int], basis: Basis, since: datetime, evidence: str = "") -> None:
    """`establish` with its defaults for many people at once."""
    until, numbers = basis_ends(basis, since), list(candidate_ids)
    rows = [
        {"candidate_id": candidate_id, "basis": basis, "since": since, "until": until, "evidence": evidence}
        for candidate_id in numbers
    ]
    with transaction() as session:
        if rows:
            session.execute(insert(LawfulBasis), rows)
            settle_terms(numbers)


def establish_selected(ids: Select[Any], basis: Basis, since: datetime) -> None:
    """The same for everybody whom a query selects, by one statement. Their terms are missing then: `settle_terms` comes after."""
    same = {"basis": basis, "since": since, "until": basis_ends(basis, since)}
    chosen = ids.subquery()
    constant = [literal(value, LawfulBasis.__table__.c[name].type).label(name) for name, value in same.items()]
    rows = insert(LawfulBasis).from_select(["candidate_id", *same], select(chosen.c[0], *constant))
    with transaction() as session:
        session.execute(rows)


def renew(candidate_id: int) -> LawfulBasis:
    """The person wants to be kept: from now on by consent, which the rule lets last longer."""
    with transaction():
        timeline.record(candidate_id, Kind.RENEWED, Direction.IN, Channel.WEB)
        return establish(candidate_id, Basis.CONSENT, evidence="renewed with one press")


def record_notice(candidate_id: int, delivery_id: int | None = None) -> Notice:
    """The candidate has been told, by this mail. The first notice counts."""
    with transaction() as session:
        if known := find_notice(candidate_id):
            return known
        notice = Notice(candidate_id=candidate_id, at=clock.now(), delivery_id=delivery_id)
        session.add(notice)
        session.flush()
        settle_terms([candidate_id])
        return notice


def basis_ends(basis: Basis, since: datetime) -> datetime:
    """When a basis ends where no rule of a country says otherwise and nothing is heard: so many months later."""
    return months_later(since, MONTHS[basis])
