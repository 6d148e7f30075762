"""Personas and sources."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row


class Origin(enum.StrEnum):
    """The coarse class of a source."""

    SOCIAL_NETWORK = "social network"
    EVENT = "event"
    REFERRAL = "referral"
    AGENCY = "agency"
    JOB_BOARD = "job board"
    DIRECT = "direct"
    OTHER = "other"


class Persona(Row):
    """Written profile of the people looked for. Free text; one thing per line in the lists."""

    __tablename__ = "persona"

    name: Mapped[str] = mapped_column(unique=True)
    summary: Mapped[str] = mapped_column(default="")
    skills: Mapped[str] = mapped_column(default="")
    experience: Mapped[str] = mapped_column(default="")
    motives: Mapped[str] = mapped_column(default="")
    deal_breakers: Mapped[str] = mapped_column(default="")
    channels: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Source(Row):
    """Where candidates came from. `data_note` completes the sentence "We have your address from …" in every first message."""

    __tablename__ = "source"
    __table_args__ = (CheckConstraint("cost_minor >= 0", name="cost_not_negative"),)

    name: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[Origin]
    data_note: Mapped[str]
    cost_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="EUR")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    owner: Mapped[User | None] = relationship()
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
