"""Finding personas and sources."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from portal.db import db
from portal.errors import NotFound
from portal.sourcing.models import Persona, Source


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
