"""Mailings and the series that make them periodically."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row
from portal.pipeline.models import Segment


class MailingStatus(enum.StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"  # delivery rows exist, some wait
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Series(Row):
    """A newsletter that repeats. `rule`: {"nth": 1, "weekday": 1, "hour": 9, "minute": 0}, that is the first Tuesday (Monday is 0)
    of every month at nine in the recipient's zone."""

    __tablename__ = "series"

    name: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    body: Mapped[str]
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    segment: Mapped[Segment | None] = relationship()
    rule: Mapped[dict[str, Any]]
    next_on: Mapped[date]
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Mailing(Row):
    """One text to many. Without a segment it goes to everybody who may be mailed. `on`/`hour` in the recipient's zone, or at once."""

    __tablename__ = "mailing"
    __table_args__ = (UniqueConstraint("series_id", "on"),)

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series: Mapped[Series | None] = relationship()
    subject: Mapped[str]
    body: Mapped[str]
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    segment: Mapped[Segment | None] = relationship()
    status: Mapped[MailingStatus] = mapped_column(default=MailingStatus.DRAFT, index=True)
    on: Mapped[date | None]
    hour: Mapped[int] = mapped_column(default=9)
    minute: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
