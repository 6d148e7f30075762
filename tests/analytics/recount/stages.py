"""Conversion rate, time to engagement."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from portal.timeline.models import Kind
from tests.analytics.recount.contacts import Wanted, anything, attempts, begun
from tests.analytics.recount.people import ORDER, RESPONSES, Event, Person

STAGES = ORDER[1:]
SECOND = timedelta(seconds=1)
Times = tuple[int, float | None, float | None, float | None]


def conversion(people: Iterable[Person], start: datetime, end: datetime, wanted: Wanted = anything) -> tuple[int, list[int]]:
    """(base, how many reached each of STAGES): a stage, or a later one, from the first outreach to the next attempt."""
    base, reached = 0, [0] * len(STAGES)
    for person, first in begun(people, start, end, wanted):
        base += 1
        until = next_attempt(person, first)
        stages = {move.to for move in person.moves if first.at <= move.at and (until is None or move.at < until)}
        for number in range(len(STAGES)):
            reached[number] += bool(stages & set(STAGES[number:]))
    return base, reached


def next_attempt(person: Person, first: Event) -> datetime | None:
    """When the attempt after this one began."""
    return next((other.at for other in attempts(person) if other.at > first.at), None)


def waits(
    people: Iterable[Person], start: datetime, end: datetime, now: datetime, wanted: Wanted = anything
) -> list[tuple[int | None, int | None, int]]:
    """For each attempt in whole seconds: to the answer, to the first click (None: none), and how long it was watched."""
    found = []
    for person, first in begun(people, start, end, wanted):
        until = min(filter(None, (now, next_attempt(person, first), person.erased_at)))
        inside = [event for event in person.events if first.at <= event.at and (event.at < until or event.at == until == now)]
        answer = next(((e.at - first.at) // SECOND for e in inside if e.kind in RESPONSES), None)
        click = next(((e.at - first.at) // SECOND for e in inside if e.kind is Kind.VISITED), None)
        found.append((answer, click, (until - first.at) // SECOND))
    return found


def within(rows: Sequence[tuple[int | None, int | None, int]], days: int) -> tuple[int, int]:
    """(answered within so many days, all)."""
    return sum(answer is not None and answer <= days * 86400 for answer, _click, _watched in rows), len(rows)


def plain(seconds: Iterable[int | None]) -> Times:
    """n, median, p75, p90 in days: the smallest time by which that share is through."""
    known = sorted(one for one in seconds if one is not None)
    found = [known[math.ceil(share * len(known)) - 1] / 86400 if known else None for share in QUANTILES]
    return len(known), *found


def kaplan_meier(rows: Sequence[tuple[int | None, int | None, int]]) -> tuple[Times, dict[float, Fraction]]:
    """n, median, p75 and p90 of all, and the share through by the day of each answer (Kaplan and Meier, 1958)."""
    still, curve = Fraction(1), {}
    for time in sorted({answer for answer, _click, _watched in rows if answer is not None}):
        at_risk = sum((watched if answer is None else answer) >= time for answer, _click, watched in rows)
        still *= 1 - Fraction(sum(answer == time for answer, _click, _watched in rows), at_risk)
        curve[time / 86400] = 1 - still
    found = [next((day for day, share in curve.items() if share >= quantile), None) for quantile in QUANTILES]
    return (len(rows), *found), curve


QUANTILES = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
