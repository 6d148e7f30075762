"""Importing a list: say what the columns mean, have every row checked, then write all people or none."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict

from flask_babel import gettext as _
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.models import Import, ImportPart, ImportRow, ImportStatus, Likeness
from portal.candidates.queries import list_parts, next_import
from portal.candidates.services.duplicates import look_alikes
from portal.candidates.services.people import Assignment
from portal.candidates.services.records import locked_import, make_room
from portal.candidates.services.rows import FAMILY, GIVEN, TARGETS, judge
from portal.candidates.services.uploads import PART, rewash, take_apart
from portal.candidates.services.writing import tidy, write_people
from portal.db import transaction
from portal.errors import Conflict, Invalid, PortalError
from portal.extensions import jobs
from portal.privacy import services as privacy
from portal.privacy.models import Action

PARTS = 2  # parts checked in one transaction
_LOG = logging.getLogger(__name__)
# One list at a time in one process; several processes are kept apart by the rows.
_working = threading.Lock()


def confirm_mapping(imported: Import, mapping: Mapping[str, str], assignment: Assignment) -> Import:
    """The columns mean this: have the worker check every row. An earlier check is forgotten."""
    check_mapping(mapping)
    with transaction() as session:
        imported = locked_import(session, imported.id)
        if not imported.is_open or imported.status is ImportStatus.READING or not imported.total:
            raise Conflict(_("This list is already being imported."))
        forget_check(session, imported)
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
        imported = locked_import(session, imported.id)
        if not imported.is_open:
            return imported
        checked = imported.total and imported.done == imported.total
        if imported.status not in {ImportStatus.CHECKED, ImportStatus.FAILED} or not checked:
            raise Conflict(_("This list is not checked to its end yet."))
        imported.status, imported.error = ImportStatus.RUNNING, ""
        jobs.kick("candidates.import_run")
        return imported


def forget_check(session: Session, imported: Import) -> None:
    """Delete what a check found."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == imported.id))
    session.execute(delete(Likeness).where(Likeness.import_id == imported.id))


def read_slice() -> int:
    """Take the oldest large file apart; returns how many rows."""
    return _attempt(ImportStatus.READING, take_apart)


def check_slice() -> int:
    """Check the next rows of the oldest list that waits for it; returns how many. After a crash the next call goes on there."""
    return _attempt(ImportStatus.CHECKING, lambda waiting: _inside(waiting, ImportStatus.CHECKING, _check))


def run() -> int:
    """Write the people of one confirmed list in one transaction; returns how many rows. After a crash it starts anew."""
    return _attempt(ImportStatus.RUNNING, lambda waiting: _inside(waiting, ImportStatus.RUNNING, _run)) or tidy()


def _attempt(status: ImportStatus, work: Callable[[Import], int]) -> int:
    """Work on the next list of a status. What fails leaves nothing but the reason; a database that is away is tried again."""
    waiting = next_import(status)
    if waiting is None or not _working.acquire(blocking=False):
        return 0
    try:
        return work(waiting)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the person who waits must be told
        # What a database says of a statement repeats its values, and logs hold no addresses.
        shown = None if isinstance(error, StatementError | PortalError) else error
        _LOG.warning("import.failed", exc_info=shown, extra={"import_id": waiting.id, "error": type(error).__name__})
        _fail(waiting.id, error)
        return 1
    finally:
        _working.release()


def _inside(waiting: Import, status: ImportStatus, work: Callable[[Session, Import], int]) -> int:
    with transaction() as session:
        make_room(session)
        imported = locked_import(session, waiting.id)
        return work(session, imported) if imported.status is status else 0


def _check(session: Session, imported: Import) -> int:
    parts = list_parts(imported.id, imported.done // PART, PARTS)
    rewash(parts, imported.created_at)
    found = judge(imported, [line for part in parts for line in part.lines])
    found = look_alikes(session, imported, found)
    if found:
        session.execute(insert(ImportRow), [{"import_id": imported.id, **vars(judgement)} for judgement in found])
    imported.done += len(found)
    if imported.done >= imported.total or not found:
        imported.status, imported.total = ImportStatus.CHECKED, imported.done
    return len(found)


def _run(session: Session, imported: Import) -> int:
    count = write_people(session, imported)
    imported.status, imported.finished_at = ImportStatus.DONE, clock.now()
    privacy.audit(Action.IMPORTED, actor_id=imported.actor_id, list=imported.id, rows=count)
    jobs.kick("candidates.find_duplicates")
    return count


def _fail(import_id: int, error: Exception) -> None:
    with transaction() as session:
        imported = locked_import(session, import_id)
        if imported.status is ImportStatus.READING:  # what cannot be read is not kept
            imported.content, imported.total, imported.done = b"", 0, 0
            session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))
        imported.status, imported.error = ImportStatus.FAILED, _explained(error)


def _explained(error: Exception) -> str:
    if isinstance(error, PortalError):
        return error.message
    if isinstance(error, IntegrityError):
        return str(_("Somebody of this list was added by others at the same moment. Nothing was written; start again."))
    return str(_("Something broke on our side (%(kind)s). Nothing was written.", kind=type(error).__name__))
