"""Friends: somebody thinks of them, and they are asked first. Without an answer nothing of them is left after 14 days."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict
from portal.languages import in_english
from portal.outreach.models import LandingLink
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.privacy import services as privacy
from portal.privacy.models import Basis, SuppressionReason
from portal.privacy.queries import address_key, find_suppression
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin, Source
from portal.submissions import queries
from portal.submissions.models import Referral
from portal.submissions.queries.referrals import ASKS, WAITS
from portal.submissions.verdicts import short_name
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

REFERRAL_SOURCE = "Referral"


@dataclass(frozen=True)
class Friend:
    """What the form says: the friend's address, the sender's name if they like, and what it is about."""

    email: str
    referrer: str = ""
    about: str = ""


def refer(link: LandingLink | None, friend: Friend, form_key: str) -> Referral | None:
    """Ask a friend. None, and nothing kept, when they are known here, are being asked already, or must not be written to."""
    try:
        with transaction():
            if found := queries.find_referral(form_key):
                return found
            key = address_key(friend.email)
            if find_suppression(friend.email) or find_by_address(friend.email) or queries.is_asked(key):
                return None
            return _ask(link, friend, key, form_key)
    except IntegrityError:
        if found := queries.find_referral(form_key):
            return found
        raise


def accept_referral(referral: Referral, name: str) -> Candidate | None:
    """The friend says yes, and what to call them: only now they are a candidate. A second press changes nothing."""
    with transaction() as session:
        session.refresh(referral, with_for_update=True)
        if referral.accepted_at is not None:
            return session.get(Candidate, referral.candidate_id) if referral.candidate_id else None
        details = candidates.Details(full_name=name, email=referral.email)
        candidate = candidates.add(details, _source().id, channel=Channel.WEB, or_existing=True)
        privacy.establish(candidate.id, Basis.CONSENT, evidence=f"said yes to referral {referral.id}")
        privacy.record_notice(candidate.id)  # it stood in the mail and on the page
        timeline.record(candidate.id, Kind.REFERRED, Direction.IN, Channel.WEB, subject=("referral", referral.id))
        reason = in_english(_l("Said yes after a friend had thought of them"))
        pipeline.advance(candidate.id, StageName.INTERESTED, reason)
        referral.accepted_at, referral.candidate_id = clock.now(), candidate.id
        referral.email, referral.address_key = "", None
        return candidate


def decline_referral(referral: Referral, *, never: bool) -> None:
    """The friend says no: nothing of them is left, but the hash of their address where they want never to be asked again."""
    with transaction() as session:
        session.refresh(referral, with_for_update=True)
        if referral.accepted_at is not None:
            raise Conflict(_("You said yes before. You can take that back on your own page."))
        if never and referral.email:
            privacy.suppress(referral.email, SuppressionReason.OBJECTED)
        delivery.cancel(Purpose.REFERRAL, referral.id)
        session.delete(referral)


def forget_friends() -> int:
    """Friends who did not answer within 14 days are gone; returns how many."""
    with transaction() as session:
        silent = delete(Referral).where(Referral.accepted_at.is_(None), Referral.at < clock.now() - WAITS)
        gone = session.scalars(silent.returning(Referral.id)).all()
        for number in gone:
            delivery.cancel(Purpose.REFERRAL, number)
        return len(gone)


def _ask(link: LandingLink | None, friend: Friend, key: str, form_key: str) -> Referral:
    nonce, by = tokens.new_nonce(), link.candidate_id if link else None
    row = Referral(
        nonce=nonce,
        token_hash=tokens.digest(tokens.derive(ASKS, nonce)),
        about=friend.about,
        referrer_name=short_name(friend.referrer),
        referrer_id=by,
        email=friend.email,
        address_key=key,
        at=clock.now(),
        form_key=form_key,
    )
    session = db.session()
    session.add(row)
    session.flush()
    delivery.enqueue_to(Purpose.REFERRAL, row.id, friend.email)
    if by is not None:
        timeline.record(by, Kind.REFERRED, Direction.IN, Channel.WEB, subject=("referral", row.id))
    return row


def _source() -> Source:
    """The source of people a friend thought of; made when the first one says yes."""
    if found := db.session.scalar(select(Source).filter_by(name=REFERRAL_SOURCE)):
        return found
    try:
        with db.session.begin_nested():
            return sourcing.add_source(REFERRAL_SOURCE, Origin.REFERRAL, _("a friend who thought of you, and your own yes"))
    except Conflict:  # another process made it a moment ago
        return db.session.scalars(select(Source).filter_by(name=REFERRAL_SOURCE)).one()
