"""Importing a list: upload, say what the columns mean, check row by row, then write all people or none."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates import sheets
from portal.candidates.models import Import, ImportRow, ImportStatus
from portal.candidates.queries import next_import
from portal.candidates.services.people import Assignment
from portal.candidates.services.rows import FAMILY, GIVEN, TARGETS, judge
from portal.candidates.services.writing import write_people
from portal.db import transaction
from portal.errors import Conflict, Invalid, PortalError
from portal.extensions import jobs

SLICE = 1000  # rows checked in one transaction
KEPT_DAYS = 7  # how long a list waits to be confirmed before it is thrown away
_CLOSED = (ImportStatus.RUNNING, ImportStatus.DONE)
_LOG = logging.getLogger(__name__)


def upload(file_name: str, content: bytes, assignment: Assignment, actor_id: int | None = None) -> Import:
    """Take in a list and guess its columns; Invalid when it cannot be read."""
    sheet = sheets.read(content)
    guessed = dict(zip(sheet.headings, (field for field, _sure in sheets.guess(sheet.headings)), strict=True))
    imported = Import(
        file_name=file_name[-200:],
        content=content,
        headings=list(sheet.headings),
        mapping=guessed,
        total=len(sheet.lines),
        actor_id=actor_id,
        created_at=clock.now(),
        **asdict(assignment),
    )
    with transaction() as session:
        session.add(imported)
        session.flush()
        return imported


def confirm_mapping(imported: Import, mapping: Mapping[str, str], assignment: Assignment) -> Import:
    """The columns mean this: have the worker check every row. An earlier check is forgotten."""
    check_mapping(mapping)
    with transaction() as session:
        imported = _locked(session, imported.id)
        if not imported.is_open:
            raise Conflict(_("This list is already being imported."))
        session.execute(delete(ImportRow).where(ImportRow.import_id == imported.id))
        imported.mapping = {heading: mapping.get(heading, "") for heading in imported.headings}
        for name, value in asdict(assignment).items():
            setattr(imported, name, value)
        imported.done, imported.error, imported.status = 0, "", ImportStatus.CHECKING
        jobs.kick("candidates.import_check")
        return imported


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Invalid when the columns do not tell a name and an address, or two become the same."""
    chosen = [target for target in mapping.values() if target]
    if unknown := set(chosen) - set(TARGETS):
        raise Invalid(_("A column cannot become “%(what)s”.", what=min(unknown)), "columns")
    if "email" not in chosen:
        raise Invalid(_("Say which column holds the mail address."), "columns")
    if not {"full_name", GIVEN, FAMILY} & set(chosen):
        raise Invalid(_("Say which column holds the name."), "columns")
    if len(chosen) > len(set(chosen)):
        raise Invalid(_("Two columns become the same thing; leave one of them out."), "columns")


def confirm(imported: Import) -> Import:
    """Write what was checked. A second press changes nothing."""
    with transaction() as session:
        imported = _locked(session, imported.id)
        if not imported.is_open:
            return imported
        if imported.status not in {ImportStatus.CHECKED, ImportStatus.FAILED} or imported.done < imported.total:
            raise Conflict(_("This list is not checked to its end yet."))
        imported.status, imported.error = ImportStatus.RUNNING, ""
        jobs.kick("candidates.import_run")
        return imported


def discard(imported: Import) -> None:
    """Throw a list away that was not imported."""
    with transaction() as session:
        if not _locked(session, imported.id).is_open:
            raise Conflict(_("The people of this list are already here, or on their way."))
        session.execute(delete(Import).where(Import.id == imported.id))


def discard_forgotten() -> int:
    """Throw away lists that nobody confirmed for a week; they hold people of whom nothing else is kept."""
    old = Import.created_at < clock.now() - timedelta(days=KEPT_DAYS)
    with transaction() as session:
        result = session.execute(delete(Import).where(old, Import.status.not_in(_CLOSED)).returning(Import.id))
        return len(result.all())


def check_slice() -> int:
    """Check the next rows of the oldest list that waits for it; returns how many. After a crash the next call goes on there."""
    return _attempt(ImportStatus.CHECKING, _check)


def run() -> int:
    """Write the people of one confirmed list in one transaction; returns how many rows. After a crash it starts anew."""
    return _attempt(ImportStatus.RUNNING, _run)


def _attempt(status: ImportStatus, work: Callable[[Session, Import], int]) -> int:
    """Work on the next list of a status. What fails leaves nothing but the reason; a database that is away is tried again."""
    waiting = next_import(status)
    if waiting is None:
        return 0
    try:
        with transaction() as session:
            imported = _locked(session, waiting.id)
            return work(session, imported) if imported.status is status else 0
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the person who waits must be told
        # What a database says of a statement repeats its values, and logs hold no addresses.
        shown = None if isinstance(error, StatementError) else error
        _LOG.warning("import.failed", exc_info=shown, extra={"import_id": waiting.id, "error": type(error).__name__})
        _fail(waiting.id, error)
        return 1


def _check(session: Session, imported: Import) -> int:
    sheet = sheets.read(imported.content)
    lines = sheet.lines[imported.done : imported.done + SLICE]
    rows = [{"import_id": imported.id, **asdict(judgement)} for judgement in judge(imported, sheet.headings, lines)]
    if rows:
        session.execute(insert(ImportRow), rows)
    imported.total = len(sheet.lines)
    imported.done += len(rows)
    if imported.done == imported.total:
        imported.status = ImportStatus.CHECKED
    return len(rows)


def _run(session: Session, imported: Import) -> int:
    count = write_people(session, imported)
    imported.content, imported.status, imported.finished_at = b"", ImportStatus.DONE, clock.now()
    return count


def _fail(import_id: int, error: Exception) -> None:
    with transaction() as session:
        imported = _locked(session, import_id)
        imported.status, imported.error = ImportStatus.FAILED, _explained(error)


def _explained(error: Exception) -> str:
    if isinstance(error, PortalError):
        return error.message
    if isinstance(error, IntegrityError):
        return str(_("Somebody of this list was added by others at the same moment. Nothing was written; start again."))
    return str(_("Something broke on our side (%(kind)s). Nothing was written.", kind=type(error).__name__))


def _locked(session: Session, import_id: int) -> Import:
    """The list as it is now; others wait until we are done."""
    found = session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Conflict(_("This list was thrown away meanwhile."))
    return found
