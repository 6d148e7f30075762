"""After an erasure: see that the database's own files hold no byte of it any more, as far as the database lets us.

SQLite overwrites what is deleted (`secure_delete`); old pages are left in the write-ahead log, which is emptied with the erasure.
PostgreSQL is told to clear dead rows (VACUUM), by the worker and once for all who were erased meanwhile. It cannot promise
that their bytes are overwritten on disk at once, nor reach its own log and archives; docs/privacy.md says what an operator does.
"""

import sqlite3
from typing import Any

from sqlalchemy import select, text, update

from portal import clock
from portal.db import BUSY_TIMEOUT_MS, Base, db, transaction
from portal.privacy.models import Erasure

# A request does not wait longer for readers to finish; the worker tries again each minute.
PATIENCE_MS = 500


def scrub_at_once() -> None:
    """With the erasure itself, where that is cheap: cutting a log takes a millisecond, going through all tables takes many."""
    if _is_sqlite():
        scrub()


def scrub() -> int:
    """Clear what the newest erasures left in the database's files; returns of how many, 0 while somebody still reads."""
    waiting = db.session.scalars(select(Erasure.id).where(Erasure.scrubbed_at.is_(None))).all()
    db.session.commit()
    if not waiting or not (_empty_log() if _is_sqlite() else _vacuum()):
        return 0
    with transaction() as session:
        session.execute(update(Erasure).where(Erasure.id.in_(waiting)).values(scrubbed_at=clock.now()))
    return len(waiting)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _empty_log() -> bool:
    """Write the log into the database and cut it to nothing; False when a reader is in the way."""
    pooled = db.engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        (busy, _pages, _written) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        pooled.driver_connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")  # type: ignore[union-attr]
        pooled.close()


def _vacuum() -> bool:
    """Clear dead rows of every table that says something about people."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in tables:
            connection.execute(text(f'VACUUM "{name}"'))
    return True
