"""What candidates say: answers on the landing page, the interest form, feedback."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
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


class Feedback(Row):
    """How somebody was treated, 0 to 10. Anonymous: no person, no link, and the day cut to the first of its month."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 10", name="score_in_range"),)

    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"))
    score: Mapped[int]
    good: Mapped[str] = mapped_column(default="")
    bad: Mapped[str] = mapped_column(default="")
    anonymous: Mapped[bool]
    on: Mapped[date]
    form_key: Mapped[str | None] = mapped_column(unique=True)


class FormKey(Row):
    """Digests of form tokens that were used anonymously, so that a double press counts once without a key to the answer."""

    __tablename__ = "form_key"

    digest: Mapped[str] = mapped_column(unique=True)


class Quarantine(Row):
    """A post that looked like a robot's: it was answered as if accepted, waits seven days for a person to look, then goes."""

    __tablename__ = "quarantine"

    form: Mapped[str]
    content: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
