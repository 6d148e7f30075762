"""Finding interest, confirmed and not yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Purpose
from portal.errors import NotFound
from portal.submissions.models import Interest, PendingInterest

PAGE = 100
CONFIRMS = "confirm-interest"  # what the token of the mail's link is for
# So long what nobody confirmed is kept.
WAITS = timedelta(days=7)


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


def find_pending(form_key: str) -> PendingInterest | None:
    """The unconfirmed interest that a form made already."""
    return db.session.scalar(select(PendingInterest).filter_by(form_key=form_key))


def get_pending(pending_id: int) -> PendingInterest:
    """Unconfirmed interest by number, for the letter; NotFound when it went."""
    if row := db.session.get(PendingInterest, pending_id):
        return row
    raise NotFound(_("There is no such interest form, or not any more."))


def pending_of(token: str) -> PendingInterest:
    """The unconfirmed interest whose mail holds this link; NotFound for everything else."""
    row = db.session.scalar(select(PendingInterest).filter_by(token_hash=tokens.digest(token)))
    if row is None or row.at < clock.now() - WAITS:
        raise NotFound(_("This link is not valid, or no longer."))
    return row


def list_pending(address_key: str) -> Sequence[PendingInterest]:
    """All that waits for the owner of an address to say whether it was them, oldest first."""
    waiting = select(PendingInterest).filter_by(address_key=address_key, confirmed_at=None)
    return db.session.scalars(waiting.where(PendingInterest.at >= clock.now() - WAITS).order_by(PendingInterest.id)).all()
