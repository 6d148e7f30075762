"""The picture of a page that other places show in a preview: whose it is, what it is called, and for a role what it pays."""

import textwrap

from markupsafe import escape

from portal.content.library import colour, site
from portal.content.models import Page, Site

WIDTH, HEIGHT = 1200, 630  # what Open Graph readers cut nothing off
MARGIN = 80
# By the width of Roboto Bold: so many letters of a size fit between the margins.
SIZES = ((26, 76), (36, 58), (48, 44))
MOST_LINES = 4


def card_of(page: Page, words: Site) -> str:
    """The drawing, as SVG of 1200 by 630."""
    lines, size = _lines(page.title)
    top = HEIGHT / 2 - (len(lines) - 1) * size * 0.6
    titles = "".join(_text(line, top + number * size * 1.2, size, "#1b1e22", bold=True) for number, line in enumerate(lines))
    above, foot = page.kicker or page.role, colour.mix(site.PAPER_LIGHT, words.accent_light, 0.1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{site.PAPER_LIGHT}"/>'
        f'<rect width="24" height="{HEIGHT}" fill="{words.accent_light}"/>'
        f'<rect x="24" y="{HEIGHT - 110}" width="{WIDTH}" height="110" fill="{foot}"/>'
        f"{_text(textwrap.shorten(above, 70, placeholder=' …'), 110, 32, '#5a6069')}{titles}"
        f"{_text(textwrap.shorten(words.name, 60, placeholder=' …'), HEIGHT - 42, 38, words.accent_light, bold=True)}</svg>"
    )


def _lines(title: str) -> tuple[list[str], int]:
    """The title in lines, as large as it fits; of a very long one the beginning."""
    for letters, size in SIZES:
        lines = textwrap.wrap(title, letters)
        if len(lines) <= MOST_LINES - 1:
            return lines, size
    letters, size = SIZES[-1]
    return textwrap.wrap(title, letters, max_lines=MOST_LINES, placeholder=" …"), size


def _text(words: str, y: float, size: int, fill: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{MARGIN}" y="{y:g}" font-family="sans-serif" font-size="{size}" fill="{fill}"{weight}>{escape(words)}</text>'
    )
