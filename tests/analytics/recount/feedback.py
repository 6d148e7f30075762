"""Candidate feedback."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tests.analytics.recount.contacts import Wanted, anything, attempts
from tests.analytics.recount.people import Event, Person


def feedback(people: Iterable[Person], start: datetime, end: datetime, wanted: Wanted = anything) -> tuple[int, int | None]:
    """(answers, score): of each process the latest answer, where that was given in the period; no score below five."""
    scores = [one.score for person in people for one in latest(person, wanted) if one.score is not None and start <= one.at < end]
    return len(scores), cnps(scores)


def cnps(scores: list[int]) -> int | None:
    """The share of 9 and 10 minus the share of 0 to 6, in points; None below five answers."""
    if len(scores) < 5:
        return None
    return round(100 * (sum(one >= 9 for one in scores) - sum(one <= 6 for one in scores)) / len(scores))


def latest(person: Person, wanted: Wanted) -> Iterator[Event]:
    """The last answer of each process: from one attempt to the next, and before the first. Answers of the erased are gone."""
    begun: list[Event | None] = [None, *attempts(person)]
    for first, after in zip(begun, [*begun[1:], None], strict=True):
        inside = [
            event
            for event in person.events
            if event.score is not None and (not first or event.at >= first.at) and (not after or event.at < after.at)
        ]
        if inside and person.erased_at is None and wanted(first.campaign if first else None):
            yield inside[-1]
