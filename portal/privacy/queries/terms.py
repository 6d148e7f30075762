"""Working out the end of a basis and the day of deletion, from what is known now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.db import db
from portal.privacy.models import PERSON, Basis, Hold, LawfulBasis, Notice, Rule, Why
from portal.privacy.verdicts import MONTHS, Facts, basis_until, country_of, term
from portal.timeline.models import Direction, Kind, Touchpoint

# A contact is what a person does. Our own mails keep nobody longer than the letter told them; nor does saying goodbye.
NO_CONTACT = (Kind.UNSUBSCRIBED,)


@dataclass(frozen=True)
class Worked:
    """What holds for a person now. `until` ends the basis `basis_id`; no `delete_at` while a legal hold keeps the data."""

    candidate_id: int
    country: str
    last_contact_at: datetime
    delete_at: datetime | None
    why: Why
    basis_id: int | None
    until: datetime | None


@dataclass(frozen=True)
class Rules:
    """The rules of retention, ready to be asked."""

    months: Mapping[tuple[str, Basis], int]
    spellings: Mapping[str, str]

    def months_for(self, country: str, basis: Basis) -> int:
        """A country's own number, that of all countries, or the default."""
        return self.months.get((country, basis)) or self.months.get(("", basis)) or MONTHS[basis]


def read_rules() -> Rules:
    """The rules as they are now."""
    rows = db.session.scalars(select(Rule)).all()
    spellings = {word.strip().casefold(): row.country for row in rows for word in row.country.split(",") if word.strip()}
    return Rules({(row.country, row.basis): row.months for row in rows}, spellings)


def work_out(candidate_ids: Sequence[int], rules: Rules | None = None) -> list[Worked]:
    """What holds for up to a thousand people, by the rules; who is erased or merged into another is left out."""
    rules, bases = rules or read_rules(), newest_bases(candidate_ids)
    return [_worked(row, bases.get(row.id), rules) for row in _facts(candidate_ids)]


def newest_bases(candidate_ids: Sequence[int]) -> dict[int, LawfulBasis]:
    """The basis that counts of each of these people."""
    newest = (
        select(func.max(LawfulBasis.id)).where(LawfulBasis.candidate_id.in_(candidate_ids)).group_by(LawfulBasis.candidate_id)
    )
    return {row.candidate_id: row for row in db.session.scalars(select(LawfulBasis).where(LawfulBasis.id.in_(newest)))}


def _worked(row: Any, basis: LawfulBasis | None, rules: Rules) -> Worked:
    country, until = country_of(row.place or "", rules.spellings), None
    if basis is not None:
        months = rules.months_for(country, basis.basis)
        until = basis_until(basis.since, row.contact_at or basis.since, months, basis.promised_until)
    delete_at, why = term(Facts(row.collected_at, until, row.informed is not None, row.held is not None))
    contact = row.contact_at or row.collected_at
    return Worked(row.id, country, contact, delete_at, why, basis.id if basis else None, until)


def _facts(candidate_ids: Sequence[int]) -> Sequence[Any]:
    """What the rule looks at, a row each."""
    theirs = Touchpoint.candidate_id == PERSON.c.id
    acts = (theirs, Touchpoint.direction == Direction.IN, Touchpoint.kind.not_in(NO_CONTACT))
    contact = select(func.max(Touchpoint.at)).where(*acts).scalar_subquery()
    informed = select(Notice.id).where(Notice.candidate_id == PERSON.c.id).limit(1).scalar_subquery()
    held = select(Hold.id).where(Hold.candidate_id == PERSON.c.id, Hold.ended_at.is_(None)).limit(1).scalar_subquery()
    columns = (PERSON.c.id, PERSON.c.place, PERSON.c.collected_at)
    people = select(*columns, contact.label("contact_at"), informed.label("informed"), held.label("held"))
    return db.session.execute(
        people.where(PERSON.c.id.in_(candidate_ids), PERSON.c.erased_at.is_(None), PERSON.c.merged_into_id.is_(None))
    ).all()
