"""What services of people share: touchpoints of what is done with them, a list as it is now."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column
from sqlalchemy.orm import Session

from portal.candidates.models import Candidate, Import
from portal.db import Base
from portal.errors import Conflict
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

ROOM_KIB = 128 * 1024


def record(candidate: Candidate, kind: Kind, channel: Channel, actor_id: int | None, **more: Any) -> None:
    """Candidates act by web and mail, staff by everything else."""
    direction = Direction.IN if channel in {Channel.WEB, Channel.MAIL} and actor_id is None else Direction.INTERNAL
    timeline.record(candidate.id, kind, direction, channel, actor_id=actor_id, **more)


def locked_import(session: Session, import_id: int) -> Import:
    """The list as it is now; others wait until we are done."""
    found = session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Conflict(_("This list was thrown away meanwhile."))
    return found


def make_room(session: Session) -> None:
    """Let SQLite keep the indexes of a large list in memory; with its usual 2 MB it writes each page many times over."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size=-{ROOM_KIB}")


def columns_naming_people() -> list[Column[Any]]:
    """Every column of every table that names a candidate, whichever feature it belongs to, but who they were merged into."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name != "merged_into_id" and (column.name == "candidate_id" or _points_to_people(column))
    ]


def _points_to_people(column: Column[Any]) -> bool:
    return any(key.column.table.name == Candidate.__tablename__ for key in column.foreign_keys)
