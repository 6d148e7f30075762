"""Everybody's life as plain lists, out of the steps of a history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.pipeline.models import StageName
from portal.timeline.models import Kind
from tests.analytics.histories import ZONE
from tests.analytics.histories.steps import ANSWERS, CONTACTS, Step

HUMAN = {
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
    Kind.FEEDBACK_GIVEN,
    Kind.ASKED,
    Kind.REFERRED,
    Kind.ATTENDED,
}
RESPONSES = {Kind.RESPONDED, Kind.INTEREST_GIVEN}
MAILS = {Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED}
ORDER = (
    StageName.CONTACTED,
    StageName.ENGAGED,
    StageName.INTERESTED,
    StageName.IN_CONVERSATION,
    StageName.CONSIDERED,
    StageName.HIRED,
)


@dataclass(frozen=True)
class Event:
    """A contact; `order` is its place in the whole history, for what happened at one moment."""

    at: datetime
    order: int
    kind: Kind
    campaign: int | None
    answer: str = ""
    score: int | None = None


@dataclass(frozen=True)
class Move:
    """A stage that somebody was put at, meant so."""

    at: datetime
    to: StageName


@dataclass(frozen=True)
class Hired:
    """An offer accepted. `source` is that of the row it was noted at."""

    on: date
    considered_on: date | None
    campaign: int | None
    source: int


@dataclass
class Person:
    """One person, whatever number of rows they once had."""

    source: int
    persona: int
    events: list[Event] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    hires: list[Hired] = field(default_factory=list)
    pauses: list[tuple[datetime, int, date | None]] = field(default_factory=list)
    unsubscribed_at: datetime | None = None
    stopped_at: datetime | None = None
    erased_at: datetime | None = None

    def may_be_written_to(self, moment: datetime) -> bool:
        """Whether they were contactable right before a moment, as far as their row still tells."""
        return all(at is None or at >= moment for at in (self.unsubscribed_at, self.stopped_at, self.erased_at))


def people_of(groups: dict[int, tuple[int, int]], steps: Sequence[Step], now: datetime) -> list[Person]:
    """The people after all that happened: merged rows are one, erased people stay as nobody."""
    rows = {number: Person(*group) for number, group in groups.items()}
    for order, step in enumerate(steps):
        _live(rows[step.who], order, step)
    for number, person in rows.items():
        _look_again(person, [step for step in steps if step.who == number], now)
    for step in steps:
        if step.what == "merged with":
            _unite(rows, step.who, step.more)
        elif step.what == "erased":
            rows[_kept(steps, step)].erased_at = step.at
    return [person for number, person in rows.items() if number not in {s.more for s in steps if s.what == "merged with"}]


def _live(person: Person, order: int, step: Step) -> None:
    if step.what in CONTACTS:
        score = (step.more or 0) if step.what == "scored" else None
        person.events.append(Event(step.at, order, CONTACTS[step.what], step.campaign, ANSWERS.get(step.what, ""), score))
    elif step.what == "visit taken for a machine":
        person.events.append(Event(step.at, order, Kind.VISITED, step.campaign))
    elif step.what == "moved":
        person.moves.append(Move(step.at, step.more))
    elif step.what == "hired":
        day = step.at.astimezone(ZONE).date()
        considered = None if step.more is None else day - timedelta(days=step.more)
        person.hires.append(Hired(day, considered, step.campaign, person.source))
    if step.what in {"unsubscribed", "resubscribed"}:
        person.unsubscribed_at = step.at if step.what == "unsubscribed" else None
    elif step.what == "stopped":
        person.stopped_at = step.at
    elif step.what == "paused":
        person.pauses.append((step.at, order, step.more))


def _look_again(person: Person, steps: Iterable[Step], now: datetime) -> None:
    """Who turns out to have read their page is engaged from the day of the new look, unless they had come further."""
    if any(step.what == "visit taken for a machine" for step in steps):
        stands = person.moves[-1].to if person.moves else StageName.IDENTIFIED
        if stands in {StageName.IDENTIFIED, StageName.CONTACTED}:
            person.moves.append(Move(now, StageName.ENGAGED))


def _unite(rows: dict[int, Person], kept: int, lost: int) -> None:
    mine, theirs = rows[kept], rows[lost]
    mine.events = sorted(mine.events + theirs.events, key=lambda event: (event.at, event.order))
    mine.moves = sorted(mine.moves + theirs.moves, key=lambda move: move.at)
    mine.hires = sorted(mine.hires + theirs.hires, key=lambda hired: hired.on)
    mine.pauses = sorted(mine.pauses + theirs.pauses, key=lambda pause: pause[:2])
    mine.unsubscribed_at = min(filter(None, (mine.unsubscribed_at, theirs.unsubscribed_at)), default=None)
    mine.stopped_at = min(filter(None, (mine.stopped_at, theirs.stopped_at)), default=None)


def _kept(steps: Sequence[Step], step: Step) -> int:
    """Whom an erasure reaches: the row that stands for the person by then."""
    number = step.who
    while led := [one.who for one in steps if one.what == "merged with" and one.more == number and one.at <= step.at]:
        number = led[0]
    return number
