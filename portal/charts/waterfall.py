"""From one total to the next: what came and what left, one row for each reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.charts import marks


@dataclass(frozen=True)
class Part:
    """How many came (above 0) or left (below 0) for one reason; with `total`, how many there are at this point."""

    label: str
    count: int
    total: bool = False


def waterfall(parts: Sequence[Part], title: str) -> Markup:
    """Totals are dots on the scale rather than bars: it does not begin at 0, or changes would be too small to see."""
    x0, x1 = 230, 620
    ends, at = [], 0
    for part in parts:
        before, at = (part.count, part.count) if part.total else (at, at + part.count)
        ends.append((before, at))
    low, high = min([min(end) for end in ends] + [0] * (not ends)), max([max(end) for end in ends] + [1] * (not ends))
    reach = max(high - low, 1)
    drawn: list[Markup] = []
    for number, (part, (before, after)) in enumerate(zip(parts, ends, strict=True)):
        y = 6 + number * marks.ROW
        left, right = (marks.across(end - low, reach, x0, x1) for end in sorted((before, after)))
        x = marks.across(after - low, reach, x0, x1)
        drawn += marks.label(x0 - 12, y + 15, part.label)
        drawn.append(marks.path("c3", f"M{x} {y + 18}V{y + marks.ROW + 4}") if number < len(parts) - 1 else Markup(""))
        kind = "f1" if part.count >= 0 else "fb"
        drawn.append(marks.dot(x, y + 11, 5, "fi") if part.total else marks.rect(left, y + 3, right - left, 15, kind))
        drawn.append(marks.text(right + 12, y + 15, said(part), "b" if part.count else "m"))
    told = "; ".join(f"{part.label}: {said(part)}" for part in parts)
    return marks.frame(len(parts) * marks.ROW + 12, title, told, drawn)


def said(part: Part) -> str:
    """“+12”, “−3”, or a total as it is."""
    return f"{part.count}" if part.total or not part.count else f"{part.count:+d}".replace("-", "−")
