"""Visits on disk before the answer leaves, by group commit.

One transaction per visit would cost a disk flush each. Here the first visit of a group writes for all that joined while the group
before it was being written. Nobody waits for company: an idle system writes a group of one at once.
"""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Engine, insert

from portal.db import db
from portal.outreach.models import Visit

Row = dict[str, Any]


class Group:
    """Rows that are written together, and how it went."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.written = threading.Event()
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
        with self._lock:
            group = self._open
            group.rows.append(row)
            leads = len(group.rows) == 1
        if leads:
            self._lead(group)
        else:
            group.written.wait()
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
            group.written.set()

    def _close(self, group: Group) -> None:
        with self._lock:
            if self._open is group:
                self._open = Group()


_making = threading.Lock()


def journal_of(app: Flask) -> Journal:
    """The journal of an application; made at the first visit."""
    with _making:
        if "visits" not in app.extensions:
            app.extensions["visits"] = Journal(_writer(db.engine))
        found: Journal = app.extensions["visits"]
        return found


def _writer(engine: Engine) -> Callable[[list[Row]], None]:
    """Insert many visits in one transaction, over a connection that is not the request's."""
    statement = insert(Visit)

    def write(rows: list[Row]) -> None:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(statement, rows)

    return write
