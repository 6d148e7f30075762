"""What personas and sources brought in people: how many, and how far it came. Who was erased stays in these counts as nobody."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.candidates.models import Candidate
from portal.db import db
from portal.sourcing.models import Source
from portal.sourcing.queries import Tally, spent_between
from portal.timeline.models import Kind, Touchpoint

YES = "interested"


def tallies_by_persona() -> Mapping[int, Tally]:
    """People of each persona and their answers; of what a source cost, each of its people bears the same part."""
    found = dict(_people(Candidate.persona_id))
    for persona_id, spent in _shares().items():
        found[persona_id] = found.get(persona_id, Tally()) + Tally(spent=tuple(sorted(spent.items())))
    return found


def tallies_by_source() -> Mapping[int, Tally]:
    """People from each source, and their answers."""
    return _people(Candidate.source_id)


def _people(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> Mapping[int, Tally]:
    parts = (
        func.count(),
        func.count().filter(Candidate.id.in_(_who(Kind.OUTREACH_DELIVERED))),
        func.count().filter(Candidate.id.in_(_who(Kind.RESPONDED))),
        func.count().filter(Candidate.id.in_(_who_said_yes())),
    )
    counted = select(column, *parts).where(Candidate.merged_into_id.is_(None), column.is_not(None)).group_by(column)
    return {
        int(key or 0): Tally(people, contacted, answered=answered, interested=interested)
        for key, people, contacted, answered, interested in db.session.execute(counted)
    }


def _who(kind: Kind) -> Select[Any]:
    return select(Touchpoint.candidate_id).where(Touchpoint.kind == kind)


def _who_said_yes() -> Select[Any]:
    """Whose last answer is a yes."""
    last = select(func.max(Touchpoint.id).label("id")).where(Touchpoint.kind == Kind.RESPONDED)
    newest = last.group_by(Touchpoint.candidate_id).subquery()
    return select(Touchpoint.candidate_id).where(
        and_(Touchpoint.id.in_(select(newest.c.id)), Touchpoint.details["answer"].as_string() == YES)
    )


def _shares() -> dict[int, dict[str, int]]:
    """What each persona cost, by currency."""
    heads: dict[int, dict[int | None, int]] = {}
    counted = select(Candidate.source_id, Candidate.persona_id, func.count()).where(Candidate.merged_into_id.is_(None))
    for source_id, persona_id, count in db.session.execute(counted.group_by(Candidate.source_id, Candidate.persona_id)):
        heads.setdefault(source_id, {})[persona_id] = count
    currencies = {row.id: row.currency for row in db.session.execute(select(Source.id, Source.currency))}
    shares: dict[int, dict[str, int]] = {}
    for source_id, amount in spent_between().items():
        people = heads.get(source_id, {})
        for persona_id, count in people.items():
            if persona_id is not None:
                share = shares.setdefault(persona_id, {})
                currency = currencies[source_id]
                share[currency] = share.get(currency, 0) + round(amount * count / sum(people.values()))
    return shares
