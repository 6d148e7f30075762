"""Writing down who is looked for, and where people come from."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.sourcing.models import Origin, Persona, Source
from portal.sourcing.queries import Tally

Tallies = Callable[[], Mapping[int, Tally]]
Row = TypeVar("Row", Persona, Source)


def init_app(app: Flask, by_persona: Tallies, by_source: Tallies) -> None:
    """Take what counts people; the people are known to a feature above."""
    app.extensions["tallies"] = {"persona": by_persona, "source": by_source}


def add_persona(
    name: str,
    *,
    summary: str = "",
    skills: str = "",
    experience: str = "",
    motives: str = "",
    deal_breakers: str = "",
    channels: str = "",
) -> Persona:
    """A new profile of the people looked for; Conflict when the name is taken."""
    persona = Persona(
        name=_named(name),
        summary=summary,
        skills=skills,
        experience=experience,
        motives=motives,
        deal_breakers=deal_breakers,
        channels=channels,
        created_at=clock.now(),
    )
    return _save(persona)


def edit_persona(persona: Persona, **values: Any) -> Persona:
    """Change columns of a persona."""
    return _change(persona, values)


def archive_persona(persona: Persona, archived: bool = True) -> Persona:
    """Put a persona away, or take it out again. What it is part of stays."""
    return _change(persona, {"archived_at": clock.now() if archived else None})


def add_source(
    name: str,
    origin: Origin,
    data_note: str,
    *,
    cost_minor: int = 0,
    currency: str = "EUR",
    owner_id: int | None = None,
) -> Source:
    """A new place that people come from. `data_note` completes “We have your address from …”; `cost_minor` counts cents."""
    if not data_note.strip():
        raise Invalid(_("Say where the addresses are from; every first message tells it."), "data_note")
    source = Source(
        name=_named(name),
        origin=origin,
        data_note=data_note.strip().rstrip("."),
        cost_minor=cost_minor,
        currency=currency,
        owner_id=owner_id,
        created_at=clock.now(),
    )
    return _save(source)


def edit_source(source: Source, **values: Any) -> Source:
    """Change columns of a source."""
    return _change(source, values)


def archive_source(source: Source, archived: bool = True) -> Source:
    """Put a source away, or take it out again. Its people and costs stay."""
    return _change(source, {"archived_at": clock.now() if archived else None})


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid(_("A name is missing."), "name")
    return name.strip()


def _change(row: Row, values: Mapping[str, Any]) -> Row:
    with _unique_name(values.get("name", "")), transaction() as session:
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
    return row


def _save(row: Row) -> Row:
    with _unique_name(row.name), transaction() as session:
        session.add(row)
        session.flush()
    return row


@contextmanager
def _unique_name(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise Conflict(_("There is already one with the name “%(name)s”.", name=name)) from None
