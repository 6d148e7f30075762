"""Hires as far as the numbers need them, and what managers answer about them at 90, 180 and 365 days."""

import enum
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row
from portal.outreach.models import Campaign
from portal.sourcing.models import Source

# Days after the start on which the manager is asked.
REVIEW_DAYS = (90, 180, 365)


class Leaving(enum.StrEnum):
    """Why somebody left, as far as a number needs it."""

    RESIGNED = "resigned"
    DISMISSED = "dismissed"
    AGREED = "agreed"
    TERM_ENDED = "term ended"
    NEVER_STARTED = "never started"
    OTHER = "other"


# What people read.
LEAVINGS = {
    Leaving.RESIGNED: _l("Resigned"),
    Leaving.DISMISSED: _l("Was dismissed"),
    Leaving.AGREED: _l("Left by agreement"),
    Leaving.TERM_ENDED: _l("The contract was for a fixed time"),
    Leaving.NEVER_STARTED: _l("Never started"),
    Leaving.OTHER: _l("Another reason"),
}


class Hire(Row):
    """Somebody accepted an offer. Days are days in the company's zone.

    `candidate_id` is empty for people hired from elsewhere, whom the numbers compare with, and after an erasure. `role` is the
    path of a role's story ("/stories/welder") or a title. `considered_on`: when they began to be considered. `withdrawn_at`: the
    row was entered by mistake and counts nowhere. `erased_at`: who it was is erased; nobody is asked about them any more.
    """

    __tablename__ = "hire"
    __table_args__ = (
        CheckConstraint("(left_on IS NULL) = (leaving IS NULL)", name="leaves_with_reason"),
        CheckConstraint("considered_on IS NULL OR considered_on <= accepted_on", name="considered_first"),
    )

    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"), index=True)
    campaign: Mapped[Campaign | None] = relationship()
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"), index=True)
    source: Mapped[Source | None] = relationship()
    role: Mapped[str]
    accepted_on: Mapped[date] = mapped_column(index=True)
    considered_on: Mapped[date | None]
    starts_on: Mapped[date | None] = mapped_column(index=True)
    left_on: Mapped[date | None]
    leaving: Mapped[Leaving | None]
    manager_name: Mapped[str] = mapped_column(default="")
    manager_email: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[User | None] = relationship()
    withdrawn_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    reviews: Mapped[list["Review"]] = relationship(back_populates="hire", order_by="Review.day", passive_deletes=True)


class Review(Row):
    """A manager was asked about a hire. The link in the mail is derived from `nonce`; `token_hash` finds the row.

    Marks run from 1 to 5: `rating` of the work, `ramp_up` how soon they worked on their own, `satisfaction` with the hire
    altogether. `employed`: whether they are still there. All are empty until `answered_at`; then a mark may still be left out.
    """

    __tablename__ = "hire_review"
    __table_args__ = (
        UniqueConstraint("hire_id", "day"),
        CheckConstraint("day IN (90, 180, 365)", name="on_a_day"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_range"),
        CheckConstraint("ramp_up BETWEEN 1 AND 5", name="ramp_up_in_range"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_in_range"),
    )

    hire_id: Mapped[int] = mapped_column(ForeignKey("hire.id", ondelete="CASCADE"))
    hire: Mapped[Hire] = relationship(back_populates="reviews")
    day: Mapped[int]
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    ramp_up: Mapped[int | None]
    satisfaction: Mapped[int | None]
    employed: Mapped[bool | None]
