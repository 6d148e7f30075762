"""Writing down who is looked for. Each line of a persona's lists is kept as a criterion, so that fit can be judged by it."""

from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import exists, select

from portal import clock
from portal.db import transaction
from portal.sourcing.models import Criterion, Persona, Trait
from portal.sourcing.services.naming import change, named, save

SLICE = 50
# A line that is so much alike is the same one, mended; what was judged by it stays.
MENDED = 0.6


def add_persona(
    name: str,
    *,
    summary: str = "",
    skills: str = "",
    experience: str = "",
    motives: str = "",
    deal_breakers: str = "",
    channels: str = "",
    pitch: str = "",
    page: str = "",
    checklist: str = "",
) -> Persona:
    """A new profile of the people looked for; Conflict when the name is taken."""
    persona = Persona(
        name=named(name),
        summary=summary,
        skills=skills,
        experience=experience,
        motives=motives,
        deal_breakers=deal_breakers,
        channels=channels,
        pitch=pitch,
        page=page,
        checklist=checklist,
        created_at=clock.now(),
    )
    with transaction():
        _keep_criteria(save(persona))
        return persona


def edit_persona(persona: Persona, **values: Any) -> Persona:
    """Change columns of a persona; its criteria follow."""
    with transaction():
        _keep_criteria(change(persona, values))
        return persona


def archive_persona(persona: Persona, archived: bool = True) -> Persona:
    """Put a persona away, or take it out again. What it is part of stays."""
    return change(persona, {"archived_at": clock.now() if archived else None})


def complete_personas() -> int:
    """Give a slice of personas that have lines but no criteria (they are older than criteria) theirs; returns how many."""
    with transaction() as session:
        lines = Persona.skills + Persona.experience + Persona.motives + Persona.deal_breakers
        bare = select(Persona).where(lines.regexp_match(r"\S"), ~exists().where(Criterion.persona_id == Persona.id))
        found = session.scalars(bare.limit(SLICE)).all()
        for persona in found:
            _keep_criteria(persona)
        return len(found)


def _keep_criteria(persona: Persona) -> None:
    with transaction() as session:
        session.flush()
        known = session.scalars(select(Criterion).filter_by(persona_id=persona.id).order_by(Criterion.position)).all()
        for trait in Trait:
            _keep_lines(persona, trait, [row for row in known if row.trait is trait])
        session.flush()


def _keep_lines(persona: Persona, trait: Trait, known: list[Criterion]) -> None:
    lines = list(dict.fromkeys(filter(None, (line.strip() for line in getattr(persona, trait.value).splitlines()))))
    rows = _pair(lines, known)
    for position, (line, row) in enumerate(zip(lines, rows, strict=True)):
        kept = row or Criterion(persona_id=persona.id, trait=trait)
        kept.text, kept.position, kept.removed_at = line, position, None
        if row is None:
            with transaction() as session:
                session.add(kept)
    for gone in known:
        if gone not in rows:
            gone.removed_at = gone.removed_at or clock.now()


def _pair(lines: list[str], known: list[Criterion]) -> list[Criterion | None]:
    """For each line the row it was before: the same words first, then words much alike."""
    by_text = {row.text: row for row in known}
    rows = [by_text.get(line) for line in lines]
    free = [row for row in known if row not in rows and row.removed_at is None]
    for at, line in enumerate(lines):
        alike = [row for row in free if _likeness(row.text, line) >= MENDED]
        if rows[at] is None and alike:
            rows[at] = closest = max(alike, key=lambda row: _likeness(row.text, line))
            free.remove(closest)
    return rows


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()
