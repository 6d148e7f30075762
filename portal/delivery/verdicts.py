"""The rules of the gate: may this person be mailed this, now? Pure: facts in, ruling out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal.candidates.models import Candidate, Pace
from portal.config import settings
from portal.delivery.models import Purpose
from portal.privacy.models import LawfulBasis

# Mails that we send of our own accord. The others answer something that the person did a moment ago.
UNASKED = frozenset({Purpose.OUTREACH, Purpose.MAILING})
PACE_DAYS = {Pace.WEEKLY: 7, Pace.MONTHLY: 30, Pace.QUARTERLY: 90}
# When a pause ends, mail does not come at midnight.
MORNING = time(9)


@dataclass(frozen=True)
class Ruling:
    """The answer of the gate. Not allowed with `not_before`: not yet; without it: no. `reason` names nobody and no day."""

    allowed: bool
    reason: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `last_mail_at`: the last outreach or mailing that left, or may have left."""

    candidate: Candidate
    basis: LawfulBasis | None
    noticed: bool
    suppressed: bool
    last_mail_at: datetime | None


@dataclass(frozen=True)
class Question:
    """May a mail of this purpose leave at this moment? `carries_notice`: it holds the notice of GDPR Article 14 itself."""

    purpose: Purpose
    at: datetime
    carries_notice: bool


def decide(facts: Facts, question: Question) -> Ruling:
    """The first rule that objects decides; the lasting ones are asked first."""
    for rule in RULES:
        if ruling := rule(facts, question):
            return ruling
    return Ruling(allowed=True)


def zone_of(candidate: Candidate) -> ZoneInfo:
    """Where the candidate's clock stands; the company's zone when it is not known."""
    return ZoneInfo(candidate.time_zone or settings().time_zone)


def _erased(facts: Facts, _question: Question) -> Ruling | None:
    gone = facts.candidate.erased_at is not None or not facts.candidate.email
    return _no(_("Erased, or without an address.")) if gone else None


def _suppressed(facts: Facts, _question: Question) -> Ruling | None:
    return _no(_("Suppressed: this address must never be written to again.")) if facts.suppressed else None


def _do_not_contact(facts: Facts, _question: Question) -> Ruling | None:
    return _no(_("Do not contact.")) if facts.candidate.do_not_contact_at else None


def _unsubscribed(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED and facts.candidate.unsubscribed_at:
        return _no(_("Unsubscribed."))
    return None


def _without_basis(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED and (facts.basis is None or facts.basis.until <= question.at):
        return _no(_("The lawful basis has run out."))
    return None


def _without_notice(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED and not facts.noticed and not question.carries_notice:
        return _no(_("Has not had the privacy notice yet: the first contact must be a personal message."))
    return None


def _paused(facts: Facts, question: Question) -> Ruling | None:
    """A pause holds for every kind of mail. A confirmation that comes weeks late would only puzzle, so it is left out."""
    until, zone = facts.candidate.paused_until, zone_of(facts.candidate)
    if until is None or until <= question.at.astimezone(zone).date():
        return None
    reason = _("Paused by the candidate.")
    return _not_yet(reason, datetime.combine(until, MORNING, zone)) if question.purpose in UNASKED else _no(reason)


def _over_pace(facts: Facts, question: Question) -> Ruling | None:
    days = PACE_DAYS.get(facts.candidate.pace)
    if question.purpose not in UNASKED or days is None or facts.last_mail_at is None:
        return None
    free_at = facts.last_mail_at + timedelta(days=days)
    return _not_yet(_("Had a mail already within the pace they set."), free_at) if free_at > question.at else None


RULES: tuple[Callable[[Facts, Question], Ruling | None], ...] = (
    _erased,
    _suppressed,
    _do_not_contact,
    _unsubscribed,
    _without_basis,
    _without_notice,
    _paused,
    _over_pace,
)


def _no(reason: str) -> Ruling:
    return Ruling(allowed=False, reason=reason)


def _not_yet(reason: str, not_before: datetime) -> Ruling:
    return Ruling(allowed=False, reason=reason, not_before=not_before)
