"""Looking for people who may be one: in a list before it comes in, and among all who are here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.models import Candidate, Duplicate, DuplicateState, Import, Likeness, RowOutcome
from portal.candidates.queries import (
    find_duplicate,
    list_likenesses,
    list_persons,
    list_uncompared,
    list_values,
    person_of,
)
from portal.candidates.queries.duplicates import Place
from portal.candidates.services.rows import Judgement
from portal.candidates.verdicts import CROWD, Person, Reason, Verdict, compare, keys
from portal.db import transaction
from portal.errors import NotFound

SLICE = 500  # people compared in one transaction
REASONS = {
    Reason.ADDRESS: _l("same mailbox"),
    Reason.PROFILE: _l("same profile page"),
    Reason.PHONE: _l("same phone"),
    Reason.NAME: _l("same name"),
    Reason.SIMILAR_NAME: _l("similar name"),
    Reason.COMPANY: _l("same company"),
    Reason.PLACE: _l("same place"),
}


def compare_slice() -> int:
    """Look for second rows of the next people of whom something changed; returns how many people were looked at."""
    with transaction() as session:
        people = {candidate.id: candidate for candidate in list_uncompared(SLICE)}
        if not people:
            return 0
        session.execute(delete(Likeness).where(Likeness.candidate_id.in_(people)))
        persons = {number: person_of(candidate) for number, candidate in people.items()}
        wanted = {number: keys(person) for number, person in persons.items()}
        rows = [{"key": key, "candidate_id": number} for number, mine in wanted.items() for key in mine]
        session.execute(insert(Likeness), rows)
        near = list_likenesses({key for mine in wanted.values() for key in mine})
        known = persons | list_persons(_numbers(near) - set(persons))
        for number, person in persons.items():
            others = {other for key in wanted[number] for other, _row in near.get(key, ())} - {number, None}
            _note(session, number, person, {other: known[other] for other in others if other in known})
        session.execute(update(Candidate).where(Candidate.id.in_(people)).values(compared_at=clock.now()))
        return len(people)


def keep_apart(pair: Duplicate, actor_id: int | None = None) -> Duplicate:
    """These two are not the same person: nobody is asked about them again."""
    with transaction():
        pair.state, pair.decided_at, pair.decided_by_id = DuplicateState.DIFFERENT, clock.now(), actor_id
        return pair


def pair_up(one_id: int, other_id: int, verdict: Verdict | None = None) -> Duplicate:
    """Two people to be looked at side by side, because a rule or a member of staff says so; NotFound when one is not here."""
    first, second = sorted((one_id, other_id))
    with transaction() as session:
        if len(found := list_persons({first, second})) < 2 or first == second:
            raise NotFound(_("These two are no longer here to be compared."))
        verdict = verdict or compare(found[first], found[second]) or Verdict(0, ())
        pair = find_duplicate(first, second) or Duplicate(first_id=first, second_id=second, found_at=clock.now())
        pair.reasons, pair.score = [reason.value for reason in verdict.reasons], verdict.score
        session.add(pair)
        session.flush()
        return pair


def look_alikes(session: Session, imported: Import, found: Sequence[Judgement]) -> list[Judgement]:
    """The judgements, those of new people with a word on who they may be; what finds them again is kept for the rows after."""
    persons = {row.number: _person(row.values, row.address_key) for row in found if row.outcome is RowOutcome.ADDED}
    wanted = {number: keys(person) for number, person in persons.items()}
    near = list_likenesses({key for mine in wanted.values() for key in mine}, imported.id)
    rows = {row for places in near.values() for _candidate, row in places if row is not None}
    before = {number: _person(values, None) for number, values in list_values(imported.id, rows).items()}
    here = list_persons(_numbers(near))
    index: dict[str, list[Place]] = defaultdict(list, {key: list(places) for key, places in near.items()})
    judged = []
    for row in found:
        if row.number in persons:
            places = {place for key in wanted[row.number] if len(index[key]) <= CROWD for place in index[key]}
            row = _alike(row, persons[row.number], places, here, before)  # noqa: PLW2901 - the same row, with one word more
            before[row.number] = persons[row.number]
            for key in wanted[row.number]:
                index[key].append((None, row.number))
        judged.append(row)
    staged = [{"key": key, "import_id": imported.id, "number": number} for number, mine in wanted.items() for key in mine]
    if staged:
        session.execute(insert(Likeness), staged)
    return judged


def in_words(reasons: Iterable[str]) -> str:
    """Reasons for a page: same phone, similar name."""
    return ", ".join(str(REASONS[Reason(reason)]) for reason in reasons)


def _alike(
    row: Judgement, person: Person, places: Collection[Place], here: Mapping[int, Person], rows: Mapping[int, Person]
) -> Judgement:
    verdicts = [
        (verdict.score, number is not None, number or 0, other or 0, verdict)
        for number, other in places
        if (them := here.get(number) if number is not None else rows.get(other or 0)) and (verdict := compare(person, them))
    ]
    if not verdicts:
        return row
    _score, is_here, number, other, verdict = max(verdicts, key=lambda found: found[:4])
    why = in_words(verdict.reasons)
    if is_here:
        return replace(row, alike=_("May be somebody who is here: %(why)s.", why=why), alike_id=number)
    return replace(row, alike=_("May be the person in row %(row)s: %(why)s.", row=other, why=why))


def _note(session: Session, number: int, person: Person, others: Mapping[int, Person]) -> None:
    """Write down what speaks for two people being one; what somebody decided about them stands."""
    found = {other: verdict for other, them in others.items() if (verdict := compare(person, them))}
    _forget(session, number, found)
    for other, verdict in found.items():
        pair_up(number, other, verdict)


def _forget(session: Session, number: int, found: Mapping[int, Verdict]) -> None:
    mine = (Duplicate.first_id == number) | (Duplicate.second_id == number)
    for pair in session.scalars(select(Duplicate).where(mine, Duplicate.state == DuplicateState.OPEN)):
        if ({pair.first_id, pair.second_id} - {number}).isdisjoint(found):
            session.delete(pair)


def _person(values: Mapping[str, str], address_key: str | None) -> Person:
    names = ("full_name", "company", "place", "phone_key", "profile_key")
    return Person(address_key=address_key, **{name: values[name] for name in names if values.get(name) is not None})


def _numbers(near: Mapping[str, Sequence[Place]]) -> set[int]:
    return {number for places in near.values() for number, _row in places if number is not None}
