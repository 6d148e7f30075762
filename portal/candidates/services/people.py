"""Adding people, editing what is known of them, and their wishes. Every change leaves a touchpoint."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.candidates.details import Details, clean, keys_of
from portal.candidates.models import Candidate, Note
from portal.candidates.queries import find_by_address
from portal.candidates.services.records import record
from portal.db import transaction
from portal.errors import Conflict, Invalid, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Action, Basis, Suppression, SuppressionReason
from portal.privacy.queries import address_key, find_suppression
from portal.sourcing.queries import find_persona, get_source
from portal.timeline.models import Channel, Kind

NOTE_LIMIT = 10_000


@dataclass(frozen=True)
class Assignment:
    """Where a candidate came from, whom they resemble, who looks after them."""

    source_id: int
    persona_id: int | None = None
    owner_id: int | None = None


def add(
    details: Details,
    source_id: int,
    *,
    persona_id: int | None = None,
    owner_id: int | None = None,
    actor_id: int | None = None,
    channel: Channel = Channel.HAND,
    collected_at: datetime | None = None,
    or_existing: bool = False,
) -> Candidate:
    """A new candidate, kept by legitimate interest for 12 months from collecting.

    Refused when the person is suppressed; nothing of them is stored then. Somebody with this address is already here: Conflict,
    or that candidate unchanged when `or_existing` is set.
    """
    details = details.cleaned()
    with transaction() as session:
        refuse_suppressed(details.email)
        if known := find_by_address(details.email):
            return _known(known, or_existing)
        assignment = _checked(Assignment(source_id, persona_id, owner_id))
        candidate = Candidate(**new_columns(details, address_key(details.email), assignment, collected_at))
        try:
            with session.begin_nested():
                session.add(candidate)
        except IntegrityError:
            if known := find_by_address(details.email):  # another process added them a moment ago
                return _known(known, or_existing)
            raise
        privacy.establish(candidate.id, Basis.LEGITIMATE_INTEREST, candidate.collected_at)
        record(candidate, Kind.ADDED, channel, actor_id, source_id=source_id)
        if actor_id is not None:
            privacy.audit(Action.ADDED, candidate_id=candidate.id, actor_id=actor_id)
        return candidate


def edit(
    candidate: Candidate,
    details: Details,
    assignment: Assignment | None = None,
    *,
    actor_id: int | None = None,
    channel: Channel = Channel.CONSOLE,
) -> Candidate:
    """Change what is known; the touchpoint names the fields only. A new address must be free and not suppressed."""
    with transaction() as session:
        details = admissible(details, candidate)
        values: dict[str, Any] = asdict(details) | {"address_key": address_key(details.email)}
        if assignment:
            values |= asdict(_checked(assignment))
        changed = sorted(name for name, value in values.items() if getattr(candidate, name) != value)
        for name in changed:
            setattr(candidate, name, values[name])
        if changed:
            for name, value in keys_of(details).items():
                setattr(candidate, name, value)
            record(candidate, Kind.EDITED, channel, actor_id, fields=[name for name in changed if name != "address_key"])
        session.flush()
        return candidate


def change_address(candidate: Candidate, email: str, *, actor_id: int | None = None, channel: Channel = Channel.WEB) -> Candidate:
    """The new address of somebody who confirmed it. It must be free and not suppressed; Invalid when it is no address."""
    with transaction() as session:
        key = address_key(email)
        refuse_suppressed(email)
        known = find_by_address(email)
        if known is not None and known.id != candidate.id:
            raise Conflict(_("This address belongs to somebody else here."))
        candidate.email, candidate.address_key, candidate.compared_at = clean(email), key, None
        session.flush()
        record(candidate, Kind.EDITED, channel, actor_id, fields=["email"])
        return candidate


def add_note(candidate: Candidate, text: str, author_id: int | None = None) -> Note:
    """Write a note; the candidate may read it one day."""
    text = clean(text, many_lines=True)
    if not text:
        raise Invalid(_("The note is empty."), "text")
    if len(text) > NOTE_LIMIT:
        raise Invalid(_("A note has at most %(limit)s characters.", limit=NOTE_LIMIT), "text")
    with transaction() as session:
        note = Note(candidate_id=candidate.id, author_id=author_id, text=text, at=clock.now())
        session.add(note)
        session.flush()
        record(candidate, Kind.NOTED, Channel.CONSOLE, author_id, subject=("note", note.id))
        return note


def admissible(details: Details, candidate: Candidate | None = None) -> Details:
    """Cleaned details of who may be added, or be what this candidate is changed to; Invalid, Refused or Conflict says why not."""
    details = details.cleaned()
    key = address_key(details.email)
    if candidate is None or key != candidate.address_key:
        refuse_suppressed(key)
        if known := find_by_address(key):
            raise _conflict(known)
    return details


def refuse_suppressed(email: str) -> None:
    """Refused, with the day they objected, when nobody may write to this address again. Invalid when it is no address."""
    if entry := find_suppression(email):
        raise Refused(suppressed_reason(entry))


def suppressed_reason(entry: Suppression) -> str:
    """Why a person cannot be added; says nothing about who it is."""
    day = format_date(entry.at, _("d MMMM y"))
    if entry.reason in {SuppressionReason.OBJECTED, SuppressionReason.COMPLAINED, SuppressionReason.ERASED}:
        return str(_("This person objected on %(day)s. Nothing of them is kept.", day=day))
    return str(_("This address was closed to us on %(day)s. Nothing of it is kept.", day=day))


def new_columns(details: Details, key: str, assignment: Assignment, collected_at: datetime | None = None) -> dict[str, Any]:
    """The columns of a new candidate from cleaned details and their address key."""
    now = clock.now()
    return {
        **asdict(details),
        **keys_of(details),
        **asdict(assignment),
        "public_id": secrets.token_urlsafe(12),
        "address_key": key,
        "collected_at": collected_at or now,
        "created_at": now,
    }


def _checked(assignment: Assignment) -> Assignment:
    get_source(assignment.source_id)
    if assignment.persona_id is not None and find_persona(assignment.persona_id) is None:
        raise Invalid(_("There is no such persona any more."), "persona_id")
    return assignment


def _known(candidate: Candidate, or_existing: bool) -> Candidate:
    if not or_existing:
        raise _conflict(candidate)
    return candidate


def _conflict(candidate: Candidate) -> Conflict:
    return Conflict(_("%(name)s is already here with this address.", name=candidate.full_name))
