"""Reading delivery rows and the outbox, and gathering what the gate looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, undefer

from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.db import db
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.delivery.verdicts import UNASKED, AddressFacts, Facts
from portal.errors import NotFound
from portal.privacy.models import LawfulBasis, Notice
from portal.privacy.queries import address_hash, address_key, find_suppression, list_suppressions

PAGE = 50
# How often an address that anybody may have typed gets a mail of one kind.
ADDRESS_PACE = timedelta(days=1)
OPEN = (Status.DUE, Status.CLAIMED, Status.SENDING)
LEFT = (Status.SENT, Status.SENDING, Status.UNCERTAIN)
# A withheld mail is settled: a rule or the person's wish decided. These wait for somebody to decide.
UNSETTLED = (Status.FAILED, Status.UNCERTAIN)


@dataclass(frozen=True)
class Listed:
    """A mail in the outbox page, with the number of its copy if one was kept."""

    delivery: Delivery
    copy_id: int | None


@dataclass(frozen=True)
class OutboxPage:
    """A page of mails, newest first. `later` is the number to go on from, None at the end."""

    rows: Sequence[Listed]
    later: int | None


def find_row(delivery_id: int) -> Delivery | None:
    """A delivery row by its number."""
    return db.session.get(Delivery, delivery_id)


def get_delivery(delivery_id: int) -> Delivery:
    """A delivery row; NotFound when there is none."""
    if row := find_row(delivery_id):
        return row
    raise NotFound(_("There is no such mail."))


def list_deliveries(candidate_id: int) -> Sequence[Delivery]:
    """All mails to a candidate, newest first."""
    return db.session.scalars(select(Delivery).filter_by(candidate_id=candidate_id).order_by(Delivery.id.desc())).all()


def find_delivery(purpose: Purpose, subject_id: int, candidate_id: int) -> Delivery | None:
    """The one mail of this purpose about this subject to this person."""
    own = select(Delivery).filter_by(purpose=purpose, subject_id=subject_id, candidate_id=candidate_id)
    return db.session.scalars(own).one_or_none()


def counts(purpose: Purpose, subject_id: int) -> dict[Status, int]:
    """How many mails of a subject stand where."""
    grouped = select(Delivery.status, func.count()).filter_by(purpose=purpose, subject_id=subject_id).group_by(Delivery.status)
    return dict(db.session.execute(grouped).all())


def count_withheld(purpose: Purpose, subject_id: int) -> list[tuple[str, int]]:
    """Why mails of a subject were withheld, the most frequent reason first."""
    own = select(Delivery.withheld_reason, func.count()).filter_by(purpose=purpose, subject_id=subject_id, status=Status.WITHHELD)
    found = db.session.execute(own.group_by(Delivery.withheld_reason)).all()
    return sorted(found, key=lambda pair: -pair[1])


def list_outbox(statuses: Sequence[Status] = (), before: int | None = None) -> OutboxPage:
    """Mails in these states (all without), newest first."""
    rows = select(Delivery, OutboxMail.id).outerjoin(OutboxMail, OutboxMail.delivery_id == Delivery.id)
    rows = rows.options(joinedload(Delivery.candidate)).order_by(Delivery.id.desc()).limit(PAGE + 1)
    if statuses:
        rows = rows.where(Delivery.status.in_(statuses))
    if before is not None:
        rows = rows.where(Delivery.id < before)
    found = [Listed(row[0], row[1]) for row in db.session.execute(rows)]
    return OutboxPage(found[:PAGE], found[PAGE - 1].delivery.id if len(found) > PAGE else None)


def count_by_status() -> dict[Status, int]:
    """How many mails stand where, all in all."""
    return dict(db.session.execute(select(Delivery.status, func.count()).group_by(Delivery.status)).all())


def get_mail(mail_id: int) -> OutboxMail:
    """A mail that was kept, with its bytes; NotFound when there is none."""
    kept = select(OutboxMail).filter_by(id=mail_id).options(undefer(OutboxMail.raw), undefer(OutboxMail.slots))
    if mail := db.session.scalars(kept).one_or_none():
        return mail
    raise NotFound(_("There is no such mail."))


def facts_of(candidates: Sequence[Candidate]) -> Mapping[int, Facts]:
    """What the gate looks at, for many people at once (at most a thousand)."""
    ids = [candidate.id for candidate in candidates]
    told = set(db.session.scalars(select(Notice.candidate_id).where(Notice.candidate_id.in_(ids))))
    bases = select(LawfulBasis).where(LawfulBasis.candidate_id.in_(ids)).order_by(LawfulBasis.id)
    newest = {row.candidate_id: row for row in db.session.scalars(bases)}
    gone = list_suppressions(candidate.email for candidate in candidates if candidate.email)
    last = dict(db.session.execute(_last_mails(ids)).all())
    return {one.id: Facts(one, newest.get(one.id), one.id in told, one.email in gone, last.get(one.id)) for one in candidates}


def address_key_of(candidate_id: int) -> str | None:
    """The keyed hash of a candidate's address, as rows to nobody in particular carry it."""
    email = db.session.scalar(select(Candidate.email).filter_by(id=candidate_id))
    return address_hash(address_key(email)) if email else None


def was_reminded(candidate_id: int, since: datetime) -> bool:
    """Whether the mail that they asked for on a day has left, or may have."""
    gone = select(Delivery.id).filter_by(candidate_id=candidate_id, purpose=Purpose.REMINDER)
    return db.session.scalar(gone.where(Delivery.sent_at >= since, Delivery.status.in_(LEFT)).limit(1)) is not None


def facts_of_address(row: Delivery, at: datetime) -> AddressFacts:
    """What the gate looks at for a mail to somebody who is no candidate."""
    if not row.address:
        return AddressFacts(suppressed=True, had_one_today=False, person=None)
    earlier = select(Delivery.id).where(Delivery.address_key == row.address_key, Delivery.purpose == row.purpose)
    earlier = earlier.where(Delivery.id != row.id, Delivery.sent_at > at - ADDRESS_PACE, Delivery.status.in_(LEFT)).limit(1)
    known = find_by_address(row.address)
    return AddressFacts(
        suppressed=find_suppression(row.address) is not None,
        had_one_today=db.session.scalar(earlier) is not None,
        person=facts_of([known])[known.id] if known and known.erased_at is None else None,
    )


def _last_mails(candidate_ids: Sequence[int]) -> Select[int | None, datetime | None]:
    latest = select(Delivery.candidate_id, func.max(Delivery.sent_at)).where(
        Delivery.candidate_id.in_(candidate_ids), Delivery.purpose.in_(UNASKED), Delivery.status.in_(LEFT)
    )
    return latest.group_by(Delivery.candidate_id)
