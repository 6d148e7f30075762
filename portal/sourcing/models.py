"""Personas with their criteria, and sources with their costs."""

import enum
from datetime import date, datetime

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
    """Written profile of the people looked for. Free text; one thing per line in the lists.

    `pitch` is what to say to them, `page` the site path that their personal links show where nothing else is chosen, `checklist`
    what is looked up before the first contact, one thing per line; empty for the usual list.
    """

    __tablename__ = "persona"

    name: Mapped[str] = mapped_column(unique=True)
    summary: Mapped[str] = mapped_column(default="")
    skills: Mapped[str] = mapped_column(default="")
    experience: Mapped[str] = mapped_column(default="")
    motives: Mapped[str] = mapped_column(default="")
    deal_breakers: Mapped[str] = mapped_column(default="")
    channels: Mapped[str] = mapped_column(default="")
    pitch: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    checklist: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Trait(enum.StrEnum):
    """What a criterion is about; the values are columns of `Persona`, each line of which is a criterion."""

    SKILL = "skills"
    EXPERIENCE = "experience"
    MOTIVE = "motives"
    DEAL_BREAKER = "deal_breakers"


class Criterion(Row):
    """One line of a persona, as a row, so that fit can be judged by it. `removed_at`: the line is gone, the judgements stay."""

    __tablename__ = "criterion"

    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id", ondelete="CASCADE"), index=True)
    trait: Mapped[Trait]
    text: Mapped[str]
    position: Mapped[int]
    removed_at: Mapped[datetime | None]


class Source(Row):
    """Where candidates came from. `data_note` completes the sentence "We have your address from …" in every first message.

    `cost_minor` is what was spent before anybody wrote down when; dated costs are rows of their own. An event has a day, a place
    and a check-in page, whose token is derived from `check_in_nonce`; its SHA-256 finds the row.
    """

    __tablename__ = "source"
    __table_args__ = (CheckConstraint("cost_minor >= 0", name="cost_not_negative"),)

    name: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[Origin]
    data_note: Mapped[str]
    cost_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="EUR")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    owner: Mapped[User | None] = relationship()
    happens_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(default="")
    check_in_nonce: Mapped[str | None]
    check_in_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Cost(Row):
    """Money spent on a source on a day, in smallest units of the source's currency."""

    __tablename__ = "source_cost"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    amount_minor: Mapped[int]
    what: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
