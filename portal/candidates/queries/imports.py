"""Finding lists that are taken in, their rows, and how far they are."""

from collections.abc import Collection, Mapping, Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Import, ImportRow, ImportStatus, RowOutcome
from portal.db import db
from portal.errors import NotFound
from portal.privacy.queries import CHUNK


def list_imports(limit: int = 50) -> Sequence[Import]:
    """The latest lists."""
    return db.session.scalars(select(Import).order_by(Import.id.desc()).limit(limit)).all()


def get_import(import_id: int) -> Import:
    """A list; NotFound when there is none, or none any more."""
    if imported := db.session.get(Import, import_id):
        return imported
    raise NotFound(_("There is no such list. Lists that nobody confirms are thrown away after a week."))


def next_import(status: ImportStatus) -> Import | None:
    """The oldest list of a status."""
    return db.session.scalar(select(Import).filter_by(status=status).order_by(Import.id).limit(1))


def list_row_numbers(import_id: int, keys: Collection[str]) -> dict[str, int]:
    """In which row of a list these people stand already, by address key."""
    wanted = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = select(ImportRow.address_key, ImportRow.number).filter_by(import_id=import_id)
        part = part.where(ImportRow.address_key.in_(wanted[start : start + CHUNK]))
        found.update({str(key): number for key, number in db.session.execute(part)})
    return found


def list_rows_to_write(import_id: int) -> Sequence[ImportRow]:
    """The rows of a checked list that add or update somebody."""
    outcomes = (RowOutcome.ADDED, RowOutcome.UPDATED)
    rows = select(ImportRow).filter_by(import_id=import_id).where(ImportRow.outcome.in_(outcomes))
    return db.session.scalars(rows.order_by(ImportRow.number)).all()


def list_rows(import_id: int, outcome: RowOutcome | None = None, page: int = 1, size: int = 50) -> Sequence[ImportRow]:
    """The report of a list by row, one page of it; `size` 0 for all."""
    rows = select(ImportRow).filter_by(import_id=import_id).options(joinedload(ImportRow.candidate)).order_by(ImportRow.number)
    if outcome:
        rows = rows.filter_by(outcome=outcome)
    if size:
        rows = rows.limit(size).offset((page - 1) * size)
    return db.session.scalars(rows).all()


def count_outcomes(import_id: int) -> Mapping[RowOutcome, int]:
    """How many rows of a list had which outcome."""
    counted = select(ImportRow.outcome, func.count().label("tally")).filter_by(import_id=import_id).group_by(ImportRow.outcome)
    found = {row.outcome: row.tally for row in db.session.execute(counted)}
    return {outcome: found.get(outcome, 0) for outcome in RowOutcome}


def progress_key(import_id: int) -> str:
    """Where the worker says beside its transaction how far it is."""
    return f"import.{import_id}.written"


def rows_written(import_id: int) -> int:
    """How many rows the running import has written; 0 when that is not known."""
    return int(current_app.extensions["huey"].get(progress_key(import_id), peek=True) or 0)
