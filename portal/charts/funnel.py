"""Of those who came in, how many ever got how far."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.charts import marks

_STEP = 46


@dataclass(frozen=True)
class Step:
    """A stage: how many ever reached it, said in `text`; `passed` says how many of the stage before went on.

    `low` and `high` are the interval of its share of the first step, 0 to 1; None where none is shown.
    """

    label: str
    people: int
    text: str
    passed: str = ""
    low: float | None = None
    high: float | None = None


def funnel(steps: Sequence[Step], title: str) -> Markup:
    """One bar per stage, the first one whole; what passed from one to the next is written between them."""
    x0, x1 = 230, 560
    whole = max([step.people for step in steps] + [1])
    parts: list[Markup] = []
    for number, step in enumerate(steps):
        y = 8 + number * _STEP
        width = (x1 - x0) * step.people / whole
        parts += [
            *marks.label(x0 - 12, y + 16, step.label),
            marks.rect(x0, y, x1 - x0, 24, "g0"),
            marks.rect(x0, y, width, 24, "f1"),
        ]
        parts.append(_whisker(step, y + 12, x0, x1))
        parts.append(marks.text(x1 + 12, y + 16, step.text, "b"))
        if number and step.passed:
            parts.append(marks.text(x0 + 4, y - 7, step.passed, "m s"))
    told = "; ".join(f"{step.label}: {step.text}" + (f", {step.passed}" if step.passed else "") for step in steps)
    return marks.frame(len(steps) * _STEP + 4, title, told, parts)


def _whisker(step: Step, y: int, x0: int, x1: int) -> Markup:
    if step.low is None or step.high is None:
        return Markup("")
    return marks.whisker(marks.across(step.low, 1, x0, x1), marks.across(step.high, 1, x0, x1), y)
