"""The interest form, with a link or without."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Refused
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.submissions import queries
from portal.submissions.models import Answer, Interest
from portal.submissions.services.responses import respond
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

# Anybody can type anybody's address, as often as they like; the mails that come of it must not fill a box.
CONFIRMED_ONCE_IN = timedelta(days=1)


@dataclass(frozen=True)
class Given:
    """What the form says. Without a personal link `name` and `email` say who it is."""

    attracts: str = ""
    matters: tuple[str, ...] = ()
    available: str = ""
    reach_by: str = ""
    consent: bool = False
    name: str = ""
    email: str = ""


def give_interest(link: LandingLink | None, given: Given, form_key: str) -> Interest | None:
    """Keep an interest form and confirm it by mail. None, and nothing kept, when the person must not be kept."""
    try:
        with transaction():
            if found := queries.find_interest(form_key):
                return found
            return _give(link, given, form_key)
    except Refused:
        return None
    except IntegrityError:
        if found := queries.find_interest(form_key):
            return found
        raise


def _give(link: LandingLink | None, given: Given, form_key: str) -> Interest:
    candidate = outreach.person_of(link, given.name, given.email)
    interest = Interest(
        candidate_id=candidate.id,
        link_id=link.id if link else None,
        attracts=given.attracts,
        matters=list(given.matters),
        available=given.available,
        reach_by=given.reach_by,
        consent_at=clock.now() if given.consent else None,
        at=clock.now(),
        form_key=form_key,
    )
    session = db.session()
    session.add(interest)
    session.flush()
    _record(link, interest)
    _follow(link, candidate, interest)
    return interest


def _record(link: LandingLink | None, interest: Interest) -> None:
    timeline.record(
        interest.candidate_id,
        Kind.INTEREST_GIVEN,
        Direction.IN,
        Channel.WEB,
        at=interest.at,
        campaign_id=link.campaign_id if link else None,
        subject=("interest", interest.id),
    )


def _follow(link: LandingLink | None, candidate: Candidate, interest: Interest) -> None:
    """Behind a personal link the form is a yes. Without one anybody may have typed the address: it takes nothing back."""
    if link is not None and link.candidate_id is not None:
        current = queries.current_response(candidate.id)
        if current is None or current.answer is not Answer.INTERESTED:
            respond(link, Answer.INTERESTED, form_key=interest.form_key)
    else:
        pipeline.advance(candidate.id, StageName.INTERESTED, _("Filled in the interest form"))
    if link is not None:
        outreach.answered(link)
    if interest.consent_at is not None:
        privacy.establish(candidate.id, Basis.CONSENT, interest.consent_at, evidence=f"interest form {interest.id}")
    if not queries.has_confirmation_since(candidate.id, interest.at - CONFIRMED_ONCE_IN):
        delivery.enqueue(Purpose.CONFIRMATION, interest.id, [candidate.id])
