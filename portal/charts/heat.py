"""Cohorts as rows, days as columns: when did those of which month answer?"""

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from portal.charts import marks

_CELL = 30
# From this level on, the figure in a cell is written in the colour that is read on the accent.
_STRONG = 4


class Cohort(Protocol):
    """A row: shares of `people`, 0 to 1, one for each column; None where it cannot be known yet."""

    @property
    def label(self) -> str: ...
    @property
    def people(self) -> int: ...
    @property
    def shares(self) -> Sequence[float | None]: ...


def heat(
    rows: Sequence[Cohort],
    title: str,
    names: Sequence[str] = ("0–1", "2–3", "4–7", "8–14", "15–30"),
    axis: str = "",
    people: str = "",
) -> Markup:
    """The darker, the more; each figure stands in its cell. `names` head the columns, `axis` all of them, `people` the counts."""
    most = max([share for row in rows for share in row.shares if share is not None] + [0.01])
    x0, x1 = 190, 690
    width = (x1 - x0) / max(len(names), 1)
    parts = [marks.text(x0, 14, axis, "m"), marks.text(x0 - 14, 34, people, "m e")]
    parts += [marks.text(x0 + (at + 0.5) * width, 34, name, "m c") for at, name in enumerate(names)]
    for number, row in enumerate(rows):
        y = 42 + number * _CELL
        parts += [marks.text(0, y + 19, row.label), marks.text(x0 - 14, y + 19, str(row.people), "m e")]
        for at, share in enumerate(row.shares):
            parts += _cell(x0 + at * width, y, width, share, most)
    told = "; ".join(f"{row.label} ({row.people}): " + ", ".join(map(_words, row.shares)) for row in rows)
    return marks.frame(len(rows) * _CELL + 48, title, told, parts)


def _cell(x: float, y: int, width: float, share: float | None, most: float) -> list[Markup]:
    if share is None:
        return [marks.text(x + width / 2, y + 19, "·", "m c")]
    level = min(int(share / most * 5), 4) + 1 if share else 0
    box = marks.rect(x + 1, y + 1, width - 2, _CELL - 2, f"h{level}" if level else "g0")
    return [box, marks.text(x + width / 2, y + 19, _words(share), "on c" if level >= _STRONG else "c")]


def _words(share: float | None) -> str:
    return "·" if share is None else f"{share:.0%}"
