"""A letter's words: subject, HTML and text, with everything filled in."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from css_inline import CSSInliner
from flask import render_template
from flask_babel import Locale
from flask_babel import gettext as _

from portal.config import settings
from portal.content.queries import site
from portal.delivery.emails.letters import Letter
from portal.delivery.emails.slots import Template
from portal.markup import to_html, to_text

_INLINER = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
_GREETING = re.compile(r"\A\s*<p>(.{1,200}?)</p>", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """What a reader sees of a letter, in both forms."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, eq=False)
class Sheet:
    """A letter with its placeholders still empty: the same for all who get it, so that it is made once."""

    subject: Template
    html: Template
    text: Template


def write(letter: Letter, own_page: str = "") -> Written:
    """Render a letter. Markdown first and values after, so that nothing a person typed is ever markup.

    `own_page` is the address of its reader's own page; where a letter is only looked at, the one that asks who it is.
    """
    letter = with_own_page(letter, own_page or f"{settings().base_url}/me")
    sheet = sheet_of(letter)
    return Written(subject_of(sheet, letter), sheet.html.filled(letter.values), sheet.text.filled(letter.values))


def sheet_of(letter: Letter) -> Sheet:
    """What a letter has in common with all others of the same text, language and company."""
    look = _Look(settings().base_url, letter.language or site().language, (site().accent_light, site().accent_dark))
    return _made(letter.subject, letter.body, letter.footer, look)


def subject_of(sheet: Sheet, letter: Letter) -> str:
    """The subject as one person reads it."""
    return sheet.subject.filled(letter.values).strip(" ")


def with_own_page(letter: Letter, address: str) -> Letter:
    """What differs between people is a placeholder, so that the line is rendered once for all."""
    if not letter.own_page:
        return letter
    line = _("What we keep about you, how often we write, and how to end it: [your own page]({{own_page_link}})")
    return replace(letter, footer=(*letter.footer, line), values=letter.values | {"own_page_link": address})


@dataclass(frozen=True)
class _Look:
    """What letters of one company in one language have in common."""

    base: str
    language: str
    accent: tuple[str, str]


@lru_cache(maxsize=64)
def _made(subject: str, markdown: str, paragraphs: tuple[str, ...], look: _Look) -> Sheet:
    body, *footer = [to_html(part, base=look.base, breaks=True).html for part in (markdown, *paragraphs)]
    page = render_template(
        "emails/letter.html",
        subject=subject,
        greeting=bool(_GREETING.match(body)),
        body=_with_greeting(body),
        footer=footer,
        language=look.language,
        direction=Locale.parse(look.language, sep="-").text_direction,
        accent=look.accent,
    )
    text = _text(to_text(body), [to_text(part) for part in footer])
    return Sheet(Template.of_text(subject), Template.of_html(_INLINER.inline(page).rstrip() + "\n"), Template.of_text(text))


def _with_greeting(html: str) -> str:
    """The greeting is what a letter begins with, so it is the heading for those who jump from heading to heading."""
    return _GREETING.sub(r'<h1 class="greeting">\1</h1>', html, count=1)


def _text(body: str, footer: list[str]) -> str:
    foot = "\n\n-- \n" + "\n\n".join(part.strip() for part in footer) if footer else ""
    return f"{body.strip()}{foot}\n".replace("\r\n", "\n")
