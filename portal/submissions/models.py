"""What candidates say: answers on the landing page, the interest form."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.candidates.models import Candidate
from portal.db import Row
from portal.outreach.models import LandingLink


class Answer(enum.StrEnum):
    INTERESTED = "interested"
    NOT_NOW = "not now"
    NO = "no"


class DeclineReason(enum.StrEnum):
    PAY = "pay"
    PLACE = "place"
    ROLE = "role"
    TIMING = "timing"
    COMPANY = "company"
    OTHER = "other"


class Response(Row):
    """One answer. Answering again adds a row and closes the one before (`replaced_at`); history keeps both.

    `form_key` is the digest of the form's token: the same press twice is one row.
    """

    __tablename__ = "response"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int] = mapped_column(ForeignKey("landing_link.id"))
    link: Mapped[LandingLink] = relationship()
    answer: Mapped[Answer]
    ask_on: Mapped[date | None]
    reason: Mapped[DeclineReason | None]
    comment: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    form_key: Mapped[str] = mapped_column(unique=True)


class Interest(Row):
    """The interest form. `matters` are keys of the criteria in site.yaml; `consent_at` is set when they agreed to be kept."""

    __tablename__ = "interest"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int | None] = mapped_column(ForeignKey("landing_link.id"))
    attracts: Mapped[str] = mapped_column(default="")
    matters: Mapped[list[str]] = mapped_column(default=list)
    available: Mapped[str] = mapped_column(default="")
    reach_by: Mapped[str] = mapped_column(default="")
    consent_at: Mapped[datetime | None]
    at: Mapped[datetime]
    form_key: Mapped[str] = mapped_column(unique=True)


class Quarantine(Row):
    """A post that looked like a robot's: it was answered as if accepted, waits seven days for a person to look, then goes."""

    __tablename__ = "quarantine"

    form: Mapped[str]
    content: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
