"""Taking an import back: the people it added leave, what it filled in is emptied; whoever was touched since stays."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, and_, cast, delete, not_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.details import LABELS
from portal.candidates.models import Candidate, Import, ImportRow, ImportStatus, Merge, RowOutcome
from portal.candidates.queries import next_import
from portal.candidates.services.records import columns_naming_people, locked_import
from portal.candidates.services.rows import value_digest
from portal.db import transaction
from portal.errors import Conflict
from portal.extensions import jobs
from portal.privacy import services as privacy
from portal.privacy.models import Action
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind, Touchpoint

UNDO_DAYS = 30
SLICE = 500  # rows taken back in one transaction
# Rows about a person that come into being with them and say nothing of what was done since.
_THEIR_OWN = {"touchpoint", "lawful_basis", "retention_term", "import_row", "likeness", "duplicate"}
_KEYS = {"phone": "phone_key", "profile_url": "profile_key"}
_SINCE = {
    "edited": _l("their details were changed since"),
    "noted": _l("somebody wrote a note since"),
    "moved": _l("they were moved in the pipeline since"),
    "outreach delivered": _l("they were written to since"),
    "mail delivered": _l("they were written to since"),
    "responded": _l("they answered since"),
    "visited": _l("they opened a link since"),
    "merged": _l("they were merged with somebody since"),
}


def undo(imported: Import, actor_id: int | None = None) -> Import:
    """Take a finished import back; a second press changes nothing. Conflict when it is not finished, or too long ago."""
    with transaction() as session:
        imported = locked_import(session, imported.id)
        if imported.status in {ImportStatus.UNDOING, ImportStatus.UNDONE}:
            return imported
        if not can_be_undone(imported):
            raise Conflict(_("Only a finished import can be taken back, within %(days)s days.", days=UNDO_DAYS))
        imported.status, imported.done = ImportStatus.UNDOING, 0
        imported.undone_at, imported.undone_by_id = clock.now(), actor_id
        jobs.kick("candidates.import_undo")
        return imported


def can_be_undone(imported: Import) -> bool:
    """Whether it is finished, and not too long ago."""
    done = imported.status is ImportStatus.DONE and imported.finished_at is not None
    return done and clock.now() < imported.finished_at + timedelta(days=UNDO_DAYS)  # type: ignore[operator]


def undo_slice() -> int:
    """Take the next rows back; after a crash the next call goes on there."""
    waiting = next_import(ImportStatus.UNDOING)
    if waiting is None:
        return 0
    with transaction() as session:
        imported = locked_import(session, waiting.id)
        todo = select(ImportRow).filter_by(import_id=imported.id).order_by(ImportRow.number).limit(SLICE)
        added = session.scalars(todo.filter_by(outcome=RowOutcome.ADDED)).all()
        updated = session.scalars(todo.filter_by(outcome=RowOutcome.UPDATED)).all() if not added else []
        _take_back_people(session, imported, added)
        for row in updated:
            _take_back_changes(session, imported, row)
        imported.done += len(added) + len(updated)
        if not added and not updated:
            privacy.audit(Action.IMPORTED, actor_id=imported.undone_by_id, list=imported.id, taken_back=True)
            imported.status = ImportStatus.UNDONE
        return len(added) + len(updated)


def forget_undo() -> int:
    """When the time for an undo is over, what is kept for it goes."""
    old = select(Import.id).where(Import.finished_at < clock.now() - timedelta(days=UNDO_DAYS + 1))
    some = select(ImportRow.id).where(ImportRow.import_id.in_(old), cast(ImportRow.filled, Text) != "{}").limit(SLICE)
    with transaction() as session:
        gone = update(ImportRow).where(ImportRow.id.in_(some)).values(filled={}).returning(ImportRow.id)
        return len(session.execute(gone.execution_options(synchronize_session=False)).all())


def _take_back_people(session: Session, imported: Import, rows: Sequence[ImportRow]) -> None:
    numbers = [row.candidate_id for row in rows if row.candidate_id]
    locked = select(Candidate).where(Candidate.id.in_(numbers)).order_by(Candidate.id).with_for_update()
    here = {candidate.id: candidate for candidate in session.scalars(locked) if candidate.erased_at is None}
    kept = _touched(session, imported, here)
    leaving = [number for number in here if number not in kept]
    for row in rows:
        why = kept.get(row.candidate_id or 0)
        row.outcome = RowOutcome.STAYS if why else RowOutcome.TAKEN_BACK
        row.reason = _("Stays: %(why)s.", why=why) if why else "" if row.candidate_id in here else _("Was not here any more.")
        row.candidate_id = row.candidate_id if why else None
    session.flush()
    session.execute(delete(Touchpoint).where(Touchpoint.candidate_id.in_(leaving)))
    gone = delete(Candidate).where(Candidate.id.in_(leaving)).execution_options(synchronize_session=False)
    session.execute(gone)
    session.expire_all()


def _take_back_changes(session: Session, imported: Import, row: ImportRow) -> None:
    candidate = (
        session.get(Candidate, row.candidate_id, with_for_update=True, populate_existing=True) if row.candidate_id else None
    )
    if candidate is None or candidate.erased_at is not None:
        row.outcome, row.reason = RowOutcome.TAKEN_BACK, _("Was not here any more.")
        return
    ours = [name for name, digest in row.filled.items() if value_digest(getattr(candidate, name)) == digest]
    theirs = ", ".join(str(LABELS[name]) for name in row.filled if name not in ours)
    for name in ours:
        setattr(candidate, name, "")
        if name in _KEYS:
            setattr(candidate, _KEYS[name], None)
    if ours:
        candidate.compared_at = None
        about: dict[str, Any] = {"subject": ("import", imported.id), "actor_id": imported.undone_by_id, "fields": sorted(ours)}
        timeline.record(candidate.id, Kind.EDITED, Direction.INTERNAL, Channel.IMPORT, **about)
    emptied = ", ".join(str(LABELS[name]) for name in ours)
    row.outcome = RowOutcome.STAYS if theirs else RowOutcome.TAKEN_BACK
    stays, gone = _("Was changed since and stays: %(fields)s.", fields=theirs), _("Emptied again: %(fields)s.", fields=emptied)
    row.reason, row.filled = " ".join(filter(None, (theirs and stays, emptied and gone))), {}


def _touched(session: Session, imported: Import, numbers: Collection[int]) -> dict[int, str]:
    """Who of these was touched by anything but this import, and by what."""
    found: dict[int, str] = {}
    for column in columns_naming_people():
        if column.table.name not in _THEIR_OWN:
            named = session.scalars(select(column).where(column.in_(numbers)).distinct())
            merged = column.table.name == Merge.__tablename__
            why = _SINCE["merged"] if merged else _("something of theirs came in or was planned since")
            found |= dict.fromkeys(named, str(why))
    ours = and_(Touchpoint.kind == Kind.ADDED, Touchpoint.subject_type == "import", Touchpoint.subject_id == imported.id)
    later = select(Touchpoint.candidate_id, Touchpoint.kind).where(Touchpoint.candidate_id.in_(numbers), not_(ours))
    for number, kind in session.execute(later.order_by(Touchpoint.at)):
        found[number] = str(_SINCE.get(kind.value) or found.get(number) or _("something happened with them since"))
    return found
