"""How people were treated, in their words."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


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


class Aside(Row):
    """Feedback that looked like a robot's: it was answered as if accepted, waits seven days for a person to look, then goes."""

    __tablename__ = "feedback_aside"

    content: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
