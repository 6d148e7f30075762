"""Taking a list in: its rows without anybody who objected, kept until somebody confirms them, and no longer than a week."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates import sheets
from portal.candidates.models import Import, ImportPart, ImportRow, ImportStatus, Likeness
from portal.candidates.queries import count_parts, guess_columns, has_suppressed_since
from portal.candidates.services.people import Assignment, suppressed_reason
from portal.candidates.services.records import locked_import
from portal.candidates.services.rows import address_of
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.extensions import jobs
from portal.privacy.queries import address_hash, address_key, list_suppressions_by_key

SMALL = 2000  # rows that are taken apart while the sender waits
PART = 500  # rows in one part
PARTS = 10  # parts written in one transaction
_PLAIN = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9.-]+", re.ASCII | re.IGNORECASE)
KEPT_DAYS = 7  # how long a list waits to be confirmed before it is thrown away


def upload(file_name: str, content: bytes, assignment: Assignment, actor_id: int | None = None, sheet_name: str = "") -> Import:
    """Take in a list and guess its columns; Invalid when it cannot be read. A large one is taken apart by the worker."""
    sheet, lines = sheets.stream(content, sheet_name)
    first = list(islice(lines, SMALL + 1))
    small = len(first) <= SMALL
    total = len(first) + (sum(1 for _line in lines) if not (small or sheet.names) else 0)
    imported = Import(**_columns(sheet), **asdict(assignment))
    imported.file_name, imported.content = file_name[-200:], b"" if small else content
    imported.status = ImportStatus.MAPPING if small else ImportStatus.READING
    imported.total, imported.actor_id, imported.created_at = total, actor_id, clock.now()
    with transaction() as session:
        session.add(imported)
        session.flush()
        if small:
            _keep(session, imported, first, 0)
        else:
            jobs.kick("candidates.import_read")
        return imported


def take_apart(imported: Import) -> int:
    """The rows of a large file into parts, some thousand in a transaction; after a crash the next call goes on there."""
    _sheet, lines = sheets.stream(imported.content, imported.sheet)
    position = count_parts(imported.id)
    done = sum(1 for _line in islice(lines, position * PART))
    while batch := list(islice(lines, PART * PARTS)):
        with transaction() as session:
            imported = locked_import(session, imported.id)
            if imported.status is not ImportStatus.READING or imported.done != done:
                return done  # thrown away, or another worker was faster
            position += _keep(session, imported, batch, position)
            done += len(batch)
            imported.done, imported.total = done, max(imported.total, done)
    with transaction() as session:
        imported = locked_import(session, imported.id)
        imported.content, imported.total, imported.done, imported.status = b"", done, 0, ImportStatus.MAPPING
    return done


def discard(imported: Import) -> None:
    """Throw a list away that was not imported."""
    with transaction() as session:
        if not locked_import(session, imported.id).is_open:
            raise Conflict(_("The people of this list are already here, or on their way."))
        session.execute(delete(Import).where(Import.id == imported.id))


def discard_forgotten() -> int:
    """Throw away lists that nobody confirmed for a week; they hold people of whom nothing else is kept."""
    old = Import.created_at < clock.now() - timedelta(days=KEPT_DAYS)
    kept = (ImportStatus.RUNNING, ImportStatus.DONE, ImportStatus.UNDOING, ImportStatus.UNDONE)
    with transaction() as session:
        result = session.execute(delete(Import).where(old, Import.status.not_in(kept)).returning(Import.id))
        return len(result.all())


def erase(key: str) -> int:
    """Wipe a person, known by their address key, from every list that waits; returns how many rows. Suppress them first."""
    hashed = address_hash(key)
    mine = select(ImportRow.import_id, ImportRow.number).where(ImportRow.address_hash == hashed)
    with transaction() as session:
        rows = session.execute(mine).all()
        for import_id, number in rows:
            session.execute(delete(Likeness).where(Likeness.import_id == import_id, Likeness.number == number))
        emptied: dict[str, Any] = {"values": {}, "filled": {}, "address_key": None, "alike": "", "alike_id": None}
        session.execute(update(ImportRow).where(ImportRow.address_hash == hashed).values(**emptied))
        parts = select(ImportPart).join(Import, Import.id == ImportPart.import_id).order_by(ImportPart.id)
        _rewash(session.scalars(parts.execution_options(yield_per=20)))
        return len(rows)


def rewash(parts: Iterable[ImportPart], since: datetime) -> None:
    """Leave out who objected since the parts were written, if anybody did."""
    if has_suppressed_since(since):
        _rewash(parts)


def wash(lines: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The rows without anybody suppressed, of whom number and reason stay; an address may stand in any of the columns."""
    keys = {line[0]: {key for cell in line[1] if "@" in cell and (key := _key(address_of(cell)))} for line in lines}
    suppressed = list_suppressions_by_key({key for found in keys.values() for key in found})
    washed: list[list[Any]] = []
    for number, cells, overflow, refusal in lines:
        entry = next((suppressed[key] for key in sorted(keys[number]) if key in suppressed), None)
        washed.append([number, [], False, suppressed_reason(entry)] if entry else [number, list(cells), overflow, refusal])
    return washed


def _columns(sheet: sheets.Sheet) -> dict[str, Any]:
    """What a list says of itself, and what its columns seem to mean."""
    guessed = (field for field, _sure in guess_columns(sheet.headings))
    return {
        "sheets": list(sheet.names),
        "sheet": sheet.name,
        "encoding": sheet.encoding,
        "separator": sheet.separator,
        "doubtful": sheet.doubtful,
        "headings": list(sheet.headings),
        "mapping": dict(zip(sheet.headings, guessed, strict=True)),
    }


def _keep(session: Session, imported: Import, lines: Sequence[sheets.Line], position: int) -> int:
    washed = iter(wash([[line.number, line.cells, line.overflow, ""] for line in lines]))
    parts = [
        {"import_id": imported.id, "position": position + index, "lines": lines} for index, lines in enumerate(_batches(washed))
    ]
    session.execute(insert(ImportPart), parts)
    return len(parts)


def _rewash(parts: Iterable[ImportPart]) -> None:
    for part in parts:
        washed = wash(part.lines)
        if washed != part.lines:
            part.lines = washed


def _batches(lines: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while batch := list(islice(lines, PART)):
        yield batch


def _key(address: str) -> str:
    if _PLAIN.fullmatch(address):  # most are; what is no address at all nobody can have suppressed
        return address.lower()
    try:
        return address_key(address)
    except Invalid:
        return ""
