"""Bars of several parts, one per group."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.charts import marks


@dataclass(frozen=True)
class Stack:
    """A bar of several parts, in the order of the names given to the chart."""

    label: str
    parts: Sequence[int]
    text: str


def stacks(rows: Sequence[Stack], names: Sequence[str], title: str) -> Markup:
    """One bar per group, cut into parts; the first row names them directly."""
    most = max([sum(row.parts) for row in rows] + [1])
    x0, x1 = 230, 580
    parts, at = [], float(x0)
    for number, name in enumerate(names):
        parts += [marks.rect(at, 6, 10, 10, marks.FILLS[number]), marks.text(at + 15, 15, name, "m")]
        at += 15 + len(name) * marks.TEXT_WIDTH + 18
    for number, row in enumerate(rows):
        y = 28 + number * marks.ROW
        parts += marks.label(x0 - 12, y + 15, row.label)
        parts += _bar(row, y, most, x0, x1)
        parts.append(marks.text(x0 + (x1 - x0) * sum(row.parts) / most + 12, y + 15, row.text, "b"))
    told = "; ".join(f"{row.label}: " + ", ".join(f"{n} {p}" for n, p in zip(names, row.parts, strict=True)) for row in rows)
    return marks.frame(len(rows) * marks.ROW + 36, title, told, parts)


def _bar(row: Stack, y: int, most: int, x0: int, x1: int) -> list[Markup]:
    found, x = [], float(x0)
    for number, part in enumerate(row.parts):
        width = (x1 - x0) * part / most
        if part:
            found.append(marks.rect(x, y + 3, width, marks.ROW - 10, marks.FILLS[number]))
        x += width
    return found
