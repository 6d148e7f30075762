"""Shares with their intervals, one row per group."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.charts import marks


@dataclass(frozen=True)
class Interval:
    """A value between two ends, 0 to 1; None where there is nothing to show. `text` stands at the end of its row."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    bad: bool = False


def intervals(rows: Sequence[Interval], title: str, line: float | None = None) -> Markup:
    """One row per group: a dot at its share, a whisker over its interval; `line` marks the share of all."""
    top = marks.nice(max([row.high or row.value or 0.0 for row in rows] + [line or 0.0, 0.1]))
    x0, x1 = 230, 580
    parts = [marks.grid(x0, x1, top, len(rows) * marks.ROW + 24)]
    if line is not None:
        parts.append(marks.path("c3", f"M{marks.across(line, top, x0, x1)} 20V{len(rows) * marks.ROW + 24}"))
    for number, row in enumerate(rows):
        y = 24 + number * marks.ROW + marks.ROW // 2
        parts += marks.label(x0 - 12, y + 4, row.label)
        parts.append(_whisker(row, y, top, x0, x1))
        parts.append(marks.text(x1 + 12, y + 4, row.text, "b" if row.value is not None else "m"))
    told = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return marks.frame(len(rows) * marks.ROW + 32, title, told, parts)


def _whisker(row: Interval, y: int, top: float, x0: int, x1: int) -> Markup:
    if row.value is None or row.low is None or row.high is None:
        return Markup("")
    low, high = marks.across(row.low, top, x0, x1), marks.across(row.high, top, x0, x1)
    x = marks.across(row.value, top, x0, x1)
    # What is bad has a shape of its own, for who cannot tell the colours apart.
    mark = marks.path("fb", f"M{x} {y - 7}l7 7l-7 7l-7 -7z") if row.bad else marks.dot(x, y, 4.5)
    return marks.whisker(low, high, y) + mark
