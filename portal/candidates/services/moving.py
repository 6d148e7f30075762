"""Moving every row that names one person to another, whichever feature it belongs to, and back again."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, select, update
from sqlalchemy.orm import Session

from portal.candidates.models import Candidate, Merge
from portal.candidates.services.records import columns_naming_people
from portal.db import Base, UtcDateTime

# Rows that belong to a row and not to a person, or are worked out anew.
_STAY = frozenset({"merge", "duplicate", "likeness", "import_row", "retention_term", "erasure"})
# Whether the first of two rows of a table counts more than the second.
Further = Callable[[int, int], bool]


def move_all(session: Session, kept_id: int, lost_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What moved (table.column → row numbers), and what was overwritten besides (table → row → column → value)."""
    moved: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    _forget_term(session, lost_id)
    for column in columns_naming_people():
        table = column.table
        if table.name in _STAY or "id" not in table.c:
            continue
        staying = _conflicts(session, column, kept_id, lost_id)
        ids = list(session.scalars(select(table.c.id).where(column == lost_id, table.c.id.not_in(staying))))
        moved |= _point(session, column, ids, kept_id)
        if staying and table.name in current_app.extensions["merging.further"]:
            mine = session.scalars(select(table.c.id).where(column == kept_id)).one()
            moved |= _hang_on(session, table, min(staying), mine)
            rows |= _outdo(session, table, min(staying), mine)
    session.expire_all()
    return moved, rows


def move_back(session: Session, row: Merge) -> None:
    """Every row that moved and still names the kept person goes back; what was overwritten is restored."""
    for place, ids in row.moved.items():
        name, _dot, rest = place.partition(".")
        column_name, _equals, back = rest.partition("=")
        table = Base.metadata.tables[name]
        here, there = (int(part) for part in back.split(">")) if back else (row.kept_id, row.lost_id)
        still = update(table).where(table.c.id.in_(ids), table.c[column_name] == here)
        session.execute(still.values({column_name: there}))
    for name, changed in row.before.get("rows", {}).items():
        table = Base.metadata.tables[name]
        for number, values in changed.items():
            real = {column: real_value(table.c[column], value) for column, value in values.items()}
            session.execute(update(table).where(table.c.id == int(number)).values(real))
    session.expire_all()


def take(candidate: Candidate, names: Iterable[str]) -> dict[str, Any]:
    """Some columns as plain values that JSON keeps."""
    return {name: plain_value(getattr(candidate, name)) for name in names}


def put_back(candidate: Candidate, values: Mapping[str, Any]) -> None:
    """The same columns as they were."""
    for name, value in values.items():
        setattr(candidate, name, real_value(Candidate.__table__.c[name], value))


def plain_value(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def real_value(column: ColumnElement[Any], value: Any) -> Any:
    """The value of a column out of what JSON kept."""
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    return column.type.enum_class(value) if isinstance(column.type, sa.Enum) and column.type.enum_class else value


def _conflicts(session: Session, column: Column[Any], kept_id: int, lost_id: int) -> set[int]:
    """Rows of the lost person that the kept one has already, by any rule of the table that says “only one”."""
    table = column.table
    uniques = [set(rule.columns) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    uniques += [set(index.columns) for index in table.indexes if index.unique]
    found: set[int] = set()
    for columns in uniques:
        if column in columns:
            theirs = table.alias()
            same = [table.c[other.name] == theirs.c[other.name] for other in columns - {column}]
            had = select(theirs.c.id).where(theirs.c[column.name] == kept_id, *same).exists()
            twice = select(table.c.id).where(column == lost_id, had)
            found |= set(session.scalars(twice))
    return found


def _point(session: Session, column: Column[Any], ids: list[int], kept_id: int) -> dict[str, Any]:
    if not ids:
        return {}
    table = column.table
    session.execute(update(table).where(table.c.id.in_(ids)).values({column.name: kept_id}))
    return {f"{table.name}.{column.name}": ids}


def _hang_on(session: Session, table: Table, other: int, mine: int) -> dict[str, Any]:
    """What hangs on a row that stays behind hangs on the one that counts."""
    moved: dict[str, Any] = {}
    for child in Base.metadata.sorted_tables:
        for column in child.columns:
            if "id" in child.c and any(key.column is table.c.id for key in column.foreign_keys):
                ids = list(session.scalars(select(child.c.id).where(column == other)))
                session.execute(update(child).where(child.c.id.in_(ids)).values({column.name: mine}))
                moved |= {f"{child.name}.{column.name}={mine}>{other}": ids} if ids else {}
    return moved


def _outdo(session: Session, table: Table, other: int, mine: int) -> dict[str, Any]:
    """Of two rows of which a person may have one the further one's values count."""
    further: Further = current_app.extensions["merging.further"][table.name]
    if not further(other, mine):
        return {}
    names = [column.name for column in table.columns if column.name not in {"id", "candidate_id"}]
    both = {row.id: row._mapping for row in session.execute(select(table).where(table.c.id.in_((mine, other))))}
    session.execute(update(table).where(table.c.id == mine).values({name: both[other][name] for name in names}))
    return {table.name: {str(mine): {name: plain_value(both[mine][name]) for name in names}}}


def _forget_term(session: Session, lost_id: int) -> None:
    """The lost row has no day of deletion of its own: the kept one's counts."""
    term = Base.metadata.tables["retention_term"]
    session.execute(sa.delete(term).where(term.c.candidate_id == lost_id))
