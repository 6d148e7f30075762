"""A message must earn its send. One set of rules for the card on its page, for the button that sends, and for the last guard."""

import enum
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from portal import clock
from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.content import queries as content
from portal.db import db
from portal.outreach.models import Campaign, LandingLink, MessageStatus, OutreachMessage, SetAside
from portal.outreach.queries.texts import pay_at, pay_of
from portal.sourcing.models import Source


class Need(enum.StrEnum):
    """What no first message leaves without."""

    EVIDENCE = "evidence"
    NOTE = "note"
    SENDER = "sender"
    SOURCE = "source"
    PAY = "pay"
    WAY_OUT = "way out"


@dataclass(frozen=True)
class Check:
    """One line of the card: what is asked for, whether it is there, and what there is."""

    need: Need
    held: bool
    shown: str


def card(message: OutreachMessage) -> tuple[Check, ...]:
    """Everything a message must have, with what it has."""
    return tuple(Check(need, bool(shown), shown) for need, shown in ((need, rule(message)) for need, rule in RULES.items()))


def missing(message: OutreachMessage) -> tuple[Need, ...]:
    """What keeps a message from leaving; empty when it has earned its send."""
    return tuple(need for need, rule in RULES.items() if not rule(message))


def sum_up(messages: Sequence[OutreachMessage]) -> list[tuple[Need, int]]:
    """How many of the messages lack what, in the order of the card."""
    counted = Counter(need for message in messages for need in missing(message))
    return [(need, counted[need]) for need in Need if counted[need]]


@dataclass(frozen=True)
class Unsent:
    """How many messages lack something, are set aside, are ready to leave."""

    lacking: int = 0
    aside: int = 0
    ready: int = 0

    def __add__(self, other: "Unsent") -> "Unsent":
        return Unsent(self.lacking + other.lacking, self.aside + other.aside, self.ready + other.ready)


def count_unsent(campaign_ids: Sequence[int] | None = None) -> dict[int, Unsent]:
    """What waits in these campaigns, or in all that have not ended; counted by the rules below, without reading each message."""
    of_campaign = Campaign.ended_at.is_(None) if campaign_ids is None else Campaign.id.in_(campaign_ids)
    keys = Campaign.id, Campaign.pay_reason, LandingLink.page, _has_the_rest(), SetAside.id.is_not(None)
    counted = select(*keys, func.count()).select_from(OutreachMessage).join(OutreachMessage.campaign).join(Campaign.owner)
    counted = counted.join(OutreachMessage.candidate).join(Candidate.source).join(OutreachMessage.link)
    counted = counted.outerjoin(SetAside, SetAside.message_id == OutreachMessage.id)
    unsent = OutreachMessage.status.in_((MessageStatus.HELD, MessageStatus.READY))
    found: dict[int, Unsent] = {campaign_id: Unsent() for campaign_id in campaign_ids or ()}
    for number, reason, path, rest, waits, count in db.session.execute(counted.where(of_campaign, unsent).group_by(*keys)):
        earned = rest and content.find_page(path) is not None and pay_at(path, reason)
        part = Unsent(lacking=count) if not earned else Unsent(aside=count) if waits else Unsent(ready=count)
        found[number] = found.get(number, Unsent()) + part
    return found


def _has_the_rest() -> ColumnElement[bool]:
    """All that a message must have besides a page and the pay."""
    words = OutreachMessage.note, Candidate.evidence, Source.data_note, User.full_name
    open_now = or_(LandingLink.expires_at.is_(None), LandingLink.expires_at > clock.now())
    return and_(*(func.trim(word) != "" for word in words), User.active, LandingLink.paused_at.is_(None), open_now)


def _evidence(message: OutreachMessage) -> str:
    return message.candidate.evidence.strip()


def _note(message: OutreachMessage) -> str:
    return message.note.strip()


def _sender(message: OutreachMessage) -> str:
    owner = message.campaign.owner
    named = owner.full_name.strip() if owner.active else ""
    return ", ".join(filter(None, [named, owner.title.strip()])) if named else ""


def _source(message: OutreachMessage) -> str:
    return message.candidate.source.data_note.strip()


def _way_out(message: OutreachMessage) -> str:
    """The link that ends it is in every letter; the three answers need a page that opens."""
    link = message.link
    expired = link.expires_at is not None and link.expires_at <= clock.now()
    if link.paused_at is not None or expired or content.find_page(link.page) is None:
        return ""
    return str(_("one press, no sign-in"))


RULES: dict[Need, Callable[[OutreachMessage], str]] = {
    Need.EVIDENCE: _evidence,
    Need.NOTE: _note,
    Need.SENDER: _sender,
    Need.SOURCE: _source,
    Need.PAY: pay_of,
    Need.WAY_OUT: _way_out,
}
