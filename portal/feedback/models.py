"""How people were treated: what they are asked, by which rule, what they answered, and what changed because of it."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row
from portal.pipeline.models import StageName


class Event(enum.StrEnum):
    """What a rule waits for."""

    SAID_YES = "said yes"
    NOT_NOW = "said not now"
    SAID_NO = "said no"
    INTEREST = "filled in the interest form"
    MOVED = "reached a stage"


class Questionnaire(Row):
    """What is asked, under a name for staff. `key` "open" is the form that anybody finds at /feedback."""

    __tablename__ = "feedback_questionnaire"

    name: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Version(Row):
    """One wording of a questionnaire. Never changed: an answer keeps the words it was asked with."""

    __tablename__ = "feedback_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("feedback_questionnaire.id"))
    questionnaire: Mapped[Questionnaire] = relationship()
    number: Mapped[int]
    title: Mapped[str]
    intro: Mapped[str] = mapped_column(default="")
    score: Mapped[str]
    statements: Mapped[list[str]] = mapped_column(default=list)
    texts: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class Rule(Row):
    """Ask so many days after an event. It looks at events from `active_since` on; paused while that is empty."""

    __tablename__ = "feedback_rule"
    __table_args__ = (CheckConstraint("delay_days BETWEEN 0 AND 365", name="delay_in_range"),)

    name: Mapped[str] = mapped_column(unique=True)
    event: Mapped[Event]
    stage: Mapped[StageName | None]
    delay_days: Mapped[int]
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("feedback_questionnaire.id"))
    questionnaire: Mapped[Questionnaire] = relationship()
    subject: Mapped[str]
    body: Mapped[str]
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    sender: Mapped[User | None] = relationship()
    active_since: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Request(Row):
    """Somebody was asked, because of one touchpoint. Whether they answered is not written here: see `queries.spent`.

    The link in the mail is derived from `nonce`; `token_hash` finds the row. Erased people leave a row that names nobody.
    """

    __tablename__ = "feedback_request"
    __table_args__ = (UniqueConstraint("rule_id", "touchpoint_id"),)

    rule_id: Mapped[int] = mapped_column(ForeignKey("feedback_rule.id"))
    rule: Mapped[Rule] = relationship()
    version_id: Mapped[int] = mapped_column(ForeignKey("feedback_version.id"))
    version: Mapped[Version] = relationship()
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    touchpoint_id: Mapped[int]
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]


class Sealed(Row):
    """An anonymous answer that waits for four others: encrypted, of one size, under a random number, without a day.

    `asked`: it was given behind a request; such answers and those of the open form are never in one batch.
    """

    __tablename__ = "feedback_sealed"

    version_id: Mapped[int] = mapped_column(ForeignKey("feedback_version.id"))
    asked: Mapped[bool]
    month: Mapped[date]
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Feedback(Row):
    """An answer that may be read. Anonymous: no person, no link, no request, and of the day only the month of its batch.

    `answers` holds marks and words in the order of the version's statements and texts; `good` and `bad` are what was asked before
    there were questionnaires. `contact_at`: they want to be answered; `settled_at`: somebody did.
    """

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 10", name="score_in_range"),)

    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"))
    candidate: Mapped[Candidate | None] = relationship()
    version_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_version.id"))
    version: Mapped[Version | None] = relationship()
    request_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_request.id", ondelete="SET NULL"))
    score: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    good: Mapped[str] = mapped_column(default="")
    bad: Mapped[str] = mapped_column(default="")
    anonymous: Mapped[bool]
    on: Mapped[date]
    contact_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    form_key: Mapped[str | None] = mapped_column(unique=True)


class FormKey(Row):
    """Digests of forms and ballots that were used, so that each counts once. Nothing leads from here to an answer or a day."""

    __tablename__ = "form_key"

    digest: Mapped[str] = mapped_column(unique=True)


class Aside(Row):
    """Feedback that looked like a robot's: answered as if accepted, waits seven days for a person to look, then goes.

    `box` is sealed like an answer that waits: of an anonymous one nobody reads a word before its batch is full.
    """

    __tablename__ = "feedback_aside"

    anonymous: Mapped[bool]
    box: Mapped[bytes] = mapped_column(LargeBinary)
    why: Mapped[str]
    on: Mapped[date]


class Change(Row):
    """What we changed because of what people said; the public page shows it while `published_at` is set."""

    __tablename__ = "feedback_change"

    said: Mapped[str]
    changed: Mapped[str]
    on: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    owner: Mapped[User | None] = relationship()
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
