"""Adding people, editing what is known of them, and their wishes. Every change leaves a touchpoint."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.candidates.details import Details, clean
from portal.candidates.models import Candidate, Note, Pace
from portal.candidates.queries import find_by_address
from portal.db import transaction
from portal.errors import Conflict, Invalid, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Basis, Suppression, SuppressionReason
from portal.privacy.queries import address_key, find_suppression
from portal.sourcing.queries import find_persona, get_source
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

NOTE_LIMIT = 10_000
# How somebody unsubscribed → the channel of the touchpoint.
_WAYS = {"one click": Channel.MAIL, "page": Channel.WEB, "console": Channel.CONSOLE}


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
        _record(candidate, Kind.ADDED, channel, actor_id, source_id=source_id)
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
            _record(candidate, Kind.EDITED, channel, actor_id, fields=[name for name in changed if name != "address_key"])
        session.flush()
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
        _record(candidate, Kind.NOTED, Channel.CONSOLE, author_id, subject=("note", note.id))
        return note


def unsubscribe(candidate: Candidate, how: str = "page", *, actor_id: int | None = None) -> Candidate:
    """No more newsletters and series. `how` is "one click", "page" or "console". A second time changes nothing."""
    with transaction():
        if candidate.unsubscribed_at is None:
            candidate.unsubscribed_at = clock.now()
            _record(candidate, Kind.UNSUBSCRIBED, _WAYS.get(how, Channel.WEB), actor_id, how=how)
        return candidate


def resubscribe(candidate: Candidate, how: str = "page", *, actor_id: int | None = None) -> Candidate:
    """Newsletters and series may come again, because the candidate says so."""
    with transaction():
        if candidate.unsubscribed_at is not None:
            candidate.unsubscribed_at = None
            _record(candidate, Kind.RESUBSCRIBED, _WAYS.get(how, Channel.WEB), actor_id, how=how)
        return candidate


def set_preferences(
    candidate: Candidate,
    pace: Pace,
    paused_until: date | None,
    *,
    actor_id: int | None = None,
    channel: Channel = Channel.WEB,
) -> Candidate:
    """How often at most, and not before which day: it holds for every kind of mail."""
    until = paused_until.isoformat() if paused_until else None
    with transaction():
        if (candidate.pace, candidate.paused_until) != (pace, paused_until):
            candidate.pace, candidate.paused_until = pace, paused_until
            _record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, pace=pace.value, paused_until=until)
        return candidate


def stop_contact(candidate: Candidate, *, actor_id: int | None = None, channel: Channel = Channel.CONSOLE) -> Candidate:
    """Nobody writes to this person: the company decided it, or they said no; what is known stays until its basis runs out."""
    with transaction():
        if candidate.do_not_contact_at is None:
            candidate.do_not_contact_at = clock.now()
            _record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, do_not_contact=True)
        return candidate


def allow_contact(candidate: Candidate, *, actor_id: int | None = None, channel: Channel = Channel.CONSOLE) -> Candidate:
    """Take the company's own “do not contact” back; a person's objection cannot be taken back here."""
    with transaction():
        if candidate.email:
            refuse_suppressed(candidate.email)
        if candidate.do_not_contact_at is not None:
            candidate.do_not_contact_at = None
            _record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, do_not_contact=False)
        return candidate


def object_to_contact(candidate: Candidate, *, actor_id: int | None = None) -> Candidate:
    """The person said never again: no mail of any kind, and no list can bring them back."""
    with transaction():
        if candidate.email:
            privacy.suppress(candidate.email, SuppressionReason.OBJECTED)
        return stop_contact(candidate, actor_id=actor_id)


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


def _record(candidate: Candidate, kind: Kind, channel: Channel, actor_id: int | None, **more: Any) -> None:
    """Candidates act by web and mail, staff by everything else."""
    direction = Direction.IN if channel in {Channel.WEB, Channel.MAIL} and actor_id is None else Direction.INTERNAL
    timeline.record(candidate.id, kind, direction, channel, actor_id=actor_id, **more)
