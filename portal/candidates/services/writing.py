"""Writing the people of a checked list, all of them in the caller's transaction, by a few statements that no row waits for.

The rows were judged and cleaned by the check; here the database copies them. SQLite lets one writer in at a time, so that
everybody else waits as long as this takes: seconds for 100,000 people.
"""

from collections import defaultdict
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, case, delete, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.details import NAMES
from portal.candidates.models import Candidate, Import, ImportPart, ImportRow, ImportStatus, Likeness, RowOutcome
from portal.candidates.services.people import suppressed_reason
from portal.candidates.services.rows import FILLABLE, additions, fill_digests
from portal.db import transaction
from portal.privacy import services as privacy
from portal.privacy.models import Basis, Suppression
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

TIDIED = 5000  # rows emptied in one transaction
_KEYS = {"phone": "phone_key", "profile_url": "profile_key"}
_EMPTY: dict[str, Any] = {"values": {}, "address_key": None, "address_hash": None}


def write_people(session: Session, imported: Import) -> int:
    """Add and update as the check found, judged once more: who objected or came in another way since then is left out."""
    _refuse_suppressed(session, imported)
    _leave_known(session, imported)
    _look_again(session, imported)
    added = _add(session, imported)
    return max(added + _update(session, imported), 1)


def tidy() -> int:
    """Empty what the people of finished lists left behind, in slices; returns how much. The report keeps numbers and reasons."""
    done = select(Import.id).where(Import.status.in_((ImportStatus.DONE, ImportStatus.UNDOING, ImportStatus.UNDONE)))
    tidied = 0
    for table in (ImportPart, Likeness):
        with transaction() as session:
            some = select(table.id).where(table.import_id.in_(done)).limit(TIDIED if table is Likeness else 20)
            tidied += len(session.execute(delete(table).where(table.id.in_(some)).returning(table.id)).all())
    with transaction() as session:
        some = select(ImportRow.id).where(ImportRow.import_id.in_(done), ImportRow.address_key.is_not(None)).limit(TIDIED)
        emptied = (
            update(ImportRow).where(ImportRow.id.in_(some)).values(**_EMPTY).returning(ImportRow.outcome, ImportRow.candidate_id)
        )
        rows = session.execute(emptied.execution_options(synchronize_session=False)).all()
        privacy.settle_terms([number for outcome, number in rows if number and outcome is RowOutcome.ADDED])
        tidied += len(rows)
    return tidied


def _refuse_suppressed(session: Session, imported: Import) -> None:
    met = select(ImportRow, Suppression).join(Suppression, Suppression.address_hash == ImportRow.address_hash)
    for row, entry in session.execute(met.where(ImportRow.import_id == imported.id)):
        row.outcome, row.reason, row.candidate_id, row.filled = RowOutcome.REFUSED, suppressed_reason(entry), None, {}
        row.alike, row.alike_id = "", None
        for name, value in _EMPTY.items():
            setattr(row, name, value)
    session.flush()


def _leave_known(session: Session, imported: Import) -> None:
    """Who came in another way since the check stays as they are; who was erased or merged since does not come back."""
    here = select(Candidate.id).where(Candidate.address_key == ImportRow.address_key).scalar_subquery()
    came = _rows(imported, RowOutcome.ADDED) & here.is_not(None)
    known = {"outcome": RowOutcome.KNOWN, "reason": _("Came in another way meanwhile."), "candidate_id": here}
    session.execute(update(ImportRow).where(came).values(**known).execution_options(synchronize_session=False))
    gone = select(Candidate.id).where(or_(Candidate.erased_at.is_not(None), Candidate.merged_into_id.is_not(None)))
    lost = _rows(imported, RowOutcome.UPDATED) & or_(ImportRow.candidate_id.is_(None), ImportRow.candidate_id.in_(gone))
    left = {"outcome": RowOutcome.REFUSED, "reason": _("This person was erased meanwhile."), "candidate_id": None, "filled": {}}
    session.execute(update(ImportRow).where(lost).values(**left, **_EMPTY).execution_options(synchronize_session=False))


def _look_again(session: Session, imported: Import) -> None:
    """Where a field was filled by somebody else since the check, theirs stays."""
    taken = [and_(ImportRow.values[name].as_string().is_not(None), getattr(Candidate, name) != "") for name in FILLABLE]
    changed = select(ImportRow, Candidate).join(Candidate, Candidate.id == ImportRow.candidate_id)
    for row, candidate in session.execute(changed.where(_rows(imported, RowOutcome.UPDATED), or_(*taken))):
        values = additions(candidate, row.values)
        row.values = values | {key: row.values[key] for name, key in _KEYS.items() if name in values and key in row.values}
        row.filled = fill_digests(values)
        if not values:
            row.outcome, row.reason = RowOutcome.KNOWN, _("Nothing new.")
    session.flush()


def _add(session: Session, imported: Import) -> int:
    now = clock.now()
    same = {
        "source_id": imported.source_id,
        "persona_id": imported.persona_id,
        "owner_id": imported.owner_id,
        "collected_at": now,
        "created_at": now,
    }
    staged = {name: ImportRow.values[name].as_string() for name in (*NAMES, "public_id", *_KEYS.values())}
    staged["address_key"] = ImportRow.address_key
    constant = {name: literal(value, Candidate.__table__.c[name].type).label(name) for name, value in same.items()}
    people = select(*staged.values(), *constant.values()).where(_rows(imported, RowOutcome.ADDED)).order_by(ImportRow.number)
    session.execute(insert(Candidate).from_select([*staged, *constant], people))
    here = select(Candidate.id).where(Candidate.address_key == ImportRow.address_key).scalar_subquery()
    told = update(ImportRow).where(_rows(imported, RowOutcome.ADDED)).values(candidate_id=here)
    session.execute(told.execution_options(synchronize_session=False))
    ids: Select[int | None] = select(ImportRow.candidate_id).where(_rows(imported, RowOutcome.ADDED))
    privacy.establish_selected(ids, Basis.LEGITIMATE_INTEREST, now)
    about: dict[str, Any] = {"subject": ("import", imported.id), "actor_id": imported.actor_id, "source_id": imported.source_id}
    return timeline.record_selected(ids, Kind.ADDED, Direction.INTERNAL, Channel.IMPORT, **about)


def _update(session: Session, imported: Import) -> int:
    filled: dict[Any, Any] = {"compared_at": None}
    for name in FILLABLE:
        column, value = getattr(Candidate, name), ImportRow.values[name].as_string()
        fits = and_(column == "", value.is_not(None))
        filled[name] = case((fits, value), else_=column)
        if key := _KEYS.get(name):
            filled[key] = case((fits, ImportRow.values[key].as_string()), else_=getattr(Candidate, key))
    theirs = and_(Candidate.id == ImportRow.candidate_id, _rows(imported, RowOutcome.UPDATED))
    session.execute(update(Candidate).where(theirs).values(filled).execution_options(synchronize_session=False))
    return _tell(session, imported)


def _tell(session: Session, imported: Import) -> int:
    """Touchpoints of updates, together for all of whom the same fields were filled."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    rows = select(ImportRow.candidate_id, ImportRow.filled).where(_rows(imported, RowOutcome.UPDATED))
    for candidate_id, filled in session.execute(rows):
        groups[tuple(sorted(filled))].append(candidate_id or 0)
    for fields, ids in groups.items():
        about: dict[str, Any] = {"subject": ("import", imported.id), "actor_id": imported.actor_id, "fields": list(fields)}
        timeline.record_all(ids, Kind.EDITED, Direction.INTERNAL, Channel.IMPORT, **about)
    session.expire_all()
    return sum(len(ids) for ids in groups.values())


def _rows(imported: Import, outcome: RowOutcome) -> Any:
    return and_(ImportRow.import_id == imported.id, ImportRow.outcome == outcome)
