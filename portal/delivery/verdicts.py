"""The rules of the gate: may this person be mailed this, now? Pure: facts in, ruling out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal.candidates.models import Candidate, Pace
from portal.config import settings
from portal.delivery.models import Purpose
from portal.privacy.models import LawfulBasis

# Mails that we send of our own accord. The others answer something that the person did a moment ago.
UNASKED = frozenset(
    {Purpose.OUTREACH, Purpose.FOLLOW_UP, Purpose.MAILING, Purpose.FEEDBACK, Purpose.RENEWAL, Purpose.NOTICE, Purpose.REMINDER}
)
# What they asked for on their own page, this minute: without it they could change nothing any more.
OWN_PAGE = frozenset({Purpose.ACCESS, Purpose.ADDRESS})
# The law wants it said, so that it needs no basis and no earlier notice; a wish not to be written to still counts.
SAYS_WHO_WE_ARE = frozenset({Purpose.NOTICE})
# News and questions of ours, which "only when a role fits" leaves out.
NOT_A_ROLE = frozenset({Purpose.MAILING, Purpose.FEEDBACK})
PACE_DAYS = {Pace.WEEKLY: 7, Pace.MONTHLY: 30, Pace.QUARTERLY: 90}
# Mail to colleagues, as part of their work.
TO_STAFF = frozenset({Purpose.TEST, Purpose.REPORT, Purpose.REVIEW})
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
    """What the rules look at. `last_mail_at`: the last mail of our own accord that left, or may have left."""

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
    rules = (_erased,) if question.purpose in OWN_PAGE else RULES
    for rule in rules:
        if ruling := rule(facts, question):
            return ruling
    return Ruling(allowed=True)


@dataclass(frozen=True)
class AddressFacts:
    """What is asked before an address is written to that belongs to no candidate. `person`: somebody has it after all."""

    suppressed: bool
    had_one_today: bool
    person: Facts | None


def decide_address(facts: AddressFacts, question: Question) -> Ruling:
    """Anybody can type anybody's address: at most one mail of a kind a day, and never against the wish of who has it."""
    if question.purpose in TO_STAFF:
        return Ruling(allowed=True)
    if facts.suppressed:
        return _no(_("Suppressed: this address must never be written to again."))
    if facts.had_one_today:
        return _no(_("This address had a mail of this kind today."))
    return decide(facts.person, question) if facts.person else Ruling(allowed=True)


def zone_of(candidate: Candidate) -> ZoneInfo:
    """Where the candidate's clock stands; the company's zone when it is not known."""
    return ZoneInfo(candidate.time_zone or settings().time_zone)


def morning_of(day: date, candidate: Candidate) -> datetime:
    """Nine o'clock of a day where the candidate is."""
    return datetime.combine(day, MORNING, zone_of(candidate))


def _erased(facts: Facts, _question: Question) -> Ruling | None:
    gone = facts.candidate.erased_at is not None or not facts.candidate.email
    return _no(_("Erased, or without an address.")) if gone else None


def _merged(facts: Facts, _question: Question) -> Ruling | None:
    return _no(_("Merged with another entry.")) if facts.candidate.merged_into_id is not None else None


def _suppressed(facts: Facts, _question: Question) -> Ruling | None:
    gone = facts.suppressed or facts.candidate.objected_at is not None
    return _no(_("Suppressed: this address must never be written to again.")) if gone else None


def _do_not_contact(facts: Facts, _question: Question) -> Ruling | None:
    return _no(_("Do not contact.")) if facts.candidate.do_not_contact_at else None


def _restricted(facts: Facts, _question: Question) -> Ruling | None:
    return _no(_("Restricted: what is kept must not be used.")) if facts.candidate.restricted_at else None


def _unsubscribed(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED - SAYS_WHO_WE_ARE - {Purpose.REMINDER} and facts.candidate.unsubscribed_at:
        return _no(_("Unsubscribed."))
    return None


def _without_basis(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED - SAYS_WHO_WE_ARE and (facts.basis is None or facts.basis.until <= question.at):
        return _no(_("The lawful basis has run out."))
    return None


def _without_notice(facts: Facts, question: Question) -> Ruling | None:
    if question.purpose in UNASKED - SAYS_WHO_WE_ARE and not facts.noticed and not question.carries_notice:
        return _no(_("Has not had the privacy notice yet: the first contact must be a personal message."))
    return None


def _asked_for_a_day(facts: Facts, question: Question) -> Ruling | None:
    """Not now, ask me on a day: that one mail and nothing else."""
    day = facts.candidate.ask_again_on
    if day is None or question.purpose not in UNASKED:
        return None
    if question.purpose is not Purpose.REMINDER:
        return _no(_("They said not now: one mail comes on the day they named, and nothing else."))
    return _wait(_("The day they named has not come."), morning_of(day, facts.candidate), question)


def _only_roles(facts: Facts, question: Question) -> Ruling | None:
    if facts.candidate.pace is Pace.ROLE and question.purpose in NOT_A_ROLE:
        return _no(_("Wants to hear only when a role fits."))
    return None


def _held_back(facts: Facts, question: Question) -> Ruling | None:
    until = facts.candidate.held_back_until
    if until is None or question.purpose not in UNASKED:
        return None
    return _wait(_("An answer may have been tapped; we wait until it is clear."), until, question)


def _paused(facts: Facts, question: Question) -> Ruling | None:
    """A pause holds for every kind of mail. A confirmation that comes weeks late would only puzzle, so it is left out."""
    until, reason = facts.candidate.paused_until, _("Paused by the candidate.")
    if until is None:
        return None
    if question.purpose in UNASKED or question.purpose is Purpose.ANSWER:
        return _wait(reason, morning_of(until, facts.candidate), question)
    return _no(reason) if until > question.at.astimezone(zone_of(facts.candidate)).date() else None


def _over_pace(facts: Facts, question: Question) -> Ruling | None:
    days = PACE_DAYS.get(facts.candidate.pace)
    if question.purpose not in UNASKED or days is None or facts.last_mail_at is None:
        return None
    return _wait(_("Had a mail already within the pace they set."), facts.last_mail_at + timedelta(days=days), question)


RULES: tuple[Callable[[Facts, Question], Ruling | None], ...] = (
    _erased,
    _merged,
    _suppressed,
    _do_not_contact,
    _restricted,
    _unsubscribed,
    _without_basis,
    _without_notice,
    _only_roles,
    _asked_for_a_day,
    _held_back,
    _paused,
    _over_pace,
)


def _no(reason: str) -> Ruling:
    return Ruling(allowed=False, reason=reason)


def _wait(reason: str, until: datetime, question: Question) -> Ruling | None:
    return Ruling(allowed=False, reason=reason, not_before=until) if until > question.at else None
