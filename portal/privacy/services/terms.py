"""Keeping the day of deletion true: worked out anew whenever the basis, the notice, a contact, a hold or a rule changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from portal.db import db, transaction
from portal.privacy.models import PERSON, Basis, Hold, LawfulBasis, Notice, Rule, Term
from portal.privacy.verdicts import MONTHS, Facts, basis_until, country_of, term
from portal.timeline.models import Direction, Kind, Touchpoint

SLICE = 1000
# A contact is what a person does. Our own mails keep nobody longer than the letter told them; nor does saying goodbye.
NO_CONTACT = (Kind.UNSUBSCRIBED,)


@dataclass(frozen=True)
class Rules:
    """The rules of retention, ready to be asked."""

    months: Mapping[tuple[str, Basis], int]
    spellings: Mapping[str, str]

    def months_for(self, country: str, basis: Basis) -> int:
        """A country's own number, that of all countries, or the default."""
        return self.months.get((country, basis)) or self.months.get(("", basis)) or MONTHS[basis]


def settle_terms(candidate_ids: Iterable[int]) -> int:
    """Work out the end of the basis and the day of deletion of these people; returns of how many it changed."""
    numbers, changed = list(candidate_ids), 0
    with transaction() as session:
        rules = read_rules()
        for start in range(0, len(numbers), SLICE):
            changed += _settle(session, numbers[start : start + SLICE], rules)
    return changed


def read_rules() -> Rules:
    """The rules as they are now."""
    rows = db.session.scalars(select(Rule)).all()
    spellings = {word.strip().casefold(): row.country for row in rows for word in row.country.split(",") if word.strip()}
    return Rules({(row.country, row.basis): row.months for row in rows}, spellings)


def _settle(session: Session, numbers: Sequence[int], rules: Rules) -> int:
    known = _known(session, numbers)
    bases = _newest_bases(session, numbers)
    before = {row.candidate_id: row for row in session.scalars(select(Term).where(Term.candidate_id.in_(numbers)))}
    new, changed, moved = [], [], []
    for row in known:
        values, until = _term(row, bases.get(row.id), rules)
        old = before.get(row.id)
        if until and until != bases[row.id].until:
            moved.append({"id": bases[row.id].id, "until": until})
        if old is None:
            new.append(values)
        elif any(getattr(old, name) != value for name, value in values.items()):
            changed.append({"id": old.id, **values})
    _write(session, new, changed, moved)
    return len(new) + len(changed)


def _write(session: Session, new: list[Any], changed: list[Any], moved: list[Any]) -> None:
    if moved:
        session.execute(update(LawfulBasis), moved)
    if changed:
        session.execute(update(Term), changed)
    if new:
        session.execute(insert(Term), new)


def _term(row: Any, basis: LawfulBasis | None, rules: Rules) -> tuple[dict[str, Any], datetime | None]:
    """The columns of somebody's term, and until when their basis lasts."""
    country = country_of(row.place or "", rules.spellings)
    until = None
    if basis is not None:
        until = basis_until(
            basis.since, row.contact_at or basis.since, rules.months_for(country, basis.basis), basis.promised_until
        )
    delete_at, why = term(Facts(row.collected_at, until, row.informed is not None, row.held is not None))
    contact = row.contact_at or row.collected_at
    return {"candidate_id": row.id, "delete_at": delete_at, "why": why, "country": country, "last_contact_at": contact}, until


def _known(session: Session, numbers: Sequence[int]) -> Sequence[Any]:
    """What the rule looks at, a row each of those who are not erased."""
    contact = (
        select(func.max(Touchpoint.at))
        .where(Touchpoint.candidate_id == PERSON.c.id, Touchpoint.direction == Direction.IN, Touchpoint.kind.not_in(NO_CONTACT))
        .scalar_subquery()
    )
    informed = select(Notice.id).where(Notice.candidate_id == PERSON.c.id).limit(1).scalar_subquery()
    held = select(Hold.id).where(Hold.candidate_id == PERSON.c.id, Hold.ended_at.is_(None)).limit(1).scalar_subquery()
    columns = (PERSON.c.id, PERSON.c.place, PERSON.c.collected_at)
    people = select(*columns, contact.label("contact_at"), informed.label("informed"), held.label("held"))
    return session.execute(people.where(PERSON.c.id.in_(numbers), PERSON.c.erased_at.is_(None))).all()


def _newest_bases(session: Session, numbers: Sequence[int]) -> dict[int, LawfulBasis]:
    newest = select(func.max(LawfulBasis.id)).where(LawfulBasis.candidate_id.in_(numbers)).group_by(LawfulBasis.candidate_id)
    return {row.candidate_id: row for row in session.scalars(select(LawfulBasis).where(LawfulBasis.id.in_(newest)))}
