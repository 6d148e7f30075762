"""What came back: one line for each mail that was read, replies that wait for somebody, mails that could not be read."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row
from portal.delivery.models import Delivery


class Kind(enum.StrEnum):
    """What a mail that came in is."""

    BOUNCE = "bounce"
    DELAY = "delay"  # the mail server still tries
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"  # a notice of absence, a receipt
    REPLY = "reply"
    STOP = "stop"  # the unsubscribe button of a mail program that sends a mail
    FORGED = "forged"  # looks like a bounce or a complaint, but names no mail of ours
    SET_ASIDE = "set aside"


class InboundMail(Row):
    """That a mail was read, and what it was. Committed together with what came of it, so that none is read twice.

    `digest` is the SHA-256 of what stays the same on every way a mail may take to us: its Message-ID, its date, its body.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (Index("ix_inbound_mail_kind_at", "kind", "at"),)

    digest: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind]
    at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="SET NULL"), index=True)
    delivery: Mapped[Delivery | None] = relationship()


class Reply(Row):
    """What somebody wrote back; it waits until a member of staff says that it is settled.

    `candidate_id` is empty for who is not known. `certain`: it came by a token or names a mail of ours, so that it is theirs;
    otherwise only the sender's address says so, and anybody can write that. `address_key` is the keyed hash of that address.
    `text` is plain, without what was quoted. `wants_stop`: it says in some language that no more mail shall come.
    """

    __tablename__ = "reply"
    __table_args__ = (Index("ix_reply_settled_at_at", "settled_at", "at"),)

    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="SET NULL"), index=True)
    delivery: Mapped[Delivery | None] = relationship()
    certain: Mapped[bool] = mapped_column(default=False)
    sender: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str] = mapped_column(default="", index=True)
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    files: Mapped[int] = mapped_column(default=0)
    wants_stop: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    settled_by: Mapped[User | None] = relationship()


class PoisonMail(Row):
    """A mail that could not be read, as it came (its beginning when it is too large), with what went wrong."""

    __tablename__ = "poison_mail"

    digest: Mapped[str] = mapped_column(unique=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    recipient: Mapped[str] = mapped_column(default="")
    whole: Mapped[bool] = mapped_column(default=True)
    size: Mapped[int]
    error: Mapped[str]
    address_key: Mapped[str] = mapped_column(default="", index=True)
    at: Mapped[datetime] = mapped_column(index=True)
