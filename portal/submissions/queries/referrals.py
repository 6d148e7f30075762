"""Finding friends who were referred."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock, tokens
from portal.db import db
from portal.errors import NotFound
from portal.submissions.models import Referral

PAGE = 100
ASKS = "referral"  # what the token of the mail's link is for
# So long a friend may think about it; then nothing of them is left.
WAITS = timedelta(days=14)


def find_referral(form_key: str) -> Referral | None:
    """The referral that a form made already."""
    return db.session.scalar(select(Referral).filter_by(form_key=form_key))


def get_referral(referral_id: int) -> Referral:
    """A referral by number, for the letter; NotFound when it went."""
    if row := db.session.get(Referral, referral_id):
        return row
    raise NotFound(_("This is not here any more."))


def referral_of(token: str) -> Referral:
    """The referral whose mail holds this link; NotFound for everything else."""
    row = db.session.scalar(select(Referral).filter_by(token_hash=tokens.digest(token)))
    if row is None or row.at < clock.now() - WAITS:
        raise NotFound(_("This link is not valid, or no longer."))
    return row


def is_asked(address_key: str) -> bool:
    """Whether somebody with this address is thinking about a referral at this moment."""
    waiting = select(Referral.id).filter_by(address_key=address_key, accepted_at=None)
    return db.session.scalar(waiting.where(Referral.at >= clock.now() - WAITS).limit(1)) is not None


def list_referrals() -> Sequence[Referral]:
    """The latest referrals: who said yes, and who is still thinking, without their address."""
    return db.session.scalars(select(Referral).order_by(Referral.id.desc()).limit(PAGE)).all()
