"""Who made a visit: a person, a machine, a preview, or nobody knows. Rules as data, numbered, so that counts can be replayed.

A person is believed on proof only: five seconds on a visible page with a real scroll, key or press, or an answer. Everything else
is at best unconfirmed, because scanners of mail use ordinary browsers' names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from crawleruseragents import is_crawler
from flask_babel import lazy_gettext as _l

from portal.outreach.models import Verdict

# Raise it whenever a rule below changes, then run `portal visits reclassify`.
VERSION = 2
READING_TIME = timedelta(seconds=5)
SCANNER_TIME = timedelta(seconds=30)
# Scanners open links while the mail is still being handed over, a few minutes at most; longer ago a clock was wrong.
HANDOVER_TIME = timedelta(minutes=5)
SWEEP_TIME = timedelta(seconds=10)
SWEEP_LINKS = 3
# An address on every landing page, and in mails, that no person can see.
UNSEEN = "/unseen"
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
    """What is kept of a request: a family of agents, never the whole string; and signs of a machine.

    `private`: the browser asks not to be followed (Sec-GPC), so the visit is counted and not tied to anybody.
    """

    page: str
    agent: str = "other"
    signals: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True)
class Seen:
    """A visit and what lies around it within ten seconds, by the same family of agents.

    `pages`: how many addresses were opened behind the same link. `swept`: one of several people's links that one network opened.
    `beside_unseen`: the address that no person can see was opened behind the same link.
    """

    at: datetime
    signals: frozenset[str]
    proved: bool = False
    delivered_at: datetime | None = None
    pages: int = 1
    swept: bool = False
    beside_unseen: bool = False


@dataclass(frozen=True)
class Rule:
    """`name` is kept with the visit, `text` explains it to anybody who asks."""

    name: str
    verdict: Verdict
    text: Any
    holds: Callable[[Seen], bool]


def _signal(name: str) -> Callable[[Seen], bool]:
    return lambda seen: name in seen.signals


def _is_early(seen: Seen) -> bool:
    if "just-delivered" in seen.signals:
        return True
    sent = seen.delivered_at
    return sent is not None and sent - HANDOVER_TIME <= seen.at < sent + SCANNER_TIME


# The first that holds decides. A proof outweighs a name, since browsers driven for people with impairments call themselves robots
# too; but a HEAD shows nobody a page, a preview shows it to a messenger, and no person opens what cannot be seen.
RULES = (
    Rule("head", Verdict.MACHINE, _l("It asked whether the page is there and did not read it (HEAD)."), _signal("head")),
    Rule("preview", Verdict.PREVIEW, _l("A messenger or network drew a preview of the link."), _signal("preview")),
    Rule("unseen link", Verdict.MACHINE, _l("It followed a link that no person can see."), _signal("unseen")),
    Rule("answer", Verdict.HUMAN, _l("Somebody answered on the page and confirmed it."), _signal("answer")),
    Rule(
        "proof",
        Verdict.HUMAN,
        _l("The page was visible for five seconds, and somebody scrolled, touched it or pressed a key."),
        lambda seen: seen.proved,
    ),
    Rule("robot", Verdict.MACHINE, _l("It says itself that it is a robot."), _signal("robot")),
    Rule("prefetch", Verdict.MACHINE, _l("A program fetched the page in advance, unasked."), _signal("prefetch")),
    Rule("no agent", Verdict.MACHINE, _l("It does not say what browser it is; browsers do."), _signal("no-agent")),
    Rule("no page wanted", Verdict.MACHINE, _l("It did not ask for a page to read; browsers do."), _signal("no-html")),
    Rule("just delivered", Verdict.MACHINE, _l("It came within 30 seconds of the mail, as mail scanners do."), _is_early),
    Rule(
        "all links",
        Verdict.MACHINE,
        _l("At least three addresses of one mail were opened within ten seconds."),
        lambda seen: seen.pages >= SWEEP_LINKS,
    ),
    Rule(
        "several links",
        Verdict.MACHINE,
        _l("One network opened the links of at least three people within ten seconds."),
        lambda seen: seen.swept or "sweep" in seen.signals,
    ),
    Rule(
        "beside unseen",
        Verdict.MACHINE,
        _l("Within ten seconds the same kind of browser followed the link that no person can see."),
        lambda seen: seen.beside_unseen,
    ),
)
NOTHING_KNOWN = "no proof"
_NOTHING_KNOWN = _l("Nothing speaks for a machine, and nothing proves a person.")


def decide(seen: Seen) -> tuple[Verdict, str]:
    """The verdict on a visit, and the rule that made it."""
    found = next((rule for rule in RULES if rule.holds(seen)), None)
    return (found.verdict, found.name) if found else (Verdict.UNCONFIRMED, NOTHING_KNOWN)


def explain(name: str) -> str:
    """What a rule says, for people; empty for one that is no more."""
    texts = {rule.name: rule.text for rule in RULES} | {NOTHING_KNOWN: _NOTHING_KNOWN}
    return str(texts.get(name, ""))


class Headers(Protocol):
    """Headers by name, whatever their capitals."""

    def get(self, key: str, default: str) -> str: ...


def read_request(method: str, headers: Headers, page: str) -> Facts:
    """The facts of a request. Nothing of it is kept but these."""
    agent = headers.get("User-Agent", "")[:500]
    purposes = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")).lower()
    accepts = headers.get("Accept", "").lower()
    family, machine = _known(agent)
    signals = {
        "head": method == "HEAD",
        "prefetch": "prefetch" in purposes or "prerender" in purposes or "preview" in purposes,
        "no-html": "text/html" not in accepts and "application/xhtml" not in accepts,
        "no-agent": not agent.strip(),
        "unseen": page == UNSEEN,
        machine: True,
    }
    found = tuple(name for name, holds in signals.items() if name and holds)
    return Facts(page, family, found, headers.get("Sec-GPC", "").strip() == "1")


@lru_cache(maxsize=4096)
def _known(agent: str) -> tuple[str, str]:
    """Family, and `preview`, `robot` or nothing by what the agent says of itself. Remembered: the list of robots is long."""
    low = agent.lower()
    if any(name in low for name in UNFURLERS):
        return "robot", "preview"
    if agent and ("headless" in low or is_crawler(agent)):
        return "robot", "robot"
    return next((family for family, marks in FAMILIES if any(mark in low for mark in marks)), "other"), ""
