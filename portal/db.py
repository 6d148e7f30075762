"""The database handle, the declarative base, and the one place that commits."""

import enum
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Enum, MetaData, Text, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC in the database (SQLite has no time zones). A naive time is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(item.value) for item in kind]


class Base(DeclarativeBase):
    """Every table: a numeric key, named constraints, and types that mean the same on both databases."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            str: Text(),
            dict[str, Any]: JSON(),
            list[str]: JSON(),
            enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=40, values_callable=_values),
        },
    )


class Row(Base):
    """Abstract base of tables with a plain integer key."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit when the outermost block ends; roll back on any error. Inner blocks join the outer one.

    The outermost block takes SQLite's write lock at once (a read that turns into a write half-way could not wait for it) and
    forgets what was read before, so that every decision inside rests on rows as they are now.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    session.commit()
    session.expire_all()
    session.info["writing"] = True
    session.info["before_commit"], session.info["after_commit"] = [], []
    try:
        session.connection(execution_options={"writing": True})
        yield session
        for callback in session.info["before_commit"]:
            callback()
        session.commit()
    except BaseException:
        session.rollback()
        session.info["after_commit"] = []
        raise
    finally:
        session.info.pop("writing")
    for callback in session.info.pop("after_commit"):
        callback()


def before_commit(callback: Callable[[], object]) -> None:
    """Call something as the last thing of the running transaction: what takes a lock that everybody wants is asked for then."""
    db.session().info["before_commit"].append(callback)


def after_commit(callback: Callable[[], object]) -> None:
    """Call something when the running transaction is safe on disk; at once when there is none."""
    info = db.session().info
    if info.get("writing"):
        info["after_commit"].append(callback)
    else:
        callback()


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, record: object) -> None:  # noqa: ARG001
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's "begin" event below says BEGIN itself
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
