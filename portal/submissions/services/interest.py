"""The interest form, with a link or without."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Refused
from portal.languages import in_english
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.privacy.queries import address_key
from portal.submissions import queries
from portal.submissions.models import Answer, Interest, PendingInterest
from portal.submissions.queries.interest import CONFIRMS, WAITS
from portal.submissions.services.responses import respond
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

# Anybody can type anybody's address, as often as they like; the mails that come of it must not fill a box.
CONFIRMED_ONCE_IN = timedelta(days=1)


@dataclass(frozen=True)
class Given:
    """What the form says. Without a personal link `name` and `email` say who it is. `about`: see `front.subjects`."""

    about: str = ""
    attracts: str = ""
    matters: tuple[str, ...] = ()
    available: str = ""
    reach_by: str = ""
    consent: bool = False
    name: str = ""
    email: str = ""


def give_interest(link: LandingLink | None, given: Given, form_key: str) -> Interest | PendingInterest | None:
    """Keep an interest form. Behind a personal link it counts; otherwise the owner of the address is asked first.

    None, and nothing kept, when the person must not be kept.
    """
    try:
        with transaction():
            if found := queries.find_interest(form_key) or queries.find_pending(form_key):
                return found
            if link is not None and link.candidate_id is not None:
                return _give(link, outreach.person_of(link, "", ""), given, form_key)
            return _ask(link, given, form_key)
    except Refused:
        return None
    except IntegrityError:
        if found := queries.find_interest(form_key) or queries.find_pending(form_key):
            return found
        raise


def confirm_interest(pending: PendingInterest) -> Interest | None:
    """The owner of the address says that it was them: only now they become a candidate, or the form joins what is known of them.

    A second press changes nothing. None when the person must not be kept.
    """
    try:
        with transaction() as session:
            session.refresh(pending, with_for_update=True)
            if pending.confirmed_at is not None:
                return queries.find_interest(pending.form_key)
            given = Given(**pending.content | {"matters": tuple(pending.content["matters"])})
            candidate = outreach.person_of(None, given.name, given.email)
            privacy.record_notice(candidate.id)  # it stood in the mail that they confirmed
            link = session.get(LandingLink, pending.link_id) if pending.link_id else None
            pending.confirmed_at, pending.content = clock.now(), {}
            return _give(link, candidate, given, pending.form_key)
    except Refused:
        return None


def forget_pending() -> int:
    """What nobody confirmed within a week is gone; returns how many."""
    with transaction() as session:
        old = delete(PendingInterest).where(PendingInterest.at < clock.now() - WAITS)
        gone = session.scalars(old.returning(PendingInterest.id)).all()
        for number in gone:
            delivery.cancel(Purpose.CONFIRM_INTEREST, number)
        return len(gone)


def _ask(link: LandingLink | None, given: Given, form_key: str) -> PendingInterest:
    """Keep what was typed, and ask whoever has the address; however often it is typed, once a day."""
    candidates.refuse_suppressed(given.email)
    key, nonce = address_key(given.email), tokens.new_nonce()
    waiting = [row for row in queries.list_pending(key) if row.at > clock.now() - CONFIRMED_ONCE_IN]
    row = PendingInterest(
        nonce=nonce,
        token_hash=tokens.digest(tokens.derive(CONFIRMS, nonce)),
        address_key=key,
        content=asdict(given),
        link_id=link.id if link else None,
        at=clock.now(),
        form_key=form_key,
    )
    session = db.session()
    session.add(row)
    session.flush()
    if not waiting:
        delivery.enqueue_to(Purpose.CONFIRM_INTEREST, row.id, given.email)
    return row


def _give(link: LandingLink | None, candidate: Candidate, given: Given, form_key: str) -> Interest:
    interest = Interest(
        candidate_id=candidate.id,
        link_id=link.id if link else None,
        about=given.about,
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
    """Behind a personal link the form is a yes. Without one it takes back nothing that they said before."""
    if link is not None and link.candidate_id is not None:
        current = queries.current_response(candidate.id)
        if current is None or current.answer is not Answer.INTERESTED:
            respond(link, Answer.INTERESTED, form_key=interest.form_key)
    else:
        pipeline.advance(candidate.id, StageName.INTERESTED, in_english(_l("Filled in the interest form")))
    if link is not None:
        outreach.answered(link)
    if interest.consent_at is not None:
        privacy.establish(candidate.id, Basis.CONSENT, interest.consent_at, evidence=f"interest form {interest.id}")
    if link is not None and link.candidate_id is not None and not _was_told(candidate, interest):
        delivery.enqueue(Purpose.CONFIRMATION, interest.id, [candidate.id])


def _was_told(candidate: Candidate, interest: Interest) -> bool:
    return queries.has_confirmation_since(candidate.id, interest.at - CONFIRMED_ONCE_IN)
