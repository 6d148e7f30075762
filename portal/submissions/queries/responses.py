"""Finding answers, and taps that may be none."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate
from portal.db import db
from portal.outreach.models import LandingLink, Visit
from portal.outreach.queries import proof_keys
from portal.submissions.models import Answer, Response, Tap

PAGE = 100


def list_responses(candidate_id: int) -> Sequence[Response]:
    """Every answer of a candidate, newest first."""
    return db.session.scalars(select(Response).filter_by(candidate_id=candidate_id).order_by(Response.id.desc())).all()


def current_response(candidate_id: int) -> Response | None:
    """The answer that counts."""
    open_ones = select(Response).filter_by(candidate_id=candidate_id, replaced_at=None).order_by(Response.id.desc())
    return db.session.scalar(open_ones.limit(1))


def find_response(form_key: str) -> Response | None:
    """The answer that a form made already."""
    return db.session.scalar(select(Response).filter_by(form_key=form_key))


def list_latest_responses() -> Sequence[Response]:
    """The latest answers of all, with their people; answers that were replaced are left out."""
    latest = select(Response).where(Response.id.in_(_standing())).join(Response.candidate).where(Candidate.erased_at.is_(None))
    people = joinedload(Response.candidate), joinedload(Response.link)
    return db.session.scalars(latest.order_by(Response.id.desc()).limit(PAGE).options(*people)).all()


def count_responses() -> dict[Answer, int]:
    """How many people gave each answer, as it stands."""
    grouped = select(Response.answer, func.count()).where(Response.id.in_(_standing())).group_by(Response.answer)
    return {row[0]: row[1] for row in db.session.execute(grouped)}


def _standing() -> Select[int]:
    """The answer that counts of each person; who was merged from two may have two that nothing replaced."""
    return select(func.max(Response.id)).filter_by(replaced_at=None).group_by(Response.candidate_id)


def find_tap(link_id: int, answer: Answer) -> Tap | None:
    """That this answer was tapped behind this link, by nobody knows whom."""
    return db.session.scalar(select(Tap).filter_by(link_id=link_id, answer=answer))


def list_taps() -> Sequence[Tap]:
    """Taps that wait for a person, newest first."""
    found = select(Tap).join(Tap.candidate).where(Candidate.erased_at.is_(None)).order_by(Tap.at.desc(), Tap.id.desc())
    return db.session.scalars(found.limit(PAGE).options(joinedload(Tap.candidate))).all()


def is_read(link: LandingLink, proofs: Iterable[str]) -> bool:
    """Whether a person proved to have read one of these pages behind a link. Each page counts for itself.

    Otherwise what opens a mail beside its reader would pass for them.
    """
    hashes = [key for proof in proofs if proof for key in proof_keys(proof)]
    mine = or_(Visit.link_id == link.id, Visit.link_id.is_(None))
    read = select(Visit.id).where(
        Visit.proof_hash.in_(hashes), mine, Visit.proved_at.is_not(None), ~Visit.signals.contains("unseen")
    )
    return bool(hashes) and db.session.scalar(read.limit(1)) is not None
