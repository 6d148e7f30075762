"""Finding lists that are taken in, their parts and rows, and what is remembered of their columns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.candidates import sheets
from portal.candidates.models import Import, ImportPart, ImportRow, ImportStatus, RowOutcome
from portal.db import db
from portal.errors import NotFound
from portal.privacy.models import Suppression
from portal.privacy.queries import CHUNK

REMEMBERED = 30  # lists back whose columns teach the next one
_TAUGHT = (ImportStatus.RUNNING, ImportStatus.DONE, ImportStatus.UNDOING, ImportStatus.UNDONE)


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


def guess_columns(headings: Sequence[str]) -> list[tuple[str, bool]]:
    """What each column seems to be and whether that is sure: as the last list with this heading had it, else by its words."""
    taught = select(Import.mapping).where(Import.status.in_(_TAUGHT)).order_by(Import.id.desc()).limit(REMEMBERED)
    known: dict[str, str] = {}
    for mapping in db.session.scalars(taught):
        known = {heading.casefold(): str(field) for heading, field in mapping.items()} | known
    guesses = sheets.guess(headings)
    found = [
        (known[heading.casefold()], True) if heading.casefold() in known else guess
        for heading, guess in zip(headings, guesses, strict=True)
    ]
    sure = {field for (field, _sure), heading in zip(found, headings, strict=True) if heading.casefold() in known}
    taken: set[str] = set()
    for index, (field, _sure) in enumerate(found):  # what was remembered chooses first, and a field is given once
        remembered = headings[index].casefold() in known
        if field in taken or (not remembered and field in sure):
            found[index] = ("", False)
        taken |= {field} - {""}
    return found


def list_parts(import_id: int, first: int = 0, limit: int | None = 1) -> Sequence[ImportPart]:
    """Parts of a list in their order, from the given position on."""
    parts = select(ImportPart).filter_by(import_id=import_id).where(ImportPart.position >= first)
    return db.session.scalars(parts.order_by(ImportPart.position).limit(limit)).all()


def count_parts(import_id: int) -> int:
    """How many parts a list has so far."""
    return db.session.scalar(select(func.count()).select_from(ImportPart).filter_by(import_id=import_id)) or 0


def first_lines(import_id: int, count: int) -> list[tuple[int, list[str]]]:
    """The first rows of a list that may be shown, with their numbers."""
    lines = [line for part in list_parts(import_id) for line in part.lines if not line[3]]
    return [(int(number), list(cells)) for number, cells, _overflow, _reason in lines[:count]]


def has_suppressed_since(moment: datetime) -> bool:
    """Whether anybody was suppressed since."""
    return db.session.scalar(select(Suppression.id).where(Suppression.at >= moment).limit(1)) is not None


def list_row_numbers(import_id: int, keys: Collection[str]) -> dict[str, int]:
    """In which row of a list these people stand already, by address key."""
    wanted = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = select(ImportRow.address_key, ImportRow.number).filter_by(import_id=import_id)
        part = part.where(ImportRow.address_key.in_(wanted[start : start + CHUNK]))
        found.update({str(key): number for key, number in db.session.execute(part)})
    return found


def list_values(import_id: int, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """What some rows of a list would write, by their number."""
    wanted = sorted(numbers)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = select(ImportRow).filter_by(import_id=import_id, outcome=RowOutcome.ADDED)
        rows = rows.where(ImportRow.number.in_(wanted[start : start + CHUNK]))
        found.update((row.number, row.values) for row in db.session.scalars(rows))
    return found


def list_rows(
    import_id: int, outcome: RowOutcome | None = None, page: int = 1, size: int = 50, alike: bool = False
) -> Sequence[ImportRow]:
    """The report of a list by row, one page of it; `size` 0 for all; `alike` for those who may be somebody else's second row."""
    people = selectinload(ImportRow.candidate), selectinload(ImportRow.alike_to)
    rows = select(ImportRow).filter_by(import_id=import_id).options(*people).order_by(ImportRow.number)
    if outcome:
        rows = rows.filter_by(outcome=outcome)
    if alike:
        rows = rows.where(ImportRow.alike != "")
    if size:
        rows = rows.limit(size).offset((page - 1) * size)
    return db.session.scalars(rows).all()


def count_outcomes(import_id: int) -> Mapping[RowOutcome, int]:
    """How many rows of a list had which outcome."""
    counted = select(ImportRow.outcome, func.count().label("tally")).filter_by(import_id=import_id).group_by(ImportRow.outcome)
    found = {row.outcome: row.tally for row in db.session.execute(counted)}
    return {outcome: found.get(outcome, 0) for outcome in RowOutcome}


def count_alike(import_id: int) -> int:
    """How many rows may be somebody who stands elsewhere already."""
    alike = select(func.count()).select_from(ImportRow).filter_by(import_id=import_id).where(ImportRow.alike != "")
    return db.session.scalar(alike) or 0
