"""Visits on disk before the answer leaves, by group commit.

One transaction per visit would cost a disk flush each. Here the first visit of a group writes for all that joined while the group
before it was being written. Nobody waits for company: an idle system writes a group of one at once.
"""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from portal.db import db
from portal.outreach.models import Visit

Row = dict[str, Any]
COLUMNS = ("link_id", "campaign_id", "at", "page", "agent", "signals", "proof_hash", "verdict", "rule", "rule_version")


class Group:
    """Rows that are written together, and how it went."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.waiting: list[threading.Lock] = []
        self.error: BaseException | None = None


class Journal:
    """Writes rows durably, in groups. `write` puts a list of rows on disk, or raises; it is never called by two at once."""

    def __init__(self, write: Callable[[list[Row]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._open = Group()

    def put(self, row: Row) -> None:
        """Return when the row is on disk; raise what kept it from getting there."""
        told = threading.Lock()
        told.acquire()  # a bare lock wakes its waiter at a third of the cost of an Event
        with self._lock:
            group = self._open
            group.rows.append(row)
            leads = len(group.rows) == 1
            if not leads:
                group.waiting.append(told)
        if leads:
            self._lead(group)
        else:
            told.acquire()
        if group.error is not None:
            raise group.error

    def _lead(self, group: Group) -> None:
        """Wait for the group before, close this one, write it. Whatever happens, everybody who waits is told."""
        try:
            with self._writing:
                self._close(group)
                self._write(group.rows)
        except BaseException as error:  # noqa: BLE001 - those who wait must hear of it, whatever it was
            group.error = error
        finally:
            self._close(group)
            for told in group.waiting:
                told.release()

    def _close(self, group: Group) -> None:
        with self._lock:
            if self._open is group:
                self._open = Group()


_making = threading.Lock()


def journal_of(app: Flask) -> Journal:
    """The journal of an application; made at the first visit."""
    found: Journal | None = app.extensions.get("visits")
    if found is None:
        with _making:
            found = app.extensions.setdefault("visits", Journal(_writer(db.engine)))
    return found


def _writer(engine: Engine) -> Callable[[list[Row]], None]:
    """Insert many visits in one transaction, over a connection that is not the request's.

    Rows go to the driver as they are: SQLAlchemy's way from a mapping to a tuple costs more than the database's work.
    """
    statement, in_columns = _statement(engine)
    kinds = [Visit.__table__.c[name].type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for name in COLUMNS]

    def write(rows: list[Row]) -> None:
        values = [tuple(to(row[name]) if to else row[name] for name, to in zip(COLUMNS, kinds, strict=True)) for row in rows]
        if in_columns:
            columns = tuple(list(column) for column in zip(*values, strict=True))
            # One statement is a transaction by itself, and saves the two questions that begin and end one.
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(statement, columns)
            return
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.exec_driver_sql(statement, values)

    return write


def _statement(engine: Engine) -> tuple[str, bool]:
    """An INSERT of many rows, and whether it takes them column by column: PostgreSQL is told all of them in one go."""
    into = f"INSERT INTO visit ({', '.join(COLUMNS)})"
    if engine.dialect.name == "sqlite":
        return f"{into} VALUES ({', '.join('?' * len(COLUMNS))})", False
    kinds = (Visit.__table__.c[name].type.dialect_impl(engine.dialect).compile(engine.dialect) for name in COLUMNS)
    return f"{into} SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})", True  # noqa: S608
