"""Saving what has a name of its own: nothing of one kind may be called the same."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.sourcing.models import Persona, Source

Row = TypeVar("Row", Persona, Source)


def named(name: str) -> str:
    """The trimmed name; Invalid when there is none."""
    if not name.strip():
        raise Invalid(_("A name is missing."), "name")
    return name.strip()


def change(row: Row, values: Mapping[str, Any]) -> Row:
    """Set columns; Conflict when the name is taken."""
    with _unique_name(values.get("name", "")), transaction() as session:
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
    return row


def save(row: Row) -> Row:
    """Keep a new row; Conflict when the name is taken."""
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
