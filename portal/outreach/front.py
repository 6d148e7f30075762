"""What a landing page shows of a person and of the site: a first name, a note, the page with its links led through the token."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from flask_babel import format_date
from flask_babel import gettext as _

from portal.content import queries as content
from portal.content.models import Page
from portal.outreach import queries
from portal.outreach.models import LandingLink
from portal.privacy.queries import current_basis

_HREF = re.compile(r'(<a\b[^>]*?\shref=")(/[^"]*)(")')
# Addresses that are no pages of the content folder and still work behind a link.
FORMS = frozenset({"/interest", "/feedback"})


@dataclass(frozen=True)
class Writer:
    """Who writes: as candidates know them from the voices, or from their account."""

    name: str
    title: str
    photo: str


def landing(link: LandingLink, token: str, page: Page) -> dict[str, Any]:
    """Everything the landing page may know. A link may be forwarded: a first name and a note, nothing else of the person."""
    message = queries.find_message_of_link(link.id)
    return {
        "page": page,
        "is_first": page.path == link.page,
        "body": keep_prefix(page.body_html, f"/l/{token}"),
        "first_name": first_name(link),
        "note": message.note if message else "",
        "writer": writer(link),
        "where_from": where_from(link),
    }


def first_name(link: LandingLink) -> str:
    """What to call the reader; empty on links of a channel."""
    return (link.candidate.greeting_name or link.candidate.full_name) if link.candidate else ""


def writer(link: LandingLink) -> Writer | None:
    """The named person behind the link."""
    if link.campaign is None:
        return None
    owner = link.campaign.owner
    voice = content.find_voice(owner.full_name) if owner.full_name else None
    title = owner.title or (voice.role if voice else "")
    return Writer(owner.full_name or content.site().name, title, str(voice.meta.get("photo", "")) if voice else "")


def where_from(link: LandingLink) -> dict[str, str] | None:
    """The notice of GDPR Article 14 in two sentences; none for links of a channel."""
    if link.candidate is None:
        return None
    basis = current_basis(link.candidate.id)
    return {
        "source": link.candidate.source.data_note,
        "until": format_date(basis.until, _("d MMMM y")) if basis else "",
    }


def keep_prefix(html: str, prefix: str) -> str:
    """The HTML with links to our own pages led through the landing link; files and other sites stay as they are."""

    def lead(match: re.Match[str]) -> str:
        path = unquote(urlsplit(unescape(match[2])).path)
        ours = path in FORMS or content.find_page(path) is not None
        return f"{match[1]}{prefix}{match[2]}{match[3]}" if ours and not match[2].startswith("//") else match[0]

    return _HREF.sub(lead, html)
