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
_ALONE = re.compile(r"<p>\{\{\s*note\s*(?:\|[^{}\n]*)?\}\}</p>")
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
    body, language = _rendered(letter.body, settings().base_url), letter.language or site().language
    letter = _with_own_page(letter, own_page or f"{settings().base_url}/me")
    footer = [_rendered(paragraph, settings().base_url) for paragraph in letter.footer]
    subject = fill(letter.subject, letter.values).strip(" ")
    page = render_template(
        "emails/letter.html",
        subject=subject,
        greeting=bool(_GREETING.match(body)),
        body=_with_greeting(_filled(body, letter.values)),
        footer=[_filled(paragraph, letter.values) for paragraph in footer],
        language=language,
        direction=Locale.parse(language, sep="-").text_direction,
        accent=(site().accent_light, site().accent_dark),
    )
    return Written(subject, _INLINER.inline(page), _text(body, footer, letter.values))


def _with_own_page(letter: Letter, address: str) -> Letter:
    """What differs between people is a placeholder, so that the line is rendered once for all."""
    if not letter.own_page:
        return letter
    line = _("What we keep about you, how often we write, and how to end it: [your own page]({{own_page_link}})")
    return replace(letter, footer=(*letter.footer, line), values=letter.values | {"own_page_link": address})


@lru_cache(maxsize=256)
def _rendered(markdown: str, base: str) -> str:
    """A mailing has one text for all its readers, so that it is rendered once."""
    return to_html(markdown, base=base, breaks=True).html


def _filled(html: str, values: dict[str, str]) -> str:
    """Values in HTML. A note that stands alone becomes as many paragraphs as its writer made; braces in it mean nothing."""
    if not (note := values.get("note", "").replace("\r\n", "\n").strip()):
        return fill(html, values, html=True)
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in _BLANK_LINES.split(note))
    return paragraphs.join(fill(part, values, html=True) for part in _ALONE.split(html))


def _with_greeting(html: str) -> str:
    """The greeting is what a letter begins with, so it is the heading for those who jump from heading to heading."""
    return _GREETING.sub(r'<h1 class="greeting">\1</h1>', html, count=1)


def _text(body: str, footer: list[str], values: dict[str, str]) -> str:
    parts = [fill(to_text(body), values).strip(), "-- ", *(fill(to_text(part), values).strip() for part in footer)]
    shown = parts if footer else parts[:1]
    return "\n\n".join(shown).replace("-- \n\n", "-- \n").replace("\r\n", "\n") + "\n"
