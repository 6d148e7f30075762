"""How many had answered by which day: the steps of Kaplan and Meier with their band."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from markupsafe import Markup

from portal.charts import marks

# Days that are read off, where the curve reaches them.
_READ = (1, 7, 30)
_TICKS = (0, 1, 7, 14, 30, 60, 90, 180, 365)


class Point(Protocol):
    """From `day` on, `share` have answered (0 to 1, with its interval); `at_risk` were still waited for right before."""

    @property
    def day(self) -> float: ...
    @property
    def share(self) -> float: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def at_risk(self) -> int: ...


def curve(points: Sequence[Point], title: str, names: tuple[str, str] = ("", "")) -> Markup:
    """Points in the order of their days; `names` of the axis of days and of the row of those still waited for."""
    if not points:
        return marks.frame(40, title, "", [])
    x0, x1, y0, y1 = 48, 640, 220, 16
    end = max(points[-1].day * 1.04, 1.0)
    top = marks.nice(max([point.high or point.share for point in points] + [0.1]))
    ticks = [day for day in _TICKS if day <= end] or [0]
    ticks = [day for day in ticks if day != 1 or end <= 30]
    xs = [marks.across(point.day, end, x0, x1) for point in points] + [float(x1)]
    ys = [marks.upward(point.share, top, y0, y1) for point in points]
    parts = [*marks.levels(top, x0, x1, y0, y1), _band(xs, points, top, y0, y1), marks.path("c1", _steps(xs, ys, x0, y0))]
    for day in ticks:
        x = marks.across(day, end, x0, x1)
        parts.append(marks.text(x, y0 + 18, str(day), "m c"))
        parts += [marks.text(x, y0 + 56, str(_waiting(points, day)), "m c")] if names[1] else []
    parts += [marks.text(x1, y0 + 36, names[0], "m e"), marks.text(x0, y0 + 40, names[1], "m")]
    read = [(day, _share(points, day)) for day in _READ if day <= end]
    for day, share in read:
        x, y = marks.across(day, end, x0, x1), marks.upward(share, top, y0, y1)
        above = marks.upward(_share(points, day, "high"), top, y0, y1)
        parts += [marks.dot(x, y, 4), marks.text(x, max(min(above, y) - 7, 12), f"{share:.0%}", "b c")]
    parts.append(marks.text(x1 + 8, ys[-1] + 4, f"{points[-1].share:.0%}", "b"))
    told = "; ".join(f"{day:g}: {share:.0%}" for day, share in [*read, (points[-1].day, points[-1].share)])
    return marks.frame(y0 + (66 if names[1] else 44), title, told, parts)


def _steps(xs: Sequence[float], ys: Sequence[float], x0: int, y0: int) -> str:
    way = f"M{x0} {y0}"
    for (x, _after), y in zip(pairwise(xs), ys, strict=True):
        way += f"H{x}V{y}"
    return f"{way}H{xs[-1]}"


def _band(xs: Sequence[float], points: Sequence[Point], top: float, y0: int, y1: int) -> Markup:
    """Steps along the upper ends and back along the lower ones."""
    ends = [
        (x, after, marks.upward(point.low, top, y0, y1), marks.upward(point.high, top, y0, y1))
        for (x, after), point in zip(pairwise(xs), points, strict=True)
        if point.low is not None and point.high is not None
    ]
    if not ends:
        return Markup("")
    above = "L".join(f"{x} {high}H{after}" for x, after, _low, high in ends)
    below = "L".join(f"{after} {low}H{x}" for x, after, low, _high in reversed(ends))
    return marks.path("a1", f"M{above}L{below}Z")


def _share(points: Sequence[Point], day: float, what: str = "share") -> float:
    return max([getattr(point, what) or 0.0 for point in points if point.day <= day], default=0.0)


def _waiting(points: Sequence[Point], day: float) -> int:
    """Who was still waited for on a day: at risk at the first step from it on."""
    return next((point.at_risk for point in points if point.day >= day), points[-1].at_risk)
