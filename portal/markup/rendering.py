"""The way from Markdown to HTML: scan, convert, sanitise, and note down what links, pictures and headings there are."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any

from flask_babel import gettext as _
from inscriptis import get_text
from markdown import Markdown

from portal.markup import placeholders
from portal.markup.blocks import SHAPES, AuthorBlocks
from portal.markup.problems import Problem
from portal.markup.safety import Image, Link, Washer
from portal.markup.scan import Scanner, tame, untame

MAX_BYTES = 200 * 1024
MOST_PARAGRAPHS = 3000
EXTENSIONS = (
    "abbr",
    "attr_list",
    "def_list",
    "fenced_code",
    "footnotes",
    "sane_lists",
    "tables",
    "toc",
    "pymdownx.betterem",
    "pymdownx.magiclink",
    "pymdownx.mark",
    "pymdownx.tasklist",
)
_ANCHOR = re.compile(r'<a(?: [a-z-]+="[^"]*")*? href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000-\ue0ff\ufffe\uffff]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_BARE_LINK = re.compile(r"(?<!\]\()(?<![<\"'])\{\{(" + "|".join(sorted(placeholders.LINKS)) + r")\}\}")


@dataclass(frozen=True)
class Heading:
    """A heading of the text: `level` 2 to 6, `anchor` the id it has in the page."""

    level: int
    anchor: str
    text: str
    line: int


@dataclass(frozen=True)
class Rendered:
    """What became of a text, and everything worth a check in it."""

    html: str
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    problems: tuple[Problem, ...] = ()


def to_html(
    markdown: str, *, base: str = "", breaks: bool = False, size_of: Callable[[str], tuple[int, int] | None] | None = None
) -> Rendered:
    """Render Markdown. Never raises and never hangs: what cannot be rendered is shown as typed, and named as a problem.

    `base` is what relative addresses start from: the folder of a page (`/stories/`), or the portal's address for a mail.
    With `breaks` a line's end is one on the page too, as writers of letters expect. `size_of` tells width and height of a picture
    by its address. Needs an application context, for the language of dates.
    """
    if len(markdown.encode("utf-8", "replace")) > MAX_BYTES:
        message = _("The text is longer than %(size)s kilobytes.", size=MAX_BYTES // 1024)
        return Rendered("", problems=(Problem("", 0, message),))
    if len(_PARAGRAPH.findall(markdown)) > MOST_PARAGRAPHS:
        message = _("The text has more than %(count)s paragraphs.", count=MOST_PARAGRAPHS)
        return Rendered("", problems=(Problem("", 0, message),))
    scanner = Scanner(SHAPES)
    text = scanner.scan(_CONTROL.sub("", markdown.expandtabs(4).replace("\r\n", "\n").replace("\r", "\n")))
    hidden, kept = placeholders.hide(_BARE_LINK.sub(r"[{{\1}}]({{\1}})", tame(text)))
    raw, tokens, failed = _convert(hidden, breaks)
    washer = Washer(markdown, base, kept, size_of)
    html = untame(placeholders.reveal(washer.wash(raw), kept))
    problems = sorted([*scanner.problems, *washer.problems, *failed])
    return Rendered(html, _headings(tokens, markdown), tuple(washer.links), tuple(washer.images), tuple(problems))


def to_text(html: str) -> str:
    """The text of a piece of HTML as a letter would have it: paragraphs apart, addresses of links behind them."""
    if not html.strip():
        return ""
    text = get_text(_ANCHOR.sub(_with_address, html))
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def _with_address(match: re.Match[str]) -> str:
    address, words = match.group(1), match.group(2)
    is_said = address in words or address.startswith(("#", "mailto:", "tel:"))
    return words if is_said else f"{words} ({address})"


def _convert(text: str, breaks: bool) -> tuple[str, list[dict[str, Any]], list[Problem]]:
    extensions = [*EXTENSIONS, "nl2br"] if breaks else EXTENSIONS
    converter = Markdown(extensions=[*extensions, AuthorBlocks()], output_format="html")
    try:
        html = converter.convert(text)
    except Exception as error:  # whatever an author typed, the site stays up
        logging.getLogger(__name__).warning("markup.failed", exc_info=True)
        message = _("This text cannot be rendered (%(what)s), so it is shown as typed.", what=type(error).__name__)
        return f"<pre>{escape(text)}</pre>", [], [Problem("", 0, message)]
    return html, converter.toc_tokens, []  # type: ignore[attr-defined]


def _headings(tokens: list[dict[str, Any]], source: str) -> tuple[Heading, ...]:
    found: list[Heading] = []
    for token in tokens:
        text = unescape(str(token["name"]))
        found.append(Heading(int(token["level"]), "s-" + str(token["id"]), text, 0))
        found += _headings(token["children"], "")
    return tuple(_with_lines(found, source)) if source else tuple(found)


def _with_lines(headings: list[Heading], source: str) -> list[Heading]:
    """Find the line of each heading, from the top down."""
    lines, start, found = source.splitlines(), 0, []
    for heading in headings:
        words = heading.text.strip().rstrip("…")
        line = next((n for n in range(start, len(lines)) if words and words in lines[n]), None)
        start = start if line is None else line + 1
        found.append(replace(heading, line=0 if line is None else line + 1))
    return found
