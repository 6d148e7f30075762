"""Delivery rows: the truth about mail. The queue may lose or repeat a job without harm."""

import enum
import json
import zlib
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.candidates.models import Candidate
from portal.db import Row
from portal.errors import BrokenSetup


class Purpose(enum.StrEnum):
    """What kind of mail; each has its composer and its way through the gate."""

    OUTREACH = "outreach"
    MAILING = "mailing"
    CONFIRMATION = "confirmation"
    INVITATION = "invitation"
    FOLLOW_UP = "follow-up"
    REMINDER = "reminder"  # the day came on which they wanted to be asked
    RENEWAL = "renewal"  # may we keep your data for longer?
    NOTICE = "notice"  # the notice of GDPR Article 14, alone
    FEEDBACK = "feedback"
    ANSWER = "answer"
    ACCESS = "access"  # the link to one's own page
    ADDRESS = "address"  # is this your new address?
    CONFIRM_INTEREST = "confirm interest"
    REFERRAL = "referral"
    TEST = "test"
    CHECK_IN = "check-in"  # were you at our event?
    REPORT = "report"  # the numbers of a month, to staff
    REVIEW = "review"  # how is somebody doing whom we hired? To their manager


class Status(enum.StrEnum):
    """`sending` is written before the mail goes on the wire. A worker killed then leaves `uncertain`, which is never sent again
    by itself, because the server may have taken it."""

    DUE = "due"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    WITHHELD = "withheld"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Bounce(enum.StrEnum):
    """Why a mail came back: no such address (hard), a trouble that may pass (soft), refused for what we are or said (policy)."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"


class Delivery(Row):
    """One mail to one person. Unique per purpose, subject and person: a second start, worker or click cannot make a second mail.

    `candidate_id` is empty for mail to somebody who is no candidate (yet): a member of staff, a friend who is asked first. Then
    `address` and `address_name` say to whom; they are emptied when the mail is settled; the keyed hash `address_key` stays.
    `subject_id` is the outreach message, mailing or interest it belongs to. `withheld_reason` is what the gate said.
    `message_id` is fixed when the row is made. `held_at`: it waits because what it belongs to is paused. `lease_until` says
    which worker has it and until when, `claim` which of its journals says how far it is; `sent_at` when it went on the wire, also
    where that is uncertain. `domain` is the recipient's, lower case, known once it was claimed; `first_tried_at` when a server
    first had a say. `status_code` is the enhanced code (5.1.1) of the last refusal or bounce.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("purpose", "subject_id", "candidate_id"),
        UniqueConstraint("purpose", "subject_id", "address_key"),
        CheckConstraint("(candidate_id IS NULL) != (address_key IS NULL)", name="to_one"),
        Index("ix_delivery_status_not_before", "status", "not_before"),
    )

    purpose: Mapped[Purpose]
    subject_id: Mapped[int]
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    address: Mapped[str] = mapped_column(default="")
    address_name: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[Status] = mapped_column(default=Status.DUE)
    not_before: Mapped[datetime]
    held_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    withheld_reason: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    claim: Mapped[str | None] = mapped_column(index=True)
    domain: Mapped[str] = mapped_column(default="")
    first_tried_at: Mapped[datetime | None]
    status_code: Mapped[str] = mapped_column(default="")
    resolved_by: Mapped[str] = mapped_column(default="")
    bounce: Mapped[Bounce | None]
    bounced_at: Mapped[datetime | None]
    complained_at: Mapped[datetime | None]

    @property
    def person(self) -> Candidate:
        """The candidate it is to; only for mail to candidates."""
        if self.candidate is None:
            raise BrokenSetup("A mail to somebody who is no candidate was composed as if to one.")
        return self.candidate

    @property
    def person_id(self) -> int:
        """The candidate's number; only for mail to candidates."""
        return self.person.id

    @property
    def recipient(self) -> tuple[str, str]:
        """Name and address that it goes to; both empty when nobody is left."""
        if self.candidate is None:
            return self.address_name, self.address
        return self.candidate.full_name, self.candidate.email or ""


class OutboxMail(Row):
    """A mail as it was put on the wire. `raw` has all of it; of a mailing it is empty, and what is this mail's own stands in
    `slots` (a JSON list; its links open nothing), the rest in `text`."""

    __tablename__ = "outbox_mail"

    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), unique=True)
    sender: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    text_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_text.id"), index=True)
    text: Mapped["OutboxText | None"] = relationship()
    slots: Mapped[str] = mapped_column(default="", deferred=True)
    at: Mapped[datetime] = mapped_column(index=True)

    @property
    def source(self) -> bytes:
        """The mail's bytes, put together again where its text is kept once for many."""
        return self.text.filled(json.loads(self.slots)) if self.text else self.raw


class OutboxText(Row):
    """What the copies of one mailing's mails have in common: `pieces` is compressed JSON, `fixed` pieces and the `order` of slots
    between them; `version` is its SHA-256."""

    __tablename__ = "outbox_text"

    version: Mapped[str] = mapped_column(unique=True)
    pieces: Mapped[bytes] = mapped_column(LargeBinary)

    def filled(self, slots: list[str]) -> bytes:
        """One mail again: its head, which is the first of its slots, then pieces and slots in turn."""
        text = json.loads(zlib.decompress(self.pieces))
        between = [slots[place + 1] for place in text["order"]] + [""]
        body = "".join(piece for pair in zip(text["fixed"], between, strict=True) for piece in pair)
        return (slots[0] + body).encode("ascii")


class SendingPause(Row):
    """Mail of our own accord rests: all of it, or with `purpose` and `subject_id` one mailing. Over once it has an `ended_at`."""

    __tablename__ = "sending_pause"

    purpose: Mapped[Purpose | None]
    subject_id: Mapped[int | None]
    why: Mapped[str]
    since: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class Flow(Row):
    """How many mails left in one minute for one receiving domain (empty: all together), so that workers share the pace."""

    __tablename__ = "delivery_flow"
    __table_args__ = (UniqueConstraint("domain", "minute"),)

    domain: Mapped[str]
    minute: Mapped[datetime] = mapped_column(index=True)
    number: Mapped[int] = mapped_column(default=0)
