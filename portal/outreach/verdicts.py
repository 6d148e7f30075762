"""Who made a visit: a person, a machine, a preview, or nobody knows. Rules as data, numbered, so that counts can be replayed.

A person is believed on proof only: five seconds on a visible page with a real scroll, key or press, or an answer. Everything else
is at best unconfirmed, because scanners of mail use ordinary browsers' names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from crawleruseragents import is_crawler

from portal.outreach.models import Verdict

VERSION = 1
SCANNER_TIME = timedelta(seconds=30)
SWEEP_TIME = timedelta(seconds=10)
SWEEP_LINKS = 3
# What messengers and networks call themselves when they draw a preview of a link.
UNFURLERS = (
    "bitlybot", "bluesky", "cardyb", "discordbot", "facebookexternalhit", "facebot", "iframely", "linkedinbot",
    "mastodon", "mattermost", "microsoftpreview", "pinterestbot", "redditbot", "signal", "skypeuripreview",
    "slack-imgproxy", "slackbot", "telegrambot", "twitterbot", "viber", "vkshare", "whatsapp", "zoombot",
)  # fmt: skip
# Family → what its name contains; the first that fits counts, since most pretend to be several.
FAMILIES = (
    ("Outlook", ("microsoft outlook", "ms-office")),
    ("Edge", ("edg/", "edga/", "edgios/")),
    ("Opera", ("opr/", "opera")),
    ("Samsung Internet", ("samsungbrowser",)),
    ("Firefox", ("firefox/", "fxios/")),
    ("Chrome", ("chrome/", "crios/", "chromium/")),
    ("Safari", ("safari/",)),
)


@dataclass(frozen=True)
class Facts:
    """What is kept of a request: a family of agents, never the whole string; and signs of a machine."""

    page: str
    agent: str = "other"
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A visit and what lies around it. `neighbours` are other links opened by the same family within ten seconds."""

    at: datetime
    signals: frozenset[str]
    proved: bool = False
    delivered_at: datetime | None = None
    neighbours: int = 0


@dataclass(frozen=True)
class Rule:
    name: str
    verdict: Verdict
    holds: Callable[[Seen], bool]


def _signal(name: str) -> Callable[[Seen], bool]:
    return lambda seen: name in seen.signals


def _is_early(seen: Seen) -> bool:
    """Also before: scanners open links while the mail is still being handed over."""
    return seen.delivered_at is not None and seen.at < seen.delivered_at + SCANNER_TIME


# The first that holds decides. A proof outweighs a name, since browsers driven for people with impairments call themselves robots
# too; but a HEAD shows nobody a page, and a preview shows it to a messenger.
RULES = (
    Rule("head", Verdict.MACHINE, _signal("head")),
    Rule("preview", Verdict.PREVIEW, _signal("preview")),
    Rule("answer", Verdict.HUMAN, _signal("answer")),
    Rule("proof", Verdict.HUMAN, lambda seen: seen.proved),
    Rule("robot", Verdict.MACHINE, _signal("robot")),
    Rule("prefetch", Verdict.MACHINE, _signal("prefetch")),
    Rule("no agent", Verdict.MACHINE, _signal("no-agent")),
    Rule("no page wanted", Verdict.MACHINE, _signal("no-html")),
    Rule("just delivered", Verdict.MACHINE, _is_early),
    Rule("several links", Verdict.MACHINE, lambda seen: seen.neighbours + 1 >= SWEEP_LINKS),
)
NOTHING_KNOWN = "no proof"


def decide(seen: Seen) -> tuple[Verdict, str]:
    """The verdict on a visit, and the rule that made it."""
    found = next((rule for rule in RULES if rule.holds(seen)), None)
    return (found.verdict, found.name) if found else (Verdict.UNCONFIRMED, NOTHING_KNOWN)


class Headers(Protocol):
    """Headers by name, whatever their capitals."""

    def get(self, key: str, default: str) -> str: ...


def read_request(method: str, headers: Headers, page: str) -> Facts:
    """The facts of a request. Nothing of it is kept but these."""
    agent = headers.get("User-Agent", "")[:500]
    purposes = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")).lower()
    accepts = headers.get("Accept", "").lower()
    signals = {
        "head": method == "HEAD",
        "prefetch": "prefetch" in purposes or "prerender" in purposes or "preview" in purposes,
        "no-html": "text/html" not in accepts and "application/xhtml" not in accepts,
        "no-agent": not agent.strip(),
        _machine(agent): True,
    }
    return Facts(page, _family(agent), tuple(name for name, holds in signals.items() if name and holds))


@lru_cache(maxsize=4096)
def _machine(agent: str) -> str:
    """`preview`, `robot` or nothing, by what the agent says of itself. Remembered, since the list of robots is long."""
    low = agent.lower()
    if any(name in low for name in UNFURLERS):
        return "preview"
    return "robot" if agent and ("headless" in low or is_crawler(agent)) else ""


def _family(agent: str) -> str:
    low = agent.lower()
    if _machine(agent):
        return "robot"
    return next((family for family, marks in FAMILIES if any(mark in low for mark in marks)), "other")
