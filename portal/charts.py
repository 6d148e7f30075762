"""Charts as SVG, made on the server: readable without scripts, in print and in both colour schemes.

Colours come from the classes of `static/css/charts.css` alone. Each chart says its figures in words, for people who listen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

WIDTH = 700
ROW = 28
_TEXT_WIDTH = 6.4  # of a 12 px letter, on average
_LETTERS = 34  # on a line of a row's name
# Fills of the parts of a bar, in order.
_FILLS = ("f1", "f2", "m", "g0")
_ids = count(1)

Bands = Sequence[tuple[float | None, float | None]]


@dataclass(frozen=True)
class Interval:
    """A value between two ends, 0 to 1; None where there is nothing to show. `text` stands at the end of its row."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    bad: bool = False


@dataclass(frozen=True)
class Stack:
    """A bar of several parts, in the order of the names given to the chart."""

    label: str
    parts: Sequence[int]
    text: str


@dataclass(frozen=True)
class Change:
    """What came (above the line) and what went (below it) in one month; `total` is what remains."""

    label: str
    came: Sequence[int]
    went: int
    total: int


def intervals(rows: Sequence[Interval], title: str, line: float | None = None) -> Markup:
    """One row per group: a dot at its share, a whisker over its interval; `line` marks the share of all."""
    top = _nice(max([row.high or row.value or 0.0 for row in rows] + [line or 0.0, 0.1]))
    x0, x1 = 230, 580
    parts = [_grid(x0, x1, top, len(rows) * ROW + 24)]
    if line is not None:
        parts.append(_path("c3", f"M{_x(line, top, x0, x1)} 20V{len(rows) * ROW + 24}"))
    for number, row in enumerate(rows):
        y = 24 + number * ROW + ROW // 2
        parts += _label(x0 - 12, y + 4, row.label)
        parts.append(_whisker(row, y, top, x0, x1))
        parts.append(_text(x1 + 12, y + 4, row.text, "b" if row.value is not None else "m"))
    told = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return _svg(len(rows) * ROW + 32, title, told, parts)


def lines(labels: Sequence[str], values: Sequence[float | None], title: str, texts: Sequence[str], bands: Bands = ()) -> Markup:
    """A line through shares over time, with its interval as a band; the last value is written beside its end."""
    top = _nice(max([value or 0.0 for value in values] + [high for _low, high in bands if high is not None] + [0.1]))
    x0, x1, y0, y1 = 48, 600, 220, 16
    xs = [x0 + (x1 - x0) * at / max(len(labels) - 1, 1) for at in range(len(labels))]
    ys = [None if value is None else _y(value, top, y0, y1) for value in values]
    parts = [*_levels(top, x0, x1, y0, y1), _band(xs, bands, top, y0, y1), _line(xs, ys)]
    step = max(1, len(labels) // 8)
    parts += [_text(x, y0 + 20, label, "m c") for x, label in list(zip(xs, labels, strict=True))[::-1][::step]]
    known = [at for at, y in enumerate(ys) if y is not None]
    parts += [_dot(xs[at], ys[at] or 0, 2) for at in known]
    if known:
        last = known[-1]
        parts += [_dot(xs[last], ys[last] or 0, 4), _text(xs[last] + 10, (ys[last] or 0) + 4, texts[last], "b")]
    told = "; ".join(f"{label}: {text}" for label, text in zip(labels, texts, strict=True))
    return _svg(y0 + 32, title, told, parts)


def stacks(rows: Sequence[Stack], names: Sequence[str], title: str) -> Markup:
    """One bar per group, cut into parts; the first row names them directly."""
    most = max([sum(row.parts) for row in rows] + [1])
    x0, x1 = 230, 580
    parts, at = [], float(x0)
    for number, name in enumerate(names):
        parts += [_rect(at, 6, 10, 10, _FILLS[number]), _text(at + 15, 15, name, "m")]
        at += 15 + len(name) * _TEXT_WIDTH + 18
    for number, row in enumerate(rows):
        y = 28 + number * ROW
        parts += _label(x0 - 12, y + 15, row.label)
        parts += _bar(row, y, most, x0, x1)
        parts.append(_text(x0 + (x1 - x0) * sum(row.parts) / most + 12, y + 15, row.text, "b"))
    told = "; ".join(f"{row.label}: " + ", ".join(f"{n} {p}" for n, p in zip(names, row.parts, strict=True)) for row in rows)
    return _svg(len(rows) * ROW + 36, title, told, parts)


def changes(rows: Sequence[Change], names: Sequence[str], title: str) -> Markup:
    """Columns by month: what came stands on the line, what went hangs below it; the total is written above."""
    x0, x1, up = 60, 690, 130
    most = max([sum(row.came) for row in rows] + [row.went for row in rows] + [1])
    height, width = 90, (x1 - x0) / max(len(rows), 1)
    down = max(height * max([row.went for row in rows] + [0]) / most, 24)
    parts = [_path("ax", f"M{x0} {up}H{x1}")]
    for at, row in enumerate(rows):
        x, y = x0 + at * width + width * 0.2, float(up)
        for number, came in enumerate(row.came):
            y -= height * came / most
            parts.append(_rect(x, y, width * 0.6, height * came / most, _FILLS[number]))
        parts.append(_rect(x, up, width * 0.6, height * row.went / most, "fb"))
        parts.append(_text(x + width * 0.3, up - height - 14, str(row.total), "b c"))
        parts.append(_text(x + width * 0.3, up + down + 22, row.label, "m c"))
    marks = [(up - height - 14, names[-1], "b"), (up - 30, names[0], "m"), (up - 14, names[1], "m"), (up + 22, names[2], "m")]
    parts += [_text(0, y, name, tone) for y, name, tone in marks]
    told = "; ".join(f"{row.label}: +{sum(row.came)} −{row.went}, {row.total}" for row in rows)
    return _svg(up + down + 34, title, told, parts)


def spark(values: Sequence[float | None], title: str, text: str = "") -> Markup:
    """A small line without axes, for a tile."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    reach = (high - low) or 1.0
    xs = [3 + 114 * at / max(len(values) - 1, 1) for at in range(len(values))]
    ys = [None if value is None else 25 - 20 * (value - low) / reach for value in values]
    parts = [_line(xs, ys)]
    if known:
        at = max(number for number, y in enumerate(ys) if y is not None)
        parts += [_dot(xs[at], ys[at] or 0, 3), _text(xs[at] + 8, (ys[at] or 0) + 4, text, "m")]
    body = Markup("").join(parts)
    frame = Markup('<svg viewBox="0 0 200 30" {} role="img" aria-label="{}">{}</svg>')
    return frame.format(Markup('width="100%" height="30" preserveAspectRatio="xMinYMid"'), title, body)


def _svg(height: float, title: str, told: str, parts: Sequence[Markup]) -> Markup:
    number = next(_ids)
    frame = Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="chart{n} told{n}">'
        '<title id="chart{n}">{title}</title><desc id="told{n}">{told}</desc>{body}</svg>'
    )
    return frame.format(w=WIDTH, h=round(height), n=number, title=title, told=told, body=Markup("").join(parts))


def _nice(top: float) -> float:
    """A round end of an axis."""
    return next((step for step in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if top <= step), 1.0)


def _x(value: float, top: float, x0: float, x1: float) -> float:
    return round(x0 + (x1 - x0) * min(value, top) / top, 1)


def _y(value: float, top: float, y0: float, y1: float) -> float:
    return round(y0 - (y0 - y1) * min(value, top) / top, 1)


def _grid(x0: int, x1: int, top: float, bottom: int) -> Markup:
    ticks = [_text(_x(top * part / 4, top, x0, x1), 14, f"{top * part * 25:g}%", "m c") for part in range(5)]
    rules = [_path("ax", f"M{_x(top * part / 4, top, x0, x1)} 20V{bottom}") for part in range(5)]
    return Markup("").join([*rules, *ticks])


def _levels(top: float, x0: int, x1: int, y0: int, y1: int) -> list[Markup]:
    ys = [(_y(top * part / 4, top, y0, y1), f"{top * part * 25:g}%") for part in range(5)]
    return [_path("ax", f"M{x0} {y}H{x1}") for y, _told in ys] + [_text(x0 - 8, y + 4, told, "m e") for y, told in ys]


def _whisker(row: Interval, y: int, top: float, x0: int, x1: int) -> Markup:
    if row.value is None or row.low is None or row.high is None:
        return Markup("")
    low, high = _x(row.low, top, x0, x1), _x(row.high, top, x0, x1)
    whisker = _path("ci", f"M{low} {y}H{high}M{low} {y - 4}v8M{high} {y - 4}v8")
    return whisker + _dot(_x(row.value, top, x0, x1), y, 4.5, "fb" if row.bad else "f1")


def _bar(row: Stack, y: int, most: int, x0: int, x1: int) -> list[Markup]:
    found, x = [], float(x0)
    for number, part in enumerate(row.parts):
        width = (x1 - x0) * part / most
        if part:
            found.append(_rect(x, y + 3, width, ROW - 10, _FILLS[number]))
        x += width
    return found


def _line(xs: Sequence[float], ys: Sequence[float | None]) -> Markup:
    """A path that is interrupted where a value is missing."""
    path, pen = "", "M"
    for x, y in zip(xs, ys, strict=True):
        path, pen = (path, "M") if y is None else (f"{path}{pen}{x:.1f} {y:.1f}", "L")
    return _path("c1", path or "M0 0")


def _band(xs: Sequence[float], bands: Bands, top: float, y0: int, y1: int) -> Markup:
    ends = [(x, low, high) for x, (low, high) in zip(xs, bands, strict=False) if low is not None and high is not None]
    if len(ends) < 2:
        return Markup("")
    above = "L".join(f"{x:.1f} {_y(high, top, y0, y1)}" for x, _low, high in ends)
    below = "L".join(f"{x:.1f} {_y(low, top, y0, y1)}" for x, low, _high in reversed(ends))
    return _path("a1", f"M{above}L{below}Z")


def _path(kind: str, d: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(kind, d)


def _rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    box = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>')
    return box.format(kind, round(x, 1), round(y, 1), round(max(width, 0), 1), round(max(height, 0), 1))


def _dot(x: float, y: float, radius: float, kind: str = "f1") -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(kind, round(x, 1), round(y, 1), radius)


def _text(x: float, y: float, text: str, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, round(x, 1), round(y, 1), text)


def _label(x: float, y: float, text: str) -> list[Markup]:
    """The name of a row, right-aligned: on two lines of half the room each when it is long."""
    if len(text) <= _LETTERS:
        return [_text(x, y, text, "e")]
    first = text.rfind(" ", 0, _LETTERS + 1)
    first = first if first > 0 else _LETTERS
    return [_text(x, y - 6, text[:first], "e s"), _text(x, y + 6, _short(text[first:].strip(), _LETTERS), "e s")]


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
