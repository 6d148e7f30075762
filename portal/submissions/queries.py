"""Finding answers and interest."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Purpose
from portal.errors import NotFound
from portal.submissions.models import Answer, Interest, Quarantine, Response

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
    latest = select(Response).filter_by(replaced_at=None).join(Response.candidate).where(Candidate.erased_at.is_(None))
    people = joinedload(Response.candidate), joinedload(Response.link)
    return db.session.scalars(latest.order_by(Response.id.desc()).limit(PAGE).options(*people)).all()


def count_responses() -> dict[Answer, int]:
    """How many people gave each answer, as it stands."""
    grouped = select(Response.answer, func.count()).filter_by(replaced_at=None).group_by(Response.answer)
    return {row[0]: row[1] for row in db.session.execute(grouped)}


def find_interest(form_key: str) -> Interest | None:
    """The interest that a form made already."""
    return db.session.scalar(select(Interest).filter_by(form_key=form_key))


def has_confirmation_since(candidate_id: int, since: datetime) -> bool:
    """Whether a mail that confirms an interest form was handed over for somebody after a moment."""
    sent = select(Delivery.id).filter_by(purpose=Purpose.CONFIRMATION, candidate_id=candidate_id)
    return db.session.scalar(sent.where(Delivery.created_at > since).limit(1)) is not None


def get_interest(interest_id: int) -> Interest:
    """An interest; NotFound when there is none."""
    if interest := db.session.get(Interest, interest_id):
        return interest
    raise NotFound(_("There is no such interest form, or not any more."))


def list_latest_interests() -> Sequence[Interest]:
    """The latest interest forms, with their people."""
    latest = select(Interest).join(Interest.candidate).where(Candidate.erased_at.is_(None)).order_by(Interest.id.desc())
    return db.session.scalars(latest.limit(PAGE).options(joinedload(Interest.candidate))).all()


def list_quarantine() -> Sequence[Quarantine]:
    """Posts that looked like a robot's, newest first."""
    return db.session.scalars(select(Quarantine).order_by(Quarantine.id.desc()).limit(PAGE)).all()


def get_quarantined(quarantine_id: int) -> Quarantine:
    """A post that was kept aside; NotFound when it went already."""
    if row := db.session.get(Quarantine, quarantine_id):
        return row
    raise NotFound(_("This is not here any more."))
