"""What a landing page shows of a person and of the site: a first name, who writes, the page with its links behind the token."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from portal.content import queries as content
from portal.outreach.models import LandingLink

_HREF = re.compile(r'(<a\b[^>]*?\shref=")(/[^"]*)(")')
LONGEST_NAME = 80
# Marks without width and those that set a direction (joiners stay: Persian and the scripts of India write with them).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Addresses that are no pages of the content folder and still work behind a link.
FORMS = frozenset({"/interest", "/feedback", "/ask", "/refer"})


@dataclass(frozen=True)
class Writer:
    """Who writes: as candidates know them from the voices, or from their account."""

    name: str
    title: str
    photo: str


def first_name(link: LandingLink) -> str:
    """What to call the reader; empty on links of a channel."""
    return call_name(link.candidate.greeting_name, link.candidate.full_name) if link.candidate else ""


def call_name(greeting: str | None, full_name: str | None) -> str:
    """The name to greet with: what the person is called, else the first word of the name, never all of it."""
    return _plain(greeting or "") or _plain(full_name or "").split(" ")[0]


def _plain(name: str) -> str:
    """A name on one line, of a length that fits, without marks that nobody sees or that turn the words around it."""
    return " ".join(_UNSEEN.sub("", name).split())[:LONGEST_NAME].strip()


def writer(link: LandingLink) -> Writer | None:
    """The named person behind the link."""
    return writer_of(link.campaign.owner.full_name, link.campaign.owner.title) if link.campaign else None


def writer_of(name: str, title: str) -> Writer:
    """A member of staff as candidates know them."""
    voice = content.find_voice(name) if name else None
    photo = str(voice.meta.get("photo", "")) if voice else ""
    return Writer(name or content.site().name, title or (voice.role if voice else ""), photo)


def keep_prefix(html: str, prefix: str) -> str:
    """The HTML with links to our own pages led through the landing link; files and other sites stay as they are."""

    def lead(match: re.Match[str]) -> str:
        path = unquote(urlsplit(unescape(match[2])).path)
        ours = path in FORMS or content.find_page(path) is not None
        return f"{match[1]}{prefix}{match[2]}{match[3]}" if ours and not match[2].startswith("//") else match[0]

    return _HREF.sub(lead, html)
