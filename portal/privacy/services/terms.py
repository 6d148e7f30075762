"""Keeping the day of deletion true: worked out anew whenever the basis, the notice, a contact, a hold or a rule changes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.db import db, transaction
from portal.errors import Conflict, Invalid
from portal.privacy.models import PERSON, Action, Basis, LawfulBasis, Rule, Term
from portal.privacy.queries.terms import NO_CONTACT, Rules, Worked, read_rules, work_out
from portal.privacy.services.trail import audit
from portal.timeline.models import Direction, Touchpoint

SLICE = 1000
# The newest touchpoints, which are looked at each minute; more than that a minute brings only an import.
RECENT = 5000
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def settle_terms(candidate_ids: Iterable[int]) -> int:
    """Work out the end of the basis and the day of deletion of these people; returns of how many it changed."""
    numbers, changed = list(candidate_ids), 0
    with transaction() as session:
        rules = read_rules()
        for start in range(0, len(numbers), SLICE):
            changed += _settle(session, numbers[start : start + SLICE], rules)
    return changed


def settle_contacts() -> int:
    """Move the days of people who did something lately."""
    newest = select(func.coalesce(func.max(Touchpoint.id), 0) - RECENT).scalar_subquery()
    acts = (Touchpoint.direction == Direction.IN, Touchpoint.kind.not_in(NO_CONTACT), Touchpoint.id > newest)
    late = select(Term.candidate_id).join(Touchpoint, Touchpoint.candidate_id == Term.candidate_id).where(*acts)
    numbers = db.session.scalars(late.where(Touchpoint.at > Term.last_contact_at).distinct().limit(SLICE)).all()
    return settle_terms(numbers) if numbers else 0


def settle_stale() -> int:
    """Work out a slice of the terms that are a day old, and of those that are missing; returns how many it looked at."""
    stale = select(Term.candidate_id).where(Term.settled_at < clock.now() - timedelta(days=1)).limit(SLICE)
    numbers = list(db.session.scalars(stale))
    if len(numbers) < SLICE:
        known = select(Term.id).where(Term.candidate_id == PERSON.c.id).exists()
        missing = select(PERSON.c.id).where(PERSON.c.erased_at.is_(None), PERSON.c.merged_into_id.is_(None), ~known)
        numbers += db.session.scalars(missing.limit(SLICE - len(numbers))).all()
    if numbers:
        settle_terms(numbers)
    return len(numbers)


def set_rule(country: str, basis: Basis, months: int, actor_id: int | None = None) -> Rule:
    """Keep people of a country so long on this basis; "" is every country that has no rule. All days are worked out anew."""
    country = ", ".join(filter(None, (word.strip() for word in country.split(","))))
    if not 1 <= months <= 120:
        raise Invalid(_("A rule keeps people between 1 and 120 months."), "months")
    with transaction() as session:
        _refuse_shared_spelling(country)
        rule = session.scalar(select(Rule).filter_by(country=country, basis=basis)) or Rule(country=country, basis=basis)
        rule.months = months
        session.add(rule)
        session.flush()
        audit(Action.RULES_CHANGED, actor_id=actor_id, rule=rule.id, months=months)
        session.execute(update(Term).values(settled_at=_LONG_AGO))
        return rule


def remove_rule(rule_id: int, actor_id: int | None = None) -> None:
    """People of this country fall under the rule of all the others."""
    with transaction() as session:
        if rule := session.get(Rule, rule_id):
            session.delete(rule)
            audit(Action.RULES_CHANGED, actor_id=actor_id, rule=rule_id)
            session.execute(update(Term).values(settled_at=_LONG_AGO))


def _refuse_shared_spelling(country: str) -> None:
    spellings = read_rules().spellings
    for word in filter(None, (part.strip() for part in country.split(","))):
        if spellings.get(word.casefold(), country) != country:
            raise Conflict(
                _("“%(word)s” belongs to the rule for %(country)s already.", word=word, country=spellings[word.casefold()])
            )


def _settle(session: Session, numbers: Sequence[int], rules: Rules) -> int:
    before = {row.candidate_id: row for row in session.scalars(select(Term).where(Term.candidate_id.in_(numbers)))}
    now, new, kept, moved, changed = clock.now(), [], [], [], 0
    found = work_out(numbers, rules)
    if gone := before.keys() - {worked.candidate_id for worked in found}:
        session.execute(delete(Term).where(Term.candidate_id.in_(gone)))
    for worked in found:
        values = _columns(worked) | {"settled_at": now}
        old = before.get(worked.candidate_id)
        changed += old is None or old.delete_at != worked.delete_at
        moved += [{"id": worked.basis_id, "until": worked.until}] if worked.basis_id else []
        if old is None:
            new.append(values)
        else:
            kept.append(values | {"id": old.id})
    for statement, rows in ((update(LawfulBasis), moved), (update(Term), kept), (insert(Term), new)):
        if rows:
            session.execute(statement, rows)
    return changed


def _columns(worked: Worked) -> dict[str, Any]:
    return {name: value for name, value in asdict(worked).items() if name not in {"basis_id", "until"}}
