"""A letter's words: subject, HTML and text, with everything filled in."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape

from css_inline import CSSInliner
from flask import render_template
from flask_babel import Locale
from flask_babel import gettext as _

from portal.config import settings
from portal.content.queries import site
from portal.delivery.emails.letters import Letter
from portal.markup import fill, to_html, to_text

_INLINER = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
_ALONE = re.compile(r"<p((?: style=\"[^\"]*\")?)>\{\{\s*note\s*(?:\|[^{}\n]*)?\}\}</p>")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_GREETING = re.compile(r"\A\s*<p>(.{1,200}?)</p>", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """What a reader sees of a letter, in both forms."""

    subject: str
    html: str
    text: str


def write(letter: Letter, own_page: str = "") -> Written:
    """Render a letter. Markdown first and values after, so that nothing a person typed is ever markup.

    `own_page` is the address of its reader's own page; where a letter is only looked at, the one that asks who it is.
    """
    letter = _with_own_page(letter, own_page or f"{settings().base_url}/me")
    look = _Look(settings().base_url, letter.language or site().language, (site().accent_light, site().accent_dark))
    sheet = _compiled(letter.subject, letter.body, letter.footer, look)
    subject = fill(letter.subject, letter.values).strip(" ")
    return Written(subject, _filled(sheet.html, letter.values), _text(sheet, letter.values))


@dataclass(frozen=True)
class _Look:
    """What letters of one company in one language have in common."""

    base: str
    language: str
    accent: tuple[str, str]


@dataclass(frozen=True)
class _Sheet:
    """A letter with its placeholders still empty: the same for all who get it, so that it is made once."""

    html: str
    body: str
    footer: tuple[str, ...]


@lru_cache(maxsize=64)
def _compiled(subject: str, markdown: str, paragraphs: tuple[str, ...], look: _Look) -> _Sheet:
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
    return _Sheet(_INLINER.inline(page), to_text(body), tuple(to_text(part) for part in footer))


def _with_own_page(letter: Letter, address: str) -> Letter:
    """What differs between people is a placeholder, so that the line is rendered once for all."""
    if not letter.own_page:
        return letter
    line = _("What we keep about you, how often we write, and how to end it: [your own page]({{own_page_link}})")
    return replace(letter, footer=(*letter.footer, line), values=letter.values | {"own_page_link": address})


def _filled(html: str, values: dict[str, str]) -> str:
    """Values in HTML. A note that stands alone becomes as many paragraphs as its writer made; braces in it mean nothing."""
    if not (note := values.get("note", "").replace("\r\n", "\n").strip()):
        return fill(html, values, html=True)
    first, *rest = _ALONE.split(html)  # text, attributes of the note's paragraph, text, and so on
    filled = [fill(first, values, html=True)]
    for attributes, text in zip(rest[::2], rest[1::2], strict=True):
        filled += [_paragraphs(note, attributes), fill(text, values, html=True)]
    return "".join(filled)


def _paragraphs(text: str, attributes: str) -> str:
    return "".join(f"<p{attributes}>{escape(part).replace(chr(10), '<br>')}</p>" for part in _BLANK_LINES.split(text))


def _with_greeting(html: str) -> str:
    """The greeting is what a letter begins with, so it is the heading for those who jump from heading to heading."""
    return _GREETING.sub(r'<h1 class="greeting">\1</h1>', html, count=1)


def _text(sheet: _Sheet, values: dict[str, str]) -> str:
    parts = [fill(sheet.body, values).strip(), "-- ", *(fill(part, values).strip() for part in sheet.footer)]
    shown = parts if sheet.footer else parts[:1]
    return "\n\n".join(shown).replace("-- \n\n", "-- \n").replace("\r\n", "\n") + "\n"
