"""What permits the company to keep a person's data, what they were told, how long it is kept, what is held or gone."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from portal.db import db
from portal.privacy.models import Erasure, Hold, LawfulBasis, Notice, Rule, Term


def current_basis(candidate_id: int) -> LawfulBasis | None:
    """The lawful basis that counts: the newest row. Whether it has run out is for the caller to see from `until`."""
    newest = select(LawfulBasis).filter_by(candidate_id=candidate_id).order_by(LawfulBasis.id.desc())
    return db.session.scalar(newest.limit(1))


def current_bases(candidate_ids: Collection[int]) -> Mapping[int, LawfulBasis]:
    """The same for up to a thousand people, by their numbers."""
    rows = select(LawfulBasis).where(LawfulBasis.candidate_id.in_(candidate_ids)).order_by(LawfulBasis.id)
    return {row.candidate_id: row for row in db.session.scalars(rows)}


def list_bases(candidate_id: int) -> Sequence[LawfulBasis]:
    """All bases there were, the newest first."""
    return db.session.scalars(select(LawfulBasis).filter_by(candidate_id=candidate_id).order_by(LawfulBasis.id.desc())).all()


def find_notice(candidate_id: int) -> Notice | None:
    """When and by which mail the candidate was told who keeps what and why."""
    return db.session.scalar(select(Notice).filter_by(candidate_id=candidate_id))


def has_notice(candidate_id: int) -> bool:
    """Whether the candidate has had the notice of GDPR Article 14."""
    return find_notice(candidate_id) is not None


def find_term(candidate_id: int) -> Term | None:
    """The day on which the candidate's data is deleted, and why."""
    return db.session.scalar(select(Term).filter_by(candidate_id=candidate_id))


def find_hold(candidate_id: int) -> Hold | None:
    """The legal hold that keeps this candidate's data now."""
    return db.session.scalar(select(Hold).filter_by(candidate_id=candidate_id, ended_at=None).limit(1))


def list_holds(candidate_id: int | None = None) -> Sequence[Hold]:
    """Legal holds that are in force, or all there were of one candidate; the newest first."""
    holds = select(Hold).order_by(Hold.id.desc())
    return db.session.scalars(
        holds.filter_by(ended_at=None) if candidate_id is None else holds.filter_by(candidate_id=candidate_id)
    ).all()


def list_rules() -> Sequence[Rule]:
    """The rules of retention, those for all countries first."""
    return db.session.scalars(select(Rule).order_by(Rule.country, Rule.basis.desc())).all()


def find_erasure(reference: str) -> Erasure | None:
    """A receipt by its reference, however it was typed."""
    return db.session.scalar(select(Erasure).filter_by(reference=reference.strip().upper()))
