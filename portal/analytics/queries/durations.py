"""How long things take: the median first, then p75 and p90, and the curve of Kaplan and Meier for who is still waited for.

A quantile is the smallest time by which that share of the people is through; nothing is interpolated between two times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portal.rates import Z

# What is left of 1 after many multiplications; far smaller than one person among all on earth.
_DUST = 1e-12


@dataclass(frozen=True)
class Durations:
    """In days. `n`: on how many people this rests; None where fewer than that share are through, so that it is not reached."""

    n: int
    median: float | None
    p75: float | None
    p90: float | None


@dataclass(frozen=True)
class Step:
    """A time at which something ended: `events` times, for people of whom `at_risk` were still waited for right before."""

    day: float
    events: int
    at_risk: int


@dataclass(frozen=True)
class Point:
    """From `day` on, `share` (0 to 1) are through; `at_risk` were still waited for right before.

    `low` and `high` are the ends of the 95 % interval; None where the formula has no value: once nobody is left to wait for.
    """

    day: float
    share: float
    low: float | None
    high: float | None
    at_risk: int


def durations(days: Sequence[float]) -> Durations:
    """Quantiles of times that are all known; each is one of the times given."""
    ordered, n = sorted(days), len(days)
    # In whole numbers, because 0.9 is not exactly 9/10.
    return Durations(n, *(ordered[(n * share + 99) // 100 - 1] if n else None for share in (50, 75, 90)))


def completed(steps: Sequence[Step]) -> Durations:
    """Quantiles among those who are through, without those still waited for; steps by day."""
    n, found = sum(step.events for step in steps), []
    for share in (50, 75, 90):
        through, at = 0, None
        for step in steps:
            through, at = through + step.events, step.day
            if through * 100 >= share * n:
                break
        found.append(at)
    return Durations(n, *found)


def censored(people: int, steps: Sequence[Step]) -> Durations:
    """Quantiles of the Kaplan-Meier curve of so many people; steps by day."""
    points = estimate(steps)
    found = [next((one.day for one in points if one.share >= share - _DUST), None) for share in (0.5, 0.75, 0.9)]
    return Durations(people, *found)


def estimate(steps: Sequence[Step]) -> list[Point]:
    """The Kaplan-Meier estimate (1958), turned over to rise, with Greenwood's variance on the log-log scale; steps by day."""
    waiting, greenwood, points = 1.0, 0.0, []
    for step in steps:
        left = step.at_risk - step.events
        waiting *= left / step.at_risk
        greenwood += step.events / (step.at_risk * left) if left else math.inf
        points.append(Point(step.day, 1 - waiting, *_band(waiting, greenwood), step.at_risk))
    return points


def _band(waiting: float, greenwood: float) -> tuple[float | None, float | None]:
    """Ends of the 95 % interval of the share that is through; on this scale they stay within 0 and 1 (Kalbfleisch, Prentice)."""
    if not 0 < waiting < 1:
        return (None, None) if waiting == 0 else (0.0, 0.0)
    spread = math.exp(Z * math.sqrt(greenwood) / -math.log(waiting))
    return 1 - waiting ** (1 / spread), 1 - waiting**spread
