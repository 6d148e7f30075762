"""Finding personas and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from portal.db import db
from portal.errors import NotFound
from portal.sourcing.models import Persona, Source


@dataclass(frozen=True)
class Tally:
    """What a persona or a source brought so far: people, and how many of them ever answered."""

    people: int = 0
    answered: int = 0


def find_persona(persona_id: int) -> Persona | None:
    """A persona, archived ones too."""
    return db.session.get(Persona, persona_id)


def get_persona(persona_id: int) -> Persona:
    """A persona; NotFound when there is none."""
    if persona := find_persona(persona_id):
        return persona
    raise NotFound(_("There is no such persona."))


def list_personas(archived: bool = False) -> Sequence[Persona]:
    """Personas in use by name; with `archived` all of them, those in use first."""
    wanted = select(Persona).order_by(Persona.archived_at.is_not(None), Persona.name)
    return db.session.scalars(wanted if archived else wanted.filter_by(archived_at=None)).all()


def find_source(source_id: int) -> Source | None:
    """A source, archived ones too."""
    return db.session.get(Source, source_id)


def get_source(source_id: int) -> Source:
    """A source; NotFound when there is none."""
    if source := find_source(source_id):
        return source
    raise NotFound(_("There is no such source."))


def list_sources(archived: bool = False) -> Sequence[Source]:
    """Sources in use by name; with `archived` all of them, those in use first."""
    wanted = select(Source).order_by(Source.archived_at.is_not(None), Source.name)
    return db.session.scalars(wanted if archived else wanted.filter_by(archived_at=None)).all()


def find_persona_by_name(name: str) -> Persona | None:
    """The persona of this name."""
    return db.session.scalar(select(Persona).filter_by(name=name))


def find_source_by_name(name: str) -> Source | None:
    """The source of this name."""
    return db.session.scalar(select(Source).filter_by(name=name))


def tallies_by_persona() -> Mapping[int, Tally]:
    """What each persona brought, by id; those without people are missing."""
    return _tallies("persona")


def tallies_by_source() -> Mapping[int, Tally]:
    """What each source brought, by id; those without people are missing."""
    return _tallies("source")


def _tallies(kind: str) -> Mapping[int, Tally]:
    found: Mapping[int, Tally] = current_app.extensions["tallies"][kind]()
    return found
