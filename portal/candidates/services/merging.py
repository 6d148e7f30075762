"""Making two rows one person, field by field, and taking that back for 30 days.

Whatever names the lost row, in any table of any feature, names the kept one afterwards. A row that the kept person has already
(the same mailing to both, say) stays where it is. The lost row stays as well: it leads to the kept one, its address too.
"""

from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.details import NAMES
from portal.candidates.models import Candidate, Duplicate, DuplicateState, Likeness, Merge, Pace
from portal.candidates.queries import find_duplicate
from portal.candidates.services.duplicates import pair_up
from portal.candidates.services.moving import Further, move_all, move_back, put_back, take
from portal.candidates.services.records import record
from portal.db import transaction
from portal.errors import Conflict, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Action
from portal.privacy.queries import find_suppression
from portal.timeline.models import Channel, Kind

UNDO_DAYS = 30
# What may be taken from either of the two; the rest follows by rule.
FIELDS = (*NAMES, "source_id", "persona_id", "owner_id")
_SAID = ("unsubscribed_at", "do_not_contact_at", "objected_at", "restricted_at", "tracking_off_at")
_EARLIEST = (*_SAID, "collected_at", "created_at")
_LATEST = ("paused_until", "ask_again_on", "held_back_until")
_RULED = (*_EARLIEST, *_LATEST, "pace", "topics")
_SWAPPED = ("address_key", "phone_key", "profile_key")


def init_app(app: Flask, further: Mapping[str, Further]) -> None:
    """Take from features above, by table, which of two rows counts when a person may have one only."""
    app.extensions["merging.further"] = dict(further)


def merge(kept: Candidate, lost: Candidate, chosen: Mapping[str, str] | None = None, *, actor_id: int | None = None) -> Merge:
    """Make two people one. `chosen`: field → "lost" where the lost row's value shall stand; else only where there is no other.

    Of wishes the stricter one counts, of two placements the further. Refused when one of the two is erased.
    """
    with transaction() as session:
        kept, lost = _lock(session, kept.id, lost.id)
        pair = find_duplicate(kept.id, lost.id) or pair_up(kept.id, lost.id)
        before = {"kept": take(kept, (*FIELDS, *_RULED, *_SWAPPED)), "lost": take(lost, ("email", *_SWAPPED))}
        row = Merge(kept_id=kept.id, lost_id=lost.id, at=clock.now(), actor_id=actor_id, moved={}, before={})
        session.add(row)
        _keep_wishes(kept, lost)
        _choose(session, kept, lost, chosen or {})
        lost.merged_into_id, kept.compared_at = kept.id, None
        session.flush()
        row.moved, rows = move_all(session, kept.id, lost.id)
        row.before = before | {"rows": rows, "after": take(kept, (*FIELDS, *_RULED, *_SWAPPED))}
        pair.state, pair.decided_at, pair.decided_by_id = DuplicateState.MERGED, row.at, actor_id
        _settle_pairs(session, kept.id, lost.id)
        session.flush()
        record(kept, Kind.MERGED, Channel.CONSOLE, actor_id, subject=("merge", row.id))
        privacy.audit(Action.MERGED, candidate_id=kept.id, actor_id=actor_id, merged=lost.id)
        privacy.settle_terms([kept.id])
        return row


def unmerge(row: Merge, *, actor_id: int | None = None) -> Merge:
    """Take a merge back: every row goes where it was, every field that nobody changed since is what it was."""
    with transaction() as session:
        row = session.get_one(Merge, row.id, with_for_update=True, populate_existing=True)
        if row.undone_at is not None:
            return row
        kept, lost = _lock_merged(session, row)
        move_back(session, row)
        # Addresses are unique: both rows let go of theirs before either gets its own again.
        now = take(kept, ("email", "address_key"))
        lost.merged_into_id, lost.address_key, kept.address_key = None, None, None
        session.flush()
        put_back(kept, now)
        _restore(row, kept, lost)
        row.undone_at, row.moved, row.before = clock.now(), {}, {}
        for person in (kept, lost):
            person.compared_at = None
            record(person, Kind.UNMERGED, Channel.CONSOLE, actor_id, subject=("merge", row.id))
        privacy.audit(Action.MERGED, candidate_id=kept.id, actor_id=actor_id, unmerged=lost.id)
        if pair := find_duplicate(kept.id, lost.id):
            pair.state, pair.decided_at = DuplicateState.OPEN, None
        session.flush()
        privacy.settle_terms([kept.id, lost.id])
        return row


def settle_merges() -> int:
    """When the time for an undo is over, what is kept for it goes; of the lost row only the address stays, to be known again."""
    old = select(Merge).where(Merge.at < clock.now() - timedelta(days=UNDO_DAYS), Merge.settled_at.is_(None))
    with transaction() as session:
        rows = session.scalars(old.limit(100)).all()
        for row in rows:
            row.moved, row.before, row.settled_at = {}, {}, clock.now()
            if row.undone_at is None:
                for name in set(NAMES) - {"email", "language"}:
                    setattr(row.lost, name, "")
                row.lost.phone_key = row.lost.profile_key = None
        return len(rows)


def _lock(session: Session, kept_id: int, lost_id: int) -> tuple[Candidate, Candidate]:
    both = select(Candidate).where(Candidate.id.in_((kept_id, lost_id))).order_by(Candidate.id).with_for_update()
    found = {row.id: row for row in session.scalars(both.execution_options(populate_existing=True))}
    if len(found) < 2 or any(row.merged_into_id is not None for row in found.values()):
        raise Conflict(_("These two are one person already."))
    if any(row.erased_at is not None for row in found.values()):
        raise Refused(_("One of the two was erased. What is erased stays erased."))
    return found[kept_id], found[lost_id]


def _lock_merged(session: Session, row: Merge) -> tuple[Candidate, Candidate]:
    both = select(Candidate).where(Candidate.id.in_((row.kept_id, row.lost_id))).order_by(Candidate.id).with_for_update()
    found = {person.id: person for person in session.scalars(both.execution_options(populate_existing=True))}
    kept, lost = found[row.kept_id], found[row.lost_id]
    if row.settled_at is not None or kept.erased_at is not None or lost.erased_at is not None:
        raise Conflict(
            _("This merge can no longer be undone: its %(days)s days are over, or the person is erased.", days=UNDO_DAYS)
        )
    if kept.merged_into_id is not None or lost.merged_into_id != kept.id:
        raise Conflict(_("This person was merged once more since. Undo the later merge first."))
    return kept, lost


def _keep_wishes(kept: Candidate, lost: Candidate) -> None:
    """Of two wishes the stricter one counts; who objected under either address has objected."""
    for name in _EARLIEST:
        setattr(kept, name, min((at for at in (getattr(kept, name), getattr(lost, name)) if at), default=None))
    for name in _LATEST:
        setattr(kept, name, max((on for on in (getattr(kept, name), getattr(lost, name)) if on), default=None))
    paces = list(Pace)
    kept.pace = max(kept.pace, lost.pace, key=paces.index)
    common = [topic for topic in kept.topics if topic in lost.topics]
    kept.topics = common or list(kept.topics or lost.topics)
    entries = [entry for person in (kept, lost) if person.email and (entry := find_suppression(person.email))]
    for entry in entries:
        kept.do_not_contact_at = min(kept.do_not_contact_at or entry.at, entry.at)
        kept.objected_at = min(kept.objected_at or entry.at, entry.at)


def _choose(session: Session, kept: Candidate, lost: Candidate, chosen: Mapping[str, str]) -> None:
    fields = [name for name in FIELDS if chosen.get(name) == "lost" or not getattr(kept, name)]
    taken = {name: getattr(lost, name) for name in fields if getattr(lost, name)}
    keys = {"email": "address_key", "phone": "phone_key", "profile_url": "profile_key"}
    taken |= {key: getattr(lost, key) for name, key in keys.items() if name in taken}
    if "email" in taken:  # both addresses stay known: they change places
        email, key = kept.email, kept.address_key
        lost.address_key = kept.address_key = None
        session.flush()
        lost.email, lost.address_key = email, key
    for name, value in taken.items():
        setattr(kept, name, value)


def _settle_pairs(session: Session, kept_id: int, lost_id: int) -> None:
    """What was decided about the lost row and others holds for the kept one; what was open is looked at anew."""
    others = (Duplicate.first_id == lost_id) | (Duplicate.second_id == lost_id)
    for known in session.scalars(select(Duplicate).where(others, Duplicate.state != DuplicateState.MERGED)).all():
        other_id = known.second_id if known.first_id == lost_id else known.first_id
        if known.state is DuplicateState.DIFFERENT and find_duplicate(kept_id, other_id) is None:
            pair_up(kept_id, other_id).state = DuplicateState.DIFFERENT
        if known.state is DuplicateState.OPEN:
            session.delete(known)
    session.execute(delete(Likeness).where(Likeness.candidate_id == lost_id))


def _restore(row: Merge, kept: Candidate, lost: Candidate) -> None:
    """Every field that still holds what the merge wrote gets back what it held before."""
    before, after = row.before["kept"], row.before["after"]
    untouched = [name for name in before if take(kept, [name])[name] == after[name]]
    kept_back = {name: before[name] for name in untouched if before[name] != after[name]}
    address = {"email", "address_key"}
    if not address <= set(untouched):  # a new address since: it stays, and the lost row gets back its own
        kept_back = {name: value for name, value in kept_back.items() if name not in address}
    put_back(kept, kept_back)
    put_back(lost, row.before["lost"])
