"""Mailings, the series that make them periodically, and when that is."""

import calendar
import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_time, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row
from portal.pipeline.models import Segment

# Where a day begins first: Kiribati.
EAST = timezone(timedelta(hours=14))
LAST = -1
NTHS = {1: _l("first"), 2: _l("second"), 3: _l("third"), 4: _l("fourth"), LAST: _l("last")}


class MailingStatus(enum.StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"  # started: delivery rows exist or are being made, some wait
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # nothing ran when it was due; `note` says so


STATUSES = {
    MailingStatus.DRAFT: _l("Draft"),
    MailingStatus.PLANNED: _l("Planned"),
    MailingStatus.RUNNING: _l("On its way"),
    MailingStatus.PAUSED: _l("Paused"),
    MailingStatus.DONE: _l("Sent"),
    MailingStatus.CANCELLED: _l("Cancelled"),
    MailingStatus.SKIPPED: _l("Skipped"),
}


@dataclass(frozen=True)
class Rule:
    """A day in every month, and a time in the recipient's zone. `nth` 1 to 4, or LAST; `weekday` 0 is Monday."""

    nth: int
    weekday: int
    hour: int
    minute: int = 0

    def in_month(self, year: int, month: int) -> date:
        """The day that this rule means in a month."""
        first, length = calendar.monthrange(year, month)
        days = range(1 + (self.weekday - first) % 7, length + 1, 7)
        return date(year, month, days[self.nth if self.nth == LAST else self.nth - 1])

    def after(self, day: date) -> date:
        """The first day of the rule that comes after a day."""
        found = self.in_month(day.year, day.month)
        return found if found > day else self.in_month(day.year + day.month // 12, day.month % 12 + 1)

    @property
    def which(self) -> str:
        """“first”."""
        return str(NTHS[self.nth])

    def words(self) -> str:
        """“Every month on the first Tuesday at 9:00, in the recipient’s zone”."""
        weekday = get_locale().days["stand-alone"]["wide"][self.weekday]
        at = format_time(time(self.hour, self.minute), "H:mm", rebase=False)
        said = {"nth": self.which, "weekday": weekday, "time": at}
        return str(_("Every month on the %(nth)s %(weekday)s at %(time)s, in the recipient’s zone", **said))


def local_moment(day: date, hour: int, minute: int, zone: str | tzinfo) -> datetime:
    """When it is that time of that day in a zone. A time that the clocks skip moves forward; of one that comes twice the first
    counts."""
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    return datetime.combine(day, time(hour, minute), place).astimezone(UTC)


class Series(Row):
    """A newsletter that repeats. `rule` has the fields of `Rule`. `next_on` is the day of the next mailing; an ended series is
    paused as well. `page` is what {{landing_link}} leads to."""

    __tablename__ = "series"

    name: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    body: Mapped[str]
    page: Mapped[str] = mapped_column(default="")
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    sender: Mapped[User | None] = relationship()
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    segment: Mapped[Segment | None] = relationship()
    rule: Mapped[dict[str, Any]]
    next_on: Mapped[date]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def repeats(self) -> Rule:
        """The rule, typed."""
        return Rule(**self.rule)


class Mailing(Row):
    """One text to many. Without a segment it goes to everybody who may be mailed; `on` at `hour`:`minute` in the recipient's
    zone, or at once.

    Delivery rows are made by slices: `filled_to` is the last candidate who has one, `filled_at` when all had. `note` says why a
    mailing was skipped.
    """

    __tablename__ = "mailing"
    __table_args__ = (UniqueConstraint("series_id", "on"),)

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series: Mapped[Series | None] = relationship()
    subject: Mapped[str]
    body: Mapped[str]
    page: Mapped[str] = mapped_column(default="")
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    sender: Mapped[User | None] = relationship()
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    segment: Mapped[Segment | None] = relationship()
    status: Mapped[MailingStatus] = mapped_column(default=MailingStatus.DRAFT, index=True)
    note: Mapped[str] = mapped_column(default="")
    on: Mapped[date | None]
    hour: Mapped[int] = mapped_column(default=9)
    minute: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    filled_to: Mapped[int] = mapped_column(default=0)
    filled_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def moment_in(self, zone: str | tzinfo) -> datetime | None:
        """When it shall arrive in a zone; None: at once."""
        return local_moment(self.on, self.hour, self.minute, zone) if self.on else None
