"""What all charts are drawn with: a frame that says its figures in words, axes, lines, bars, dots and texts."""

from collections.abc import Sequence
from itertools import count

from markupsafe import Markup

WIDTH = 700
ROW = 28
TEXT_WIDTH = 6.4  # of a 12 px letter, on average
# Fills of the parts of a bar, in order: each lighter than the one before, so that they stay apart in print.
FILLS = ("p1", "p2", "p3", "p4")
_LETTERS = 34  # on a line of a row's name
_ids = count(1)

Bands = Sequence[tuple[float | None, float | None]]


def frame(height: float, title: str, told: str, parts: Sequence[Markup]) -> Markup:
    """The picture, 700 wide; `title` names it and `told` says all its figures, for people who listen."""
    number = next(_ids)
    whole = Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="chart{n} told{n}">'
        '<title id="chart{n}">{title}</title><desc id="told{n}">{told}</desc>{body}</svg>'
    )
    return whole.format(w=WIDTH, h=round(height), n=number, title=title, told=told, body=Markup("").join(parts))


def nice(top: float) -> float:
    """A round end of an axis."""
    return next((step for step in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if top <= step), 1.0)


def across(value: float, top: float, x0: float, x1: float) -> float:
    return round(x0 + (x1 - x0) * min(value, top) / top, 1)


def upward(value: float, top: float, y0: float, y1: float) -> float:
    return round(y0 - (y0 - y1) * min(value, top) / top, 1)


def grid(x0: int, x1: int, top: float, bottom: int) -> Markup:
    ticks = [text(across(top * part / 4, top, x0, x1), 14, f"{top * part * 25:g}%", "m c") for part in range(5)]
    rules = [path("ax", f"M{across(top * part / 4, top, x0, x1)} 20V{bottom}") for part in range(5)]
    return Markup("").join([*rules, *ticks])


def levels(top: float, x0: int, x1: int, y0: int, y1: int) -> list[Markup]:
    ys = [(upward(top * part / 4, top, y0, y1), f"{top * part * 25:g}%") for part in range(5)]
    return [path("ax", f"M{x0} {y}H{x1}") for y, _told in ys] + [text(x0 - 8, y + 4, told, "m e") for y, told in ys]


def line(xs: Sequence[float], ys: Sequence[float | None]) -> Markup:
    """A path that is interrupted where a value is missing."""
    way, pen = "", "M"
    for x, y in zip(xs, ys, strict=True):
        way, pen = (way, "M") if y is None else (f"{way}{pen}{x:.1f} {y:.1f}", "L")
    return path("c1", way or "M0 0")


def whisker(low: float, high: float, y: float) -> Markup:
    """An interval from one end to the other, with a halo, so that it is seen on a bar, too."""
    way = f"M{low} {y}H{high}M{low} {y - 4}v8M{high} {y - 4}v8"
    return path("ch", way) + path("ci", way)


def band(xs: Sequence[float], bands: Bands, top: float, y0: int, y1: int) -> Markup:
    """Intervals along a line; it is interrupted where one is missing."""
    found: list[list[tuple[float, float, float]]] = [[]]
    for x, (low, high) in zip(xs, bands, strict=False):
        if low is None or high is None:
            found.append([])
        else:
            found[-1].append((x, upward(low, top, y0, y1), upward(high, top, y0, y1)))
    return Markup("").join(_area(run) for run in found if len(run) > 1)


def _area(run: Sequence[tuple[float, float, float]]) -> Markup:
    above = "L".join(f"{x:.1f} {high}" for x, _low, high in run)
    below = "L".join(f"{x:.1f} {low}" for x, low, _high in reversed(run))
    return path("a1", f"M{above}L{below}Z")


def path(kind: str, d: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(kind, d)


def rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    box = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>')
    return box.format(kind, round(x, 1), round(y, 1), round(max(width, 0), 1), round(max(height, 0), 1))


def dot(x: float, y: float, radius: float, kind: str = "f1") -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(kind, round(x, 1), round(y, 1), radius)


def text(x: float, y: float, said: str, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, round(x, 1), round(y, 1), said)


def label(x: float, y: float, name: str) -> list[Markup]:
    """The name of a row, right-aligned: on two lines of half the room each when it is long."""
    if len(name) <= _LETTERS:
        return [text(x, y, name, "e")]
    first = name.rfind(" ", 0, _LETTERS + 1)
    first = first if first > 0 else _LETTERS
    return [text(x, y - 6, name[:first], "e s"), text(x, y + 6, _short(name[first:].strip(), _LETTERS), "e s")]


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
