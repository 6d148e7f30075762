"""Writing the people of a checked list, all of them in the caller's transaction."""

import logging
from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.details import Details
from portal.candidates.models import Candidate, Import, ImportRow, RowOutcome
from portal.candidates.queries import list_by_address_keys, list_rows_to_write, progress_key
from portal.candidates.services.people import Assignment, new_columns, suppressed_reason
from portal.candidates.services.rows import additions
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.privacy.queries import CHUNK, list_suppressions_by_key
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def write_people(session: Session, imported: Import) -> int:
    """Add and update as the check found, judged once more: who objected or came in another way since then is left out."""
    rows = list_rows_to_write(imported.id)
    for start in range(0, len(rows), CHUNK):
        _write_chunk(session, imported, rows[start : start + CHUNK])
        _tell(imported, start + CHUNK)
    # The report keeps its numbers and reasons; the people are in, or nobody's business.
    emptied = update(ImportRow).where(ImportRow.import_id == imported.id).values(values={}, address_key=None)
    session.execute(emptied.execution_options(synchronize_session=False))
    return max(len(rows), 1)


def _write_chunk(session: Session, imported: Import, rows: Sequence[ImportRow]) -> None:
    keys = {row.address_key for row in rows if row.address_key}
    suppressed, known = list_suppressions_by_key(keys), list_by_address_keys(keys)
    new = []
    for row in rows:
        key = row.address_key or ""
        if entry := suppressed.get(key):
            row.outcome, row.reason, row.candidate_id = RowOutcome.REFUSED, suppressed_reason(entry), None
        elif candidate := known.get(key):
            _fill(imported, row, candidate)
        elif row.outcome is RowOutcome.ADDED:
            new.append(row)
        else:
            row.outcome, row.reason = RowOutcome.REFUSED, _("This person was erased meanwhile.")
    _insert(session, imported, new)
    session.flush()


def _fill(imported: Import, row: ImportRow, candidate: Candidate) -> None:
    values = additions(candidate, row.values)
    for name, value in values.items():
        setattr(candidate, name, value)
    if row.outcome is RowOutcome.ADDED:
        row.reason = _("Came in another way meanwhile.")
    row.outcome = RowOutcome.UPDATED if values else RowOutcome.KNOWN
    row.candidate_id = candidate.id
    if values:
        timeline.record(
            candidate.id,
            Kind.EDITED,
            Direction.INTERNAL,
            Channel.IMPORT,
            subject=("import", imported.id),
            actor_id=imported.actor_id,
            fields=sorted(values),
        )


def _insert(session: Session, imported: Import, rows: Sequence[ImportRow]) -> None:
    assignment = Assignment(imported.source_id, imported.persona_id, imported.owner_id)
    people = [new_columns(Details(**row.values), row.address_key or "", assignment) for row in rows]
    if not people:
        return
    numbers = session.scalars(insert(Candidate).returning(Candidate.id, sort_by_parameter_order=True), people).all()
    for row, number in zip(rows, numbers, strict=True):
        row.candidate_id = number
    privacy.establish_all(numbers, Basis.LEGITIMATE_INTEREST, clock.now())
    timeline.record_all(
        numbers,
        Kind.ADDED,
        Direction.INTERNAL,
        Channel.IMPORT,
        subject=("import", imported.id),
        actor_id=imported.actor_id,
        source_id=imported.source_id,
    )


def _tell(imported: Import, done: int) -> None:
    """Show progress beside the transaction: nothing of it can be seen in the database before it ends."""
    try:
        current_app.extensions["huey"].put(progress_key(imported.id), min(done, imported.total))
    except Exception:  # a queue that is away costs the bar, never the import
        logging.getLogger(__name__).warning("import.progress_lost", exc_info=True)
