"""A message must earn its send. One set of rules for the card on its page, for the button that sends, and for the last guard."""

import enum
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal import clock
from portal.content import queries as content
from portal.outreach.models import OutreachMessage
from portal.outreach.queries.texts import pay_of


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
