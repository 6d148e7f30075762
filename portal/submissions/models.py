"""What people say: answers, taps nobody knows the finger of, interest, questions to the team, friends they refer."""

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
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


REASONS = {
    DeclineReason.TIMING: _l("I am content where I am"),
    DeclineReason.PAY: _l("The pay"),
    DeclineReason.PLACE: _l("The place, or the time away from home"),
    DeclineReason.ROLE: _l("The work is not what I do, or not any more"),
    DeclineReason.COMPANY: _l("You, or how you wrote to me"),
    DeclineReason.OTHER: _l("Something else"),
}


class Response(Row):
    """One answer. Answering again adds a row and closes the one before (`replaced_at`); history keeps both.

    `form_key` is the digest of the form's token: the same press twice is one row. `would_change`: what would change their mind.
    """

    __tablename__ = "response"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int | None] = mapped_column(ForeignKey("landing_link.id", ondelete="SET NULL"))
    link: Mapped[LandingLink | None] = relationship()
    answer: Mapped[Answer]
    ask_on: Mapped[date | None]
    reason: Mapped[DeclineReason | None]
    comment: Mapped[str] = mapped_column(default="")
    would_change: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    form_key: Mapped[str] = mapped_column(unique=True)


class Tap(Row):
    """An answer that was tapped, nobody knows by whom: a person, or what opens mails for them.

    It holds mailings back and counts nowhere. One row per link and answer, however often it is tapped;
    a person's answer settles all of them.
    """

    __tablename__ = "tap"
    __table_args__ = (UniqueConstraint("link_id", "answer"),)

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int] = mapped_column(ForeignKey("landing_link.id", ondelete="CASCADE"))
    answer: Mapped[Answer]
    at: Mapped[datetime]


class Interest(Row):
    """The interest form. `about` is a key of `front.subjects` (a page of a role, a team, or empty: the company).

    `matters` are keys of the criteria in site.yaml; `consent_at` is set when they agreed to be kept.
    """

    __tablename__ = "interest"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int | None] = mapped_column(ForeignKey("landing_link.id", ondelete="SET NULL"))
    about: Mapped[str] = mapped_column(default="")
    attracts: Mapped[str] = mapped_column(default="")
    matters: Mapped[list[str]] = mapped_column(default=list)
    available: Mapped[str] = mapped_column(default="")
    reach_by: Mapped[str] = mapped_column(default="")
    consent_at: Mapped[datetime | None]
    at: Mapped[datetime]
    form_key: Mapped[str] = mapped_column(unique=True)


class PendingInterest(Row):
    """An interest form whose address nobody has confirmed. Only the press behind the link in the mail makes something of it.

    It changes nobody, and goes after seven days. `content` holds the fields; emptied when they are confirmed. The token of the
    mail's link is derived from `nonce`.
    """

    __tablename__ = "pending_interest"

    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    address_key: Mapped[str] = mapped_column(index=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("landing_link.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    form_key: Mapped[str] = mapped_column(unique=True)


class Removal(enum.StrEnum):
    """Why a question may go. There is no other reason, and readers see which one it was."""

    SPAM = "spam"
    ILLEGAL = "illegal"
    ASKER = "asker"


class Question(Row):
    """A question to the team, asked on a page of the site. Nobody sees it before a person has said it is no spam (`cleared_at`).

    `name` is shown when it was given. Who wants the answer by mail left an `email`, or asked behind a personal link
    (`candidate_id`) and set `by_mail`. A removed question shows its reason and its sentence `removed_why`, never its text.
    `changed_at` moves with whatever readers can see.
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_page_at", "page", "at"),)

    page: Mapped[str]
    text: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    address_key: Mapped[str | None] = mapped_column(index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    by_mail: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    removal: Mapped[Removal | None]
    removed_why: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(index=True)
    form_key: Mapped[str] = mapped_column(unique=True)


class Referral(Row):
    """A friend somebody thinks of. The friend is asked first; without an answer all of this is gone after 14 days.

    `referrer_name` is what the mail says, cleaned; `referrer_id` is known behind a personal link. After a yes `candidate_id` is
    the friend and the address is emptied here.
    """

    __tablename__ = "referral"

    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str] = mapped_column(default="")
    referrer_name: Mapped[str] = mapped_column(default="")
    referrer_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    email: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    form_key: Mapped[str] = mapped_column(unique=True)


class Quarantine(Row):
    """A post that looked like a robot's: it was answered as if accepted, waits seven days for a person to look, then goes.

    `press` is the digest of its form's token: when the press that a doubtful form asks for comes after all, the row goes.
    """

    __tablename__ = "quarantine"

    form: Mapped[str]
    content: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    press: Mapped[str] = mapped_column(default="", index=True)
