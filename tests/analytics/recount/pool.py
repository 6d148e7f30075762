"""Talent pool growth."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.pipeline.models import StageName
from portal.timeline.models import Kind
from tests.analytics.histories import ZONE
from tests.analytics.recount.people import HUMAN, Person


def pool(people: Iterable[Person], start: datetime, end: datetime) -> tuple[int, int, int, int, int]:
    """(start, joined, reactivated, left, end) of the engaged pool."""
    was_in = joined = back = left = now_in = 0
    for person in people:
        was, known = in_pool(person, start)
        inside, _known = in_pool(person, end)
        was_in += was
        joined += inside and not was and not known
        back += inside and not was and known
        left += was and not inside
        now_in += inside
    return was_in, joined, back, left, now_in


def in_pool(person: Person, moment: datetime) -> tuple[bool, bool]:
    """Whether somebody is in the engaged pool at a moment, and whether they ever engaged before it."""
    before = [event for event in person.events if event.at < moment]
    acts = [event.at for event in before if event.kind in HUMAN]
    if not acts:
        return False, False
    subscriptions = [event for event in before if event.kind in {Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED}]
    # Of both at one moment the subscription counts.
    subscriptions.sort(key=lambda event: (event.at, event.kind is Kind.RESUBSCRIBED))
    away = bool(subscriptions) and subscriptions[-1].kind is Kind.UNSUBSCRIBED
    gone = any(at is not None and at < moment for at in (person.stopped_at, person.erased_at))
    # Of two moves at one moment the hire counts; whoever is moved on again may come back.
    moves = sorted((move.at, move.to is StageName.HIRED) for move in person.moves if move.at < moment)
    hired = bool(moves) and moves[-1][1]
    bounced = any(event.at > max(acts) for event in before if event.kind is Kind.BOUNCED)
    return not (away or gone or hired or bounced) and max(acts) >= a_year_before(moment), True


def a_year_before(moment: datetime) -> datetime:
    """The same day and time of the year before, on the company's clock; the day before where that year has no 29 February."""
    local = moment.astimezone(ZONE)
    try:
        return local.replace(year=local.year - 1)
    except ValueError:
        return (local - timedelta(days=1)).replace(year=local.year - 1)
