"""The rules of retention. Pure: facts in, day out."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.privacy.models import Basis, Why

# Months after the last contact for which data may be kept where no rule says otherwise.
MONTHS = {Basis.LEGITIMATE_INTEREST: 12, Basis.CONSENT: 24}
# GDPR Article 14(3): told within a month. Nobody stays uninformed beyond it.
INFORM_WITHIN = timedelta(days=30)
WARN_AFTER = timedelta(days=25)
# How long before their end people are asked whether they may be kept.
ASK_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Facts:
    """What the rule looks at. `until`: the end of the basis that counts, None without one; `held`: by a legal hold."""

    collected_at: datetime
    until: datetime | None
    informed: bool
    held: bool


def basis_until(since: datetime, last_contact_at: datetime, months: int, promised_until: datetime | None) -> datetime:
    """When a basis ends: so many months after the last contact, or on the day that was promised."""
    return promised_until or months_later(max(since, last_contact_at), months)


def term(facts: Facts) -> tuple[datetime | None, Why]:
    """When the data is deleted, and why then: with its basis, or a month after collecting when nobody told the person."""
    inform_until = facts.collected_at + INFORM_WITHIN
    late = not facts.informed and (facts.until is None or inform_until <= facts.until)
    why = Why.NOT_INFORMED if late else Why.BASIS_ENDS
    if facts.held:
        return None, why
    return (inform_until if late or facts.until is None else facts.until), why


def months_later(since: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of that month when it has no such day."""
    years, month = divmod(since.month - 1 + months, 12)
    year = since.year + years
    return since.replace(year=year, month=month + 1, day=min(since.day, calendar.monthrange(year, month + 1)[1]))


def country_of(place: str, rules: Mapping[str, str]) -> str:
    """The rule's country that a place names: its part after the last comma, or the whole, is one of the spellings.

    `rules` maps a spelling in small letters to the country as the rule writes it. "" when no rule names it.
    """
    last = place.rpartition(",")[2].strip().casefold()
    return rules.get(last, "")
