"""Whom a form is from: the person of the landing link, or whoever has the address that was typed."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import db
from portal.errors import Conflict, Refused
from portal.outreach.models import LandingLink
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin, Source
from portal.timeline.models import Channel

SITE_SOURCE = "Company site"


def person_of(link: LandingLink | None, name: str, email: str) -> Candidate:
    """Whom a form is from: the person of the link, or whoever has the address; added when nobody has. Refused when suppressed."""
    if link is not None and link.candidate is not None:
        if link.candidate.erased_at is not None:
            raise Refused(_("This person was erased. Nothing of them is kept."))
        if link.candidate.email:
            candidates.refuse_suppressed(link.candidate.email)
        return link.candidate
    details = candidates.Details(full_name=name, email=email)
    return candidates.add(details, _site_source().id, channel=Channel.WEB, or_existing=True)


def _site_source() -> Source:
    """The source of people who wrote by themselves; made when the first one does."""
    if found := db.session.scalar(select(Source).filter_by(name=SITE_SOURCE)):
        return found
    try:
        with db.session.begin_nested():
            return sourcing.add_source(SITE_SOURCE, Origin.DIRECT, _("a form on our site that you filled in"))
    except Conflict:  # another process made it a moment ago
        return db.session.scalars(select(Source).filter_by(name=SITE_SOURCE)).one()
