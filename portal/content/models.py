"""What a content folder holds, once read: pages, mails, the site's own words. Nothing here changes after it was made."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from portal.markup import Heading, Image, Link, Problem

__all__ = ["KINDS", "Criterion", "File", "Library", "Mail", "NavItem", "Page", "Pay", "Person", "Problem", "Promise", "Site"]

KINDS = ("home", "page", "value", "story", "voice", "news", "privacy")
WORDS_A_MINUTE = 220
# Words that make people look elsewhere, and what to do instead. A site says `avoid:` in site.yaml to have a list of its own.
AVOIDED: Mapping[str, str] = MappingProxyType(
    {
        "ninja": "Name the work.",
        "rockstar": "Name the work.",
        "rock star": "Name the work.",
        "guru": "Name the work.",
        "digital native": "It says an age. Name what one must be able to do.",
        "young team": "It says an age. Say who is in the team.",
        "like a family": "Say how you treat each other, with an example.",
        "work hard, play hard": "Say how many hours a week it is.",
        "fast-paced": "Say what changes, and how often.",
        "competitive salary": "Say what it pays.",
        "wear many hats": "Say which tasks there are.",
        "hit the ground running": "Say how the first weeks go.",
        "world-class": "Give a figure instead.",
    }
)
_TEXTS = "role team place hours drawback contact name since photo quote criterion"
# Every key is there, so that a template may ask for any of them.
META: Mapping[str, Any] = MappingProxyType({**dict.fromkeys(_TEXTS.split(), ""), "pay": None, "people": ()})
_OPENING = re.compile(r'\s*<div class="ask">(?:(?!<div).)*?</div>\s*', re.DOTALL)
_INTRO = re.compile(r"(?:\s*<p>(?:(?!<img).)*?</p>)+\s*", re.DOTALL)
_HONEST = re.compile(r'<section aria-labelledby="([^"]+)" class="honest">')


@dataclass(frozen=True)
class Pay:
    """A range in smallest units of a currency (66,000 euros are 6600000 EUR), `per` year, month or hour."""

    minimum: int
    maximum: int
    currency: str
    per: str = "year"
    note: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody one would work with. `photo` is an address, or empty."""

    name: str
    does: str = ""
    photo: str = ""


class PageState(enum.StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    ONLINE = "online"
    ENDED = "ended"


@dataclass(frozen=True)
class Page:
    """One page. A `draft` is not online; others are from the day `opens` to the day `closes`, where given, both included.
    `path` is its address as people read it (`/Clef Values`), `url` the same as a link needs it.

    `meta` holds what the front matter says for its kind (role, team, pay, place, hours, drawback, contact, people; name, since,
    photo, quote; criterion); the most used have properties. `body_html` is safe and has no layout around it.
    """

    path: str
    kind: str
    title: str
    source: str
    description: str = ""
    kicker: str = ""
    lede: str = ""
    published: date | None = None
    checked: date | None = None
    draft: bool = False
    opens: date | None = None
    closes: date | None = None
    owner: str = ""
    order: int = 1000
    picture: str = ""
    caption: str = ""
    meta: Mapping[str, Any] = field(default_factory=lambda: META)
    body_html: str = ""
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    words: int = 0
    generated: bool = False

    def state(self, today: date) -> "PageState":
        """Whether readers meet it on a day of the company's calendar."""
        if self.draft:
            return PageState.DRAFT
        if self.opens is not None and self.opens > today:
            return PageState.PLANNED
        return PageState.ENDED if self.closes is not None and self.closes < today else PageState.ONLINE

    @property
    def url(self) -> str:
        """The address, quoted for links."""
        return quote(self.path)

    @property
    def folder(self) -> str:
        """Address of the page above: `/stories` for `/stories/welder`, `/` for `/stories`; empty for the first page."""
        return "" if self.path == "/" else self.path.rpartition("/")[0] or "/"

    @property
    def slug(self) -> str:
        """The last part of the address."""
        return self.path.rpartition("/")[2]

    @property
    def opening_html(self) -> str:
        """The question with which the body begins, if it does; a page can put its picture behind it."""
        match = _OPENING.match(self.body_html)
        return match.group() if match else ""

    @property
    def intro_html(self) -> str:
        """The paragraphs before anything else in the body; side notes stand beside them."""
        match = _INTRO.match(self.body_html)
        return match.group() if match else ""

    @property
    def honest_anchor(self) -> str:
        """The id of the first part that says what is hard; empty if there is none."""
        match = _HONEST.search(self.body_html)
        return match.group(1) if match else ""

    @property
    def minutes(self) -> int:
        """How long reading takes."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def pay(self) -> Pay | None:
        """What a story's role pays."""
        found: Pay | None = self.meta.get("pay")
        return found

    @property
    def people(self) -> tuple[Person, ...]:
        """Who one would work with."""
        found: tuple[Person, ...] = self.meta.get("people", ())
        return found

    @property
    def role(self) -> str:
        """The role of a story, or of the person whose voice it is."""
        return str(self.meta.get("role", ""))

    @property
    def drawback(self) -> str:
        """What is hard about a role, in one sentence."""
        return str(self.meta.get("drawback", ""))


@dataclass(frozen=True)
class Mail:
    """A text to start a mail from: `key` is its file's name, `name` what people call it, `body` Markdown with placeholders."""

    key: str
    kind: str
    name: str
    subject: str
    description: str
    body: str
    source: str


@dataclass(frozen=True)
class NavItem:
    """A line of a navigation; `path` is quoted, or a whole address."""

    label: str
    path: str


@dataclass(frozen=True)
class Promise:
    """How soon people are answered."""

    working_days: int
    text: str


@dataclass(frozen=True)
class Criterion:
    """Something that may matter to a reader, or a topic to be told about.

    `stand` is how the company sees itself on it (strong, mixed, weak; empty when it says nothing), `says` its claim, `against`
    what speaks against it, and `evidence` a link with its words.
    """

    key: str
    label: str
    hint: str = ""
    stand: str = ""
    says: str = ""
    against: str = ""
    owner: str = ""
    checked: date | None = None
    evidence: "NavItem | None" = None


@dataclass(frozen=True)
class Site:
    """What `site.yaml` says. `logo` is a path below the content folder (`media/logo.svg`); colours are readable `#rrggbb`."""

    name: str
    promise: Promise
    tagline: str = ""
    legal_name: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    accent_light: str = "#17624f"
    accent_dark: str = "#6fc7ad"
    logo: str = ""
    navigation: tuple[NavItem, ...] = ()
    footer: tuple[NavItem, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    topics: tuple[Criterion, ...] = ()
    language: str = "en"
    time_zone: str = "Europe/Berlin"
    avoided: Mapping[str, str] = field(default_factory=lambda: AVOIDED)


@dataclass(frozen=True)
class File:
    """A picture or document that readers may fetch at `path`."""

    path: str
    location: Path
    size: int
    stamp: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Library:
    """Everything in a content folder at one moment. `pages` and `files` go by address, `mails` by key.

    `resting` are pages that readers do not meet now: drafts, those of a later day, and those whose day is over.
    """

    site: Site
    pages: Mapping[str, Page]
    mails: Mapping[str, Mail]
    files: Mapping[str, File]
    problems: tuple[Problem, ...]
    resting: tuple[Page, ...] = ()

    @cached_property
    def by_slug(self) -> Mapping[str, Page]:
        """Pages by an address in small letters and hyphens: `/clef-values` finds `/Clef Values`."""
        return {slugify(page.path): page for page in reversed(list(self.pages.values()))}

    def children(self, path: str) -> tuple[Page, ...]:
        """The pages right below an address: by their order, then the newest first, then by title."""
        return tuple(page for page in self.pages.values() if page.folder == path)


def slugify(path: str) -> str:
    """An address in small letters, with hyphens for whatever is neither letter nor digit."""
    parts = ["".join(letter if letter.isalnum() else " " for letter in part).split() for part in path.casefold().split("/")]
    return "/".join("-".join(words) for words in parts)
