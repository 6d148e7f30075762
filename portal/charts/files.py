"""Charts to take away: SVG that carries its own colours and fonts, and PNG."""

import re

import font_roboto
import resvg_py
from markupsafe import Markup

# The tokens that charts are drawn with, as in static/css/tokens.css; a test compares them.
LIGHT = {
    "surface": "#ffffff",
    "sunken": "#f3f1ec",
    "ink": "#1b1e22",
    "muted": "#5a6069",
    "line": "#e2ded5",
    "accent": "#17624f",
    "on-accent": "#ffffff",
    "bad": "#a2322b",
    "info": "#2b5a94",
}
DARK = {
    "surface": "#1c1f24",
    "sunken": "#111316",
    "ink": "#e9e7e2",
    "muted": "#a5a9b0",
    "line": "#2d3138",
    "accent": "#6fc7ad",
    "on-accent": "#0d1f1a",
    "bad": "#f08b80",
    "info": "#8db6ea",
}
# As in static/css/charts.css, with colours filled in.
_STYLE = """text{font:12px sans-serif;fill:%(ink)s}.m{fill:%(muted)s}.b{font-weight:bold}.s{font-size:11px}.e{text-anchor:end}
.c{text-anchor:middle}.ax{stroke:%(line)s;fill:none}.c1{stroke:%(accent)s;stroke-width:2;fill:none}
.ch{stroke:%(surface)s;stroke-width:4;fill:none}
.c3{stroke:%(muted)s;stroke-dasharray:2 3;fill:none}.f1{fill:%(accent)s}.f2{fill:%(info)s}.fb{fill:%(bad)s}.fi{fill:%(ink)s}
.g0{fill:%(sunken)s}.a1{fill:%(accent)s;opacity:.14}.ci{stroke:%(ink)s;stroke-width:1.5;fill:none}.on{fill:%(on-accent)s}
.p1{fill:%(accent)s}.p2{fill:%(info)s;fill-opacity:.6}.p3{fill:%(muted)s;fill-opacity:.35}.p4{fill:%(sunken)s;stroke:%(line)s}
.h1,.h2,.h3,.h4,.h5{fill:%(accent)s}.h1{fill-opacity:.12}.h2{fill-opacity:.28}.h3{fill-opacity:.46}.h4{fill-opacity:.8}"""
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SIZE = re.compile(r' (?:width|height|preserveAspectRatio)="[^"]*"')
_MARGIN = 20
_FONTS = [font_roboto.Roboto, font_roboto.RobotoBold]
# What these fonts can write; anything else needs those of the machine.
_OURS = re.compile(r"[\u0000-\u0377\u038e-\u03e1\u03f0-\u052f\u1e00-\u1ef9\u2010-\u2027\u2030-\u205e\u20a0-\u20be\u2122\u2212]*")


def standalone(svg: str, dark: bool = False, title: bool = True) -> str:
    """A chart as a file of its own, on a ground of its own, with its title written above it."""
    found = _BOX.search(svg)
    if not found:
        raise ValueError("a chart has a viewBox")
    width, height = (float(end) for end in found.groups())
    name = re.search(r"<title[^>]*>(.*?)</title>", svg)
    head, margin = (34 if title and name else 0), (_MARGIN if title else 2)
    box = f"{-margin} {-margin - head} {width + 2 * margin:g} {height + 2 * margin + head:g}"
    ground = (
        f'<rect x="{-margin}" y="{-margin - head}" width="100%" height="100%" fill="{(DARK if dark else LIGHT)["surface"]}"/>'
    )
    above = f'<text class="b t" x="0" y="{-head + 12}">{name.group(1)}</text>' if head and name else ""
    size = f'xmlns="http://www.w3.org/2000/svg" width="{width + 2 * margin:g}" height="{height + 2 * margin + head:g}"'
    style = f"<style>{_STYLE % (DARK if dark else LIGHT)}.t{{font-size:15px}}</style>"
    start = svg.index(">", svg.index("<svg")) + 1
    opened = _SIZE.sub("", svg[:start]).replace("<svg", f"<svg {size}", 1).replace(found.group(0), f'viewBox="{box}"')
    told = svg.rindex("</desc>") + 7 if "</desc>" in svg else start
    return f"{opened}{svg[start:told]}{style}{ground}{above}{svg[told:]}"


def to_png(svg: str | Markup, scale: float = 2, dark: bool = False, title: bool = True) -> bytes:
    """A chart as a picture, `scale` dots for each of its units."""
    return draw(standalone(str(svg), dark, title), scale)


def draw(svg: str, scale: float = 1) -> bytes:
    """Any drawing that stands by itself as a PNG."""
    ours = _OURS.fullmatch(svg) is not None
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=scale,
        font_files=_FONTS,
        font_family="Roboto",
        sans_serif_family="Roboto",
        skip_system_fonts=ours,
    )
