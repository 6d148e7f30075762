"""Response rate, engagement rate."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from portal.timeline.models import Kind
from tests.analytics.recount.people import HUMAN, MAILS, RESPONSES, Event, Person

# Whether something that belongs to a campaign (or to none) is asked for.
Wanted = Callable[[int | None], bool]


def anything(_campaign: int | None) -> bool:
    """No campaign is asked for."""
    return True


def returned_mails(events: Sequence[Event]) -> set[Event]:
    """Mails directly followed, among contacts, by a bounce; of several bounces each blames the same last contact."""
    found, last = set(), None
    for event in events:
        if event.kind is Kind.BOUNCED:
            found |= {last} if last else set()
        elif event.kind in HUMAN | MAILS | {Kind.UNSUBSCRIBED}:
            last = event
    return found


def attempts(person: Person) -> Iterator[Event]:
    """The first delivered outreach, and each that comes half a year or more after the one before it."""
    returned, before = returned_mails(person.events), None
    for event in person.events:
        if event.kind is Kind.OUTREACH_DELIVERED and event not in returned:
            if before is None or event.at - before >= timedelta(days=180):
                yield event
            before = event.at


def begun(people: Iterable[Person], start: datetime, end: datetime, wanted: Wanted = anything) -> Iterator[tuple[Person, Event]]:
    """All attempts that began in a period."""
    for person in people:
        for first in attempts(person):
            if start <= first.at < end and wanted(first.campaign):
                yield person, first


def response(people: Iterable[Person], start: datetime, end: datetime, wanted: Wanted = anything) -> tuple[int, int, int]:
    """(answered, agreed, delivered) over all attempts that began in the period."""
    answered = agreed = delivered = 0
    for person, first in begun(people, start, end, wanted):
        inside = [e for e in person.events if e.kind in RESPONSES and first.at <= e.at <= first.at + timedelta(days=30)]
        delivered += 1
        answered += bool(inside)
        agreed += any(e.kind is Kind.INTEREST_GIVEN or e.answer == "interested" for e in inside)
    return answered, agreed, delivered


def engagement(people: Iterable[Person], start: datetime, end: datetime, wanted: Wanted = anything) -> tuple[int, int]:
    """(engaged, touched) among those who could be written to at the end of the period."""
    engaged = touched = 0
    for person in people:
        returned = returned_mails(person.events)
        mine = {e.kind for e in person.events if start <= e.at < end and e not in returned and wanted(e.campaign)}
        if person.may_be_written_to(end):
            engaged += bool(mine & HUMAN)
            touched += bool(mine & (HUMAN | MAILS))
    return engaged, touched
