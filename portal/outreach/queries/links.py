"""Finding landing links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock, tokens
from portal.db import db
from portal.errors import NotFound
from portal.outreach.models import Campaign, LandingLink


def find_link(token: str) -> LandingLink | None:
    """The link of a token, while it is open. Unknown, expired and paused ones look the same and cost the same."""
    people = (joinedload(LandingLink.candidate), joinedload(LandingLink.campaign).joinedload(Campaign.owner))
    link = db.session.scalar(select(LandingLink).filter_by(token_hash=tokens.digest(token)).options(*people))
    if link is None or not is_open(link, clock.now()):
        return None
    return None if link.candidate is not None and link.candidate.erased_at is not None else link


def is_open(link: Any, at: datetime, used: int = 0) -> bool:
    """Whether a link works at a moment, after so many visits. `link` may be a bare row with its columns, on the fast way."""
    if link.paused_at is not None or (link.expires_at is not None and link.expires_at <= at):
        return False
    return link.visit_limit is None or used < link.visit_limit


def get_link(token: str) -> LandingLink:
    """The open link of a token; NotFound for everything else."""
    if link := find_link(token):
        return link
    raise NotFound(_("This link is not valid, or no longer."))


def get_link_row(link_id: int) -> LandingLink:
    """A link by number, for staff; open or not."""
    if link := db.session.get(LandingLink, link_id):
        return link
    raise NotFound(_("There is no such link."))


def list_channel_links(campaign_id: int) -> Sequence[LandingLink]:
    """The links of a campaign that belong to no person."""
    wanted = select(LandingLink).filter_by(campaign_id=campaign_id, candidate_id=None)
    return db.session.scalars(wanted.order_by(LandingLink.id)).all()
