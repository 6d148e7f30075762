"""Quality of hire."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

DAYS = (90, 180, 365)


@dataclass(frozen=True)
class Said:
    """What a manager answered about a day; None: left out."""

    day: int
    rating: int | None = None
    ramp_up: int | None = None
    satisfaction: int | None = None
    employed: bool | None = None


@dataclass(frozen=True)
class Worked:
    """A hire with the days of their first and last day of work, and what was said of them, by day."""

    accepted_on: date
    starts_on: date | None
    left_on: date | None
    campaign: int | None
    source: int | None
    said: Sequence[Said] = ()

    def began(self, days: int, today: date) -> bool:
        """Whether the first day was so many days ago."""
        return self.starts_on is not None and self.starts_on + timedelta(days=days) <= today

    def stayed(self, days: int) -> bool:
        """Whether they were there so many days after the first."""
        gone = min((one.day for one in self.said if one.employed is False), default=None)
        if self.left_on is not None:
            return self.left_on >= self.starts_on + timedelta(days=days)
        return gone is None or gone > days

    def marks(self, today: date) -> Mapping[str, Fraction | None]:
        """Each indicator, 0 to 100; None where nobody said anything."""
        found = {f"rating_{day}": next((points(s.rating) for s in self.said if s.day == day), None) for day in DAYS}
        found["ramp_up"] = next((points(s.ramp_up) for s in reversed(self.said) if s.ramp_up), None)
        found["satisfaction"] = next((points(s.satisfaction) for s in reversed(self.said) if s.satisfaction), None)
        told_gone = self.left_on is None and any(one.employed is False for one in self.said)
        found["employed"] = Fraction(0 if told_gone or (self.left_on is not None and self.left_on <= today) else 100)
        return found


def points(mark: int | None) -> Fraction | None:
    """1 to 5 as 0 to 100."""
    return None if mark is None else Fraction(25 * (mark - 1))


@dataclass(frozen=True)
class Told:
    """What may be told of a group of hires."""

    hires: int
    seasoned: int
    score: float | None
    indicators: Mapping[str, float | None]
    retention: Mapping[int, tuple[int, int]]


def quality(hires: Iterable[Worked], today: date) -> Told:
    """The mean of the seasoned hires' own means; nothing of fewer than five."""
    all_of_them = list(hires)
    seasoned = [one.marks(today) for one in all_of_them if one.began(DAYS[0], today)]
    means = [mean([mark for mark in marks.values() if mark is not None]) for marks in seasoned]
    known = {name: [marks[name] for marks in seasoned if marks[name] is not None] for name in INDICATORS}
    due = {day: [one.stayed(day) for one in all_of_them if one.began(day, today)] for day in DAYS}
    return Told(
        len(all_of_them),
        len(seasoned),
        float(mean(means)) if len(means) >= 5 else None,
        {name: float(mean(marks)) if len(marks) >= 5 else None for name, marks in known.items()},
        {day: (sum(stayed), len(stayed)) if len(stayed) >= 5 else (0, 0) for day, stayed in due.items()},
    )


def mean(numbers: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean."""
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else Fraction(0)


INDICATORS = (*(f"rating_{day}" for day in DAYS), "ramp_up", "satisfaction", "employed")
