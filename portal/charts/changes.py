"""What came and what went, by month."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.charts import marks


@dataclass(frozen=True)
class Change:
    """What came (above the line) and what went (below it) in one month; `total` is what remains."""

    label: str
    came: Sequence[int]
    went: int
    total: int


def changes(rows: Sequence[Change], names: Sequence[str], title: str) -> Markup:
    """Columns by month: what came stands on the line, what went hangs below it; the total is written above."""
    x0, x1, up = 60, 690, 130
    most = max([sum(row.came) for row in rows] + [row.went for row in rows] + [1])
    height, width = 90, (x1 - x0) / max(len(rows), 1)
    down = max(height * max([row.went for row in rows] + [0]) / most, 24)
    parts = [marks.path("ax", f"M{x0} {up}H{x1}")]
    for at, row in enumerate(rows):
        x, y = x0 + at * width + width * 0.2, float(up)
        for number, came in enumerate(row.came):
            y -= height * came / most
            parts.append(marks.rect(x, y, width * 0.6, height * came / most, marks.FILLS[number]))
        parts.append(marks.rect(x, up, width * 0.6, height * row.went / most, "fb"))
        parts.append(marks.text(x + width * 0.3, up - height - 14, str(row.total), "b c"))
        parts.append(marks.text(x + width * 0.3, up + down + 22, row.label, "m c"))
    beside = [(up - height - 14, names[-1], "b"), (up - 30, names[0], "m"), (up - 14, names[1], "m"), (up + 22, names[2], "m")]
    parts += [marks.text(0, y, name, tone) for y, name, tone in beside]
    told = "; ".join(f"{row.label}: +{sum(row.came)} −{row.went}, {row.total}" for row in rows)
    return marks.frame(up + down + 34, title, told, parts)
