"""Time to engagement as a heat map: of those first contacted in which month, how many first answered on which days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from portal import clock
from portal.analytics.queries.attempts import DAY
from portal.analytics.queries.periods import Filters, months
from portal.analytics.queries.times import timed_attempts
from portal.db import db

# The last day of each column; a column reaches from the end of the one before it up to and including its own. Day 1 is the
# first 24 hours, so the columns of a row add up to its response rate.
LAST_DAYS = (1, 3, 7, 14, 30)


@dataclass(frozen=True)
class HeatRow:
    """A month of first contact: of `people`, the share whose first answer fell in each column, 0 to 1.

    None where nobody has come so far yet. The first `complete` columns are over for everybody; those after them can rise.
    """

    label: str
    people: int
    shares: tuple[float | None, ...]
    complete: int

    @property
    def immature(self) -> bool:
        """Whether somebody still has time to answer."""
        return self.complete < len(LAST_DAYS)


def heat(filters: Filters) -> Sequence[HeatRow]:
    """The months of a period, oldest first."""
    found = {row[0]: row[1:] for row in db.session.execute(_counted(filters))}
    return [_row(part.label, *found[at]) if at in found else _empty(part.label) for at, part in enumerate(months(filters))]


def _counted(filters: Filters) -> Select[Any]:
    """By month: people, the oldest and the youngest opening, and the first answers in each column."""
    timed, starts = timed_attempts(filters), (-1, *LAST_DAYS)
    columns = [
        and_(timed.c.answer > start * DAY, timed.c.answer <= last * DAY) for start, last in zip(starts, LAST_DAYS, strict=False)
    ]
    sums = [func.sum(case((column, 1), else_=0)) for column in columns]
    return select(timed.c.month, func.count(), func.min(timed.c.at), func.max(timed.c.at), *sums).group_by(timed.c.month)


def _row(label: str, people: int, oldest: datetime, youngest: datetime, *answers: int) -> HeatRow:
    starts, now = (0, *LAST_DAYS), clock.now()
    begun = [not start or now - oldest > timedelta(days=start) for start in starts[: len(LAST_DAYS)]]
    shares = tuple(int(hits) / people if may else None for hits, may in zip(answers, begun, strict=True))
    return HeatRow(label, people, shares, sum(now - youngest >= timedelta(days=last) for last in LAST_DAYS))


def _empty(label: str) -> HeatRow:
    return HeatRow(label, 0, (None,) * len(LAST_DAYS), len(LAST_DAYS))
