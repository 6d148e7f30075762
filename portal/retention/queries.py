"""Who lacks what, what comes next for one person, and who may renew."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.services.gate import gate
from portal.errors import NotFound
from portal.privacy.models import Hold, LawfulBasis, Notice, Term, Why
from portal.privacy.queries import current_basis, find_hold, find_notice
from portal.privacy.queries.terms import Worked, work_out
from portal.privacy.verdicts import ASK_BEFORE, WARN_AFTER
from portal.sourcing.models import Source

SIZE = 50
RENEWAL_TOKEN = "renewal"  # noqa: S105 - what the token is for


class Lack(enum.StrEnum):
    """What is missing, or what comes to its end; the most urgent first."""

    LATE = "late"
    NOTICE = "notice"
    BASIS = "basis"
    SOURCE = "source"
    ENDS = "ends"
    HELD = "held"


@dataclass(frozen=True)
class Row:
    """A person in the report. `notice_status`: what became of a notice mail that was asked for."""

    candidate: Candidate
    source: str
    informed_at: datetime | None
    basis_until: datetime | None
    delete_at: datetime | None
    notice_status: Status | None


@dataclass(frozen=True)
class Standing:
    """Everything about the keeping of one person's data, for the panel on their page."""

    worked: Worked
    basis: LawfulBasis | None
    notice: Notice | None
    hold: Hold | None
    may_have_notice: bool


def report() -> Mapping[Lack, int]:
    """How many people lack what."""
    return {lack: db.session.scalar(_people(lack, func.count(Candidate.id))) or 0 for lack in Lack}


def list_lacking(lack: Lack, page: int = 1, size: int = SIZE) -> Sequence[Row]:
    """Who lacks it, those first whose day comes first."""
    found = _people(lack, Candidate, Source.name, Notice.at, Term.delete_at, Delivery.status)
    rows = db.session.execute(found.order_by(Term.delete_at, Candidate.id).offset((page - 1) * size).limit(size)).all()
    untils = _untils([row[0].id for row in rows])
    return [Row(one, name, informed, untils.get(one.id), day, status) for one, name, informed, day, status in rows]


def count_late() -> int:
    """How many people nobody told for 25 days; in five more they are deleted."""
    return db.session.scalar(_people(Lack.LATE, func.count(Candidate.id))) or 0


def list_late_ids(limit: int) -> Sequence[int]:
    """Their numbers, as far as no notice was asked for."""
    late = _people(Lack.LATE, Candidate.id).where(Delivery.id.is_(None))
    return db.session.scalars(late.order_by(Term.delete_at).limit(limit)).all()


def standing_of(candidate: Candidate) -> Standing:
    """How it stands with the keeping of somebody's data, worked out now."""
    [worked] = work_out([candidate.id])
    notice = find_notice(candidate.id)
    may = notice is None and gate(candidate, Purpose.NOTICE, clock.now()).allowed
    return Standing(worked, current_basis(candidate.id), notice, find_hold(candidate.id), may)


def list_due_ids(at: datetime, limit: int) -> Sequence[int]:
    """Whose day of deletion has come."""
    due = select(Term.candidate_id).join(Candidate, Candidate.id == Term.candidate_id).where(Term.delete_at <= at, _alive())
    # Two looks at a slice must find the same people, also where many have one day.
    due = due.order_by(Term.delete_at, Term.candidate_id).limit(limit)
    return db.session.scalars(due).all()


def list_to_remind(at: datetime, limit: int) -> Sequence[LawfulBasis]:
    """Bases that end within a month, of people who have not been asked about this one. What was promised to end then, ends."""
    newest = select(func.max(LawfulBasis.id)).group_by(LawfulBasis.candidate_id)
    asked = select(Delivery.id).where(Delivery.purpose == Purpose.RENEWAL, Delivery.subject_id == LawfulBasis.id)
    ending = (
        select(LawfulBasis)
        .join(Term, Term.candidate_id == LawfulBasis.candidate_id)
        .where(Term.why == Why.BASIS_ENDS, Term.delete_at > at, Term.delete_at <= at + ASK_BEFORE)
    )
    mine = LawfulBasis.id.in_(newest), LawfulBasis.promised_until.is_(None), ~asked.exists()
    return db.session.scalars(ending.where(*mine).order_by(LawfulBasis.id).limit(limit)).all()


def list_ended_holds(today: date) -> Sequence[Hold]:
    """Legal holds that have come to their day."""
    over = select(Hold).where(Hold.ended_at.is_(None), Hold.until <= today)
    return db.session.scalars(over.order_by(Hold.id).limit(SIZE)).all()


@dataclass(frozen=True)
class Renewal:
    """Whom a renewal link is about. `current`: the basis it asks about still counts."""

    candidate_id: int
    basis: LawfulBasis
    current: bool


def find_renewal(token: str) -> Renewal | None:
    """Whose data the link of a reminder is about; None when they are erased. NotFound for a link that is not ours."""
    _candidate_id, basis_id = tokens.unsign(RENEWAL_TOKEN, token)
    basis = db.session.get(LawfulBasis, basis_id)  # gone with its person; after a merge it is the other row's
    newest = current_basis(basis.candidate_id) if basis else None
    return Renewal(newest.candidate_id, newest, newest.id == basis_id) if newest else None


def get_hold(candidate_id: int) -> Hold:
    """The legal hold on somebody's data."""
    if (row := find_hold(candidate_id)) is None:
        raise NotFound("There is no legal hold on this data.")
    return row


def _people(lack: Lack, *columns: Any) -> Select[Any]:
    """The people who lack something, with what the report says of them."""
    asked = (Delivery.purpose == Purpose.NOTICE) & (Delivery.candidate_id == Candidate.id)
    people = (
        select(*columns)
        .select_from(Candidate)
        .join(Term, Term.candidate_id == Candidate.id)
        .join(Source, Source.id == Candidate.source_id)
        .outerjoin(Notice, Notice.candidate_id == Candidate.id)
        .outerjoin(Delivery, asked)
    )
    return people.where(Candidate.erased_at.is_(None), Candidate.merged_into_id.is_(None), _lacks(lack, clock.now()))


def _alive() -> ColumnElement[bool]:
    """Neither erased nor merged into another row, which stands for them."""
    return Candidate.erased_at.is_(None) & Candidate.merged_into_id.is_(None)


def _lacks(lack: Lack, at: datetime) -> ColumnElement[bool]:
    basis = select(LawfulBasis.id).where(LawfulBasis.candidate_id == Candidate.id)
    held = select(Hold.id).where(Hold.candidate_id == Candidate.id, Hold.ended_at.is_(None)).exists()
    uninformed = Notice.id.is_(None) & ~held
    return {
        Lack.LATE: uninformed & (Candidate.collected_at <= at - WARN_AFTER),
        Lack.NOTICE: uninformed,
        Lack.BASIS: ~basis.where(LawfulBasis.until > at).exists(),
        Lack.SOURCE: Source.data_note == "",
        Lack.ENDS: (Term.why == Why.BASIS_ENDS) & (Term.delete_at <= at + ASK_BEFORE),
        Lack.HELD: held,
    }[lack]


def _untils(candidate_ids: Sequence[int]) -> dict[int, datetime]:
    newest = (
        select(func.max(LawfulBasis.id)).where(LawfulBasis.candidate_id.in_(candidate_ids)).group_by(LawfulBasis.candidate_id)
    )
    rows = select(LawfulBasis.candidate_id, LawfulBasis.until).where(LawfulBasis.id.in_(newest))
    return {candidate_id: until for candidate_id, until in db.session.execute(rows)}  # noqa: C416


def days_left(delete_at: datetime | None) -> int:
    """Whole days until the day of deletion, none when it has come."""
    return max((delete_at - clock.now()) // timedelta(days=1), 0) if delete_at else 0
