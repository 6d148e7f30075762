"""Finding people, and what was written about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.candidates.models import Candidate, Note
from portal.config import settings
from portal.db import db
from portal.errors import Invalid, NotFound
from portal.privacy.models import LawfulBasis, Notice, Suppression
from portal.privacy.queries import CHUNK, address_key, current_basis, find_notice, find_suppression


@dataclass(frozen=True)
class Rights:
    """What stands before anything can be written to a person. `paused` and `expired` are judged as of now."""

    basis: LawfulBasis | None
    notice: Notice | None
    suppression: Suppression | None
    paused: bool
    expired: bool


def find_candidate(candidate_id: int) -> Candidate | None:
    """A candidate, unless erased; whoever was merged into another is the other."""
    candidate = follow(db.session.get(Candidate, candidate_id))
    return candidate if candidate and candidate.erased_at is None else None


def follow(candidate: Candidate | None) -> Candidate | None:
    """The person whom this row was merged into, or the row itself."""
    while candidate is not None and candidate.merged_into_id is not None:
        candidate = db.session.get(Candidate, candidate.merged_into_id)
    return candidate


def get_candidate(candidate_id: int) -> Candidate:
    """A candidate; NotFound when there is none, or none any more."""
    if candidate := find_candidate(candidate_id):
        return candidate
    raise NotFound(_("There is no such person here, or not any more."))


def find_by_address(email: str) -> Candidate | None:
    """Who has this address, in any spelling."""
    try:
        key = address_key(email)
    except Invalid:
        return None
    return follow(db.session.scalar(select(Candidate).filter_by(address_key=key)))


def find_by_public_id(public_id: str) -> Candidate | None:
    """Who has this public number, unless erased; whoever was merged into another is the other."""
    return follow(db.session.scalar(select(Candidate).filter_by(public_id=public_id, erased_at=None)))


def list_by_address_keys(keys: Collection[str]) -> dict[str, Candidate]:
    """The known ones among many address keys, by key."""
    wanted = sorted(keys)
    found: dict[str, Candidate] = {}
    for start in range(0, len(wanted), CHUNK):
        part = select(Candidate).where(Candidate.address_key.in_(wanted[start : start + CHUNK]))
        found.update({row.address_key or "": follow(row) or row for row in db.session.scalars(part)})
    return found


def load_many(candidate_ids: Collection[int]) -> dict[int, Candidate]:
    """Up to a thousand people by their numbers, each with source and persona."""
    rows = select(Candidate).where(Candidate.id.in_(candidate_ids))
    rows = rows.options(joinedload(Candidate.source), joinedload(Candidate.persona))
    return {one.id: one for one in db.session.scalars(rows)}


def list_notes(candidate_id: int) -> Sequence[Note]:
    """What staff wrote about a candidate, newest first."""
    newest = select(Note).filter_by(candidate_id=candidate_id).order_by(Note.at.desc(), Note.id.desc())
    return db.session.scalars(newest).all()


def get_rights(candidate: Candidate) -> Rights:
    """Basis, notice, suppression and pause of a candidate. The pause ends at midnight where the candidate is."""
    basis = current_basis(candidate.id)
    today = clock.today(candidate.time_zone or settings().time_zone)
    return Rights(
        basis=basis,
        notice=find_notice(candidate.id),
        suppression=find_suppression(candidate.email) if candidate.email else None,
        paused=candidate.paused_until is not None and candidate.paused_until > today,
        expired=basis is None or basis.until <= clock.now(),
    )
