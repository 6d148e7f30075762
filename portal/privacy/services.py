"""Suppressing addresses, establishing lawful bases, recording notices."""

import calendar
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import transaction
from portal.privacy.models import Basis, LawfulBasis, Notice, Suppression, SuppressionReason
from portal.privacy.queries import address_hash, address_key, find_notice, find_suppression

# Months for which data may be kept unless something newer permits more.
MONTHS = {Basis.LEGITIMATE_INTEREST: 12, Basis.CONSENT: 24}


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
        return entry


def establish(
    candidate_id: int, basis: Basis, since: datetime | None = None, until: datetime | None = None, evidence: str = ""
) -> LawfulBasis:
    """From now on this basis counts: by default from this moment, legitimate interest for 12 months, consent for 24."""
    since = since or clock.now()
    with transaction() as session:
        row = LawfulBasis(
            candidate_id=candidate_id, basis=basis, since=since, until=until or basis_ends(basis, since), evidence=evidence
        )
        session.add(row)
        return row


def establish_all(candidate_ids: Iterable[int], basis: Basis, since: datetime, evidence: str = "") -> None:
    """`establish` with its defaults for many people at once."""
    until = basis_ends(basis, since)
    rows = [
        {"candidate_id": candidate_id, "basis": basis, "since": since, "until": until, "evidence": evidence}
        for candidate_id in candidate_ids
    ]
    with transaction() as session:
        if rows:
            session.execute(insert(LawfulBasis), rows)


def record_notice(candidate_id: int, delivery_id: int | None = None) -> Notice:
    """The candidate has been told, by this mail. The first notice counts."""
    with transaction() as session:
        if known := find_notice(candidate_id):
            return known
        notice = Notice(candidate_id=candidate_id, at=clock.now(), delivery_id=delivery_id)
        session.add(notice)
        return notice


def basis_ends(basis: Basis, since: datetime) -> datetime:
    """The same day so many months later, or the last of that month when it has no such day."""
    years, month = divmod(since.month - 1 + MONTHS[basis], 12)
    year = since.year + years
    return since.replace(year=year, month=month + 1, day=min(since.day, calendar.monthrange(year, month + 1)[1]))
