"""Events in the order of their time, each lived through with the clock standing at it."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from portal import clock
from portal.extensions import jobs

# What the worker would have done in between; in this order things reach their end within one round.
CHORES = (
    "feedback.ask",
    "feedback.remind",
    "hiring.ask",
    "hiring.remind",
    "mailings.start_due",
    "outreach.end",
    "outreach.follow_up",
    "delivery.send",
    "outreach.settle",
    "outreach.classify",
    "mailings.finish",
)
Event = Callable[[], object]


class Timetable:
    """A queue of (moment, what happens). Events may plan further ones; nothing happens after `end`."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.events: list[tuple[datetime, int, Event]] = []
        self.numbers = itertools.count()

    def plan(self, moment: datetime, event: Event) -> None:
        """Let something happen at an aware moment, unless that lies after the end of the story."""
        if moment < self.end:
            heapq.heappush(self.events, (moment, next(self.numbers), event))

    def work(self, moment: datetime) -> None:
        """Plan a round of the worker."""
        self.plan(moment, _work)

    def run(self, say: Callable[[datetime], object]) -> None:
        """Live through everything; `say` hears of each new month. The worker comes by every hour that something happened in."""
        month, round_after = 0, None
        while self.events:
            moment, _number, event = heapq.heappop(self.events)
            if moment.month != month:
                month = moment.month
                say(moment)
            if round_after is not None and moment > round_after:
                with clock.standing_at(round_after):
                    _work()
                round_after = None
            with clock.standing_at(moment):
                event()
            round_after = round_after or moment + timedelta(minutes=10)
        with clock.standing_at(self.end):
            _work()


def _work() -> None:
    for name in CHORES:
        jobs.run(name)
