"""Who works at Sielwerk, whom they look for, and where they look."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal import clock
from portal.accounts import services as accounts
from portal.accounts.models import RoleName
from portal.demo.people import TRADES
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin

STAFF = (
    ("Marit Folkerts", "leads the nine people who write our control software", RoleName.RECRUITER),
    ("Imke Redenius", "welds the gates and leads the first shift", RoleName.RECRUITER),
    ("Hana Ubben", "looks after people and pay", RoleName.RECRUITER),
    ("Femke Saathoff", "counts what can be counted", RoleName.ANALYST),
    ("Amara Nwosu", "works council, reads every page before it goes up", RoleName.EDITOR),
)
SOURCES = (
    ("Controls meetup Oldenburg", Origin.EVENT, "the public speaker list of the controls meetup in Oldenburg", 45_000),
    ("LinkedIn", Origin.SOCIAL_NETWORK, "your public profile on LinkedIn", 219_000),
    ("Maritime trade fair Bremen", Origin.EVENT, "the list of exhibitors of the maritime trade fair in Bremen", 380_000),
    ("Referred by colleagues", Origin.REFERRAL, "a colleague of ours, who asked you before giving us your name", 0),
    ("Open-source projects", Origin.DIRECT, "the address in your public commits", 0),
    ("Guild of welders", Origin.DIRECT, "the public list of examiners of the welders’ guild", 12_000),
)


COSTS = ("Fee", "Travel", "Travel", "Two tickets and a dinner")


@dataclass(frozen=True)
class Cast:
    """Numbers of rows that the story needs again and again; sources with their names."""

    staff: list[int]
    personas: dict[str, int]
    sources: list[tuple[int, str]]


def hire() -> Cast:
    """Make accounts (nobody knows their passwords: invite real people instead), personas and sources."""
    staff = [accounts.add_user(_address(name), secrets.token_urlsafe(24), name, title, [role]).id for name, title, role in STAFF]
    personas = {
        trade.persona: sourcing.add_persona(
            trade.persona,
            summary=trade.summary,
            skills=trade.skills,
            experience=trade.experience,
            motives=trade.motives,
            deal_breakers=trade.deal_breakers,
            pitch=trade.pitch,
            page=trade.page,
        ).id
        for trade in TRADES
    }
    return Cast(staff, personas, [_look(*source, staff[2]) for source in SOURCES])


def _look(name: str, origin: Origin, note: str, cost: int, owner_id: int) -> tuple[int, str]:
    """A source with its cost in four parts over the year; an event has its day at the end of it, and a check-in page."""
    today = clock.now().date()
    event: dict[str, Any] = (
        {"happens_on": today + timedelta(days=366), "place": name.rsplit(" ", 1)[-1]} if origin is Origin.EVENT else {}
    )
    source = sourcing.add_source(name, origin, note, owner_id=owner_id, **event)
    for quarter, what in enumerate(COSTS if cost else ()):
        sourcing.add_cost(source, today + timedelta(days=90 * quarter), cost // len(COSTS), what, owner_id)
    if event:
        sourcing.open_check_in(source)
    return source.id, name


def _address(name: str) -> str:
    return name.lower().replace(" ", ".") + "@sielwerk.example"
