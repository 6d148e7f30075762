"""Time to hire."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from portal.pipeline.models import StageName
from portal.timeline.models import Kind
from tests.analytics.histories import ZONE
from tests.analytics.recount.contacts import returned_mails
from tests.analytics.recount.people import Hired, Person
from tests.analytics.recount.stages import Times, plain

NAMES = ("outreach", "outreach_unsnoozed", "considered", "considered_unsnoozed")


def time_to_hire(hires: Iterable[tuple[Person, Hired]]) -> tuple[int, list[Times]]:
    """How many were hired, and n, median, p75, p90 of both clocks, each with and without the days of quiet."""
    rows = [clocks(person, hired) for person, hired in hires]
    return len(rows), [plain(None if row[name] is None else row[name] * 86400 for row in rows) for name in NAMES]


def accepted(people: Iterable[Person], since: date, until: date) -> Iterator[tuple[Person, Hired]]:
    """Hires by the day of acceptance, both ends included."""
    for person in people:
        yield from ((person, hired) for hired in person.hires if since <= hired.on <= until)


def clocks(person: Person, hired: Hired) -> dict[str, int | None]:
    """Whole days by each clock; None where its start is not known. Of who was erased only what the hire says is known."""
    before = max((other.on for other in person.hires if other.on < hired.on), default=date.min)
    began: dict[str, date | None] = {"outreach": None, "considered": hired.considered_on}
    if person.erased_at is None:
        began["outreach"] = first_after(before, hired.on, delivered(person))
        began["considered"] = hired.considered_on or first_after(before, hired.on, considered(person))
    quiet = quiet_days(person)
    found: dict[str, int | None] = {}
    for name, start in began.items():
        days = None if start is None else [start + timedelta(days=one) for one in range((hired.on - start).days)]
        found[name] = None if days is None else len(days)
        known = days is not None and person.erased_at is None
        found[f"{name}_unsnoozed"] = sum(day not in quiet for day in days) if known else None
    return found


def first_after(before: date, until: date, days: Iterable[date]) -> date | None:
    """The first of some days since an earlier hire, not after this one."""
    return min((day for day in days if before < day <= until), default=None)


def delivered(person: Person) -> Iterator[date]:
    """Days on which an outreach arrived."""
    returned = returned_mails(person.events)
    for event in person.events:
        if event.kind is Kind.OUTREACH_DELIVERED and event not in returned:
            yield day_of(event.at)


def considered(person: Person) -> Iterator[date]:
    """Days on which somebody began to be considered."""
    return (day_of(move.at) for move in person.moves if move.to is StageName.CONSIDERED)


def quiet_days(person: Person) -> set[date]:
    """Days on which the person wanted quiet, or stood at Not now."""
    found: set[date] = set()
    forever = date(2028, 1, 1)
    moves = [(day_of(move.at), move.to) for move in person.moves] + [(forever, None)]
    for (day, stage), (after, _next) in pairwise(moves):
        found |= set(every_day(day, after)) if stage is StageName.NOT_NOW else set()
    pauses = [(day_of(at), until) for at, _order, until in person.pauses] + [(forever, None)]
    for (day, until), (after, _next) in pairwise(pauses):
        found |= set(every_day(day, min(until, after))) if until else set()
    return found


def every_day(first: date, end: date) -> Iterator[date]:
    """From a day up to, but not including, another."""
    return (first + timedelta(days=number) for number in range((end - first).days))


def day_of(at: datetime) -> date:
    """The day in the company's zone."""
    return at.astimezone(ZONE).date()
