"""Whose data the company may still keep: the share of the pool with a lawful basis that has not run out."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from portal import clock
from portal.analytics.queries.periods import Filters, chosen_people
from portal.candidates.models import Candidate
from portal.db import db
from portal.privacy.models import Basis, LawfulBasis
from portal.rates import Rate


@dataclass(frozen=True)
class BasisReport:
    """People we keep, at this moment: with a valid basis, of which kind it is, those whose basis ran out, those without any."""

    valid: Rate
    consent: int
    legitimate_interest: int
    expired: int
    missing: int


def valid_basis(filters: Filters) -> BasisReport:
    """Everybody who is neither erased nor merged into somebody else; the newest basis counts. The period does not matter."""
    newest = select(LawfulBasis.candidate_id, func.max(LawfulBasis.id).label("id")).group_by(LawfulBasis.candidate_id).subquery()
    holds = LawfulBasis.until > clock.now()
    parts = [case((holds & (LawfulBasis.basis == one), 1), else_=0) for one in (Basis.CONSENT, Basis.LEGITIMATE_INTEREST)]
    parts += [case((LawfulBasis.until <= clock.now(), 1), else_=0), case((LawfulBasis.id.is_(None), 1), else_=0)]
    counted = select(func.count(), *map(func.sum, parts)).select_from(Candidate)
    counted = counted.outerjoin(newest, newest.c.candidate_id == Candidate.id).outerjoin(
        LawfulBasis, LawfulBasis.id == newest.c.id
    )
    counted = counted.where(Candidate.erased_at.is_(None), Candidate.merged_into_id.is_(None))
    if (people := chosen_people(filters)) is not None:
        counted = counted.where(Candidate.id.in_(people))
    everybody, consent, interest, expired, missing = (int(one or 0) for one in db.session.execute(counted).one())
    return BasisReport(Rate(consent + interest, everybody), consent, interest, expired, missing)
