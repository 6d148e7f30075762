"""What permits the company to keep and write, who must never be written to again, what is gone, and who looked."""

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row, UtcDateTime


class Basis(enum.StrEnum):
    """Lawful basis (GDPR Article 6(1))."""

    LEGITIMATE_INTEREST = "legitimate interest"
    CONSENT = "consent"


class LawfulBasis(Row):
    """Why a candidate's data may be kept, and until when. The newest row counts.

    `until` moves on with each contact, as the rules of retention say; `promised_until` is a day that was promised and stays.
    """

    __tablename__ = "lawful_basis"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    basis: Mapped[Basis]
    since: Mapped[datetime]
    until: Mapped[datetime]
    promised_until: Mapped[datetime | None]
    evidence: Mapped[str] = mapped_column(default="")


class Notice(Row):
    """That the candidate was told who, what, from where, why, how long and which rights (GDPR Article 14)."""

    __tablename__ = "notice"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime]
    delivery_id: Mapped[int | None]


class SuppressionReason(enum.StrEnum):
    OBJECTED = "objected"
    ERASED = "erased"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    COMPANY = "company"


class Suppression(Row):
    """A never-again entry: the keyed hash of a normalised address, nothing else of the person."""

    __tablename__ = "suppression"

    address_hash: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[SuppressionReason]
    at: Mapped[datetime]


class Rule(Row):
    """For how many months people of a country may be kept after the last contact, by basis. An empty country is all the others.

    `country` holds the spellings by which it is known, separated by commas: "Germany, Deutschland, DE".
    """

    __tablename__ = "retention_rule"
    __table_args__ = (UniqueConstraint("country", "basis"), CheckConstraint("months BETWEEN 1 AND 120", name="months_in_range"))

    country: Mapped[str]
    basis: Mapped[Basis]
    months: Mapped[int]


class Why(enum.StrEnum):
    """Why somebody is deleted on their day."""

    BASIS_ENDS = "basis ends"
    NOT_INFORMED = "not informed"


class Term(Row):
    """The day on which a candidate's data is deleted unless something happens, and why; kept from the first second.

    Worked out by `verdicts.term` from the basis, the notice, the last contact and the rule, again whenever one of them changes.
    No day while a legal hold keeps the data.
    """

    __tablename__ = "retention_term"
    __table_args__ = (Index("ix_retention_term_delete_at", "delete_at", "candidate_id"),)

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    delete_at: Mapped[datetime | None]
    why: Mapped[Why]
    country: Mapped[str] = mapped_column(default="")
    last_contact_at: Mapped[datetime]
    settled_at: Mapped[datetime] = mapped_column(index=True)


class Hold(Row):
    """A legal hold: the data is kept and not used, whatever else would delete it.

    `erasure_asked_at`: the person wants to be erased, which happens when the hold ends. One that came to its day has no
    `ended_by_id`.
    """

    __tablename__ = "legal_hold"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    until: Mapped[date | None]
    erasure_asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class Erasure(Row):
    """The receipt of an erasure: it names nobody.

    `persons` are the SHA-256 of random public names, `addresses` keyed hashes; both find the person again in a backup that is
    restored. `scrubbed_at`: no deleted byte is left in the database's files.
    """

    __tablename__ = "erasure"

    reference: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    actor_id: Mapped[int | None]
    whom_id: Mapped[int] = mapped_column(index=True)
    persons: Mapped[list[str]] = mapped_column(default=list)
    addresses: Mapped[list[str]] = mapped_column(default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scrubbed_at: Mapped[datetime | None]


class Action(enum.StrEnum):
    """What members of staff do with people's data, and what the rules do in their place."""

    SAW = "saw"
    ADDED = "added"
    CHANGED = "changed"
    EXPORTED = "exported"
    IMPORTED = "imported"
    MERGED = "merged"
    SENT = "sent"
    HELD = "held"
    ERASED = "erased"
    RENEWED = "renewed"
    RULES_CHANGED = "rules changed"
    SIGNED_IN = "signed in"
    RESTORED = "restored"


class AuditEntry(Row):
    """One line of the audit trail. Numbers only: no name, address, token or text.

    `mac` covers the row and the row before it, made with the key of the installation, so that a row that is changed, removed or
    put in breaks the chain. Rows are numbered without gaps. `whom_id` is a candidate's number; no merge changes it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_whom_id_id", "whom_id", "id"), Index("ix_audit_entry_at", "at"))

    at: Mapped[datetime]
    action: Mapped[Action]
    whom_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str]
    mac: Mapped[str]


class AuditAnchor(Row):
    """Where the trail begins after old entries were dropped: the number and mac of the last one dropped, itself under a mac."""

    __tablename__ = "audit_anchor"

    entry_id: Mapped[int]
    entry_mac: Mapped[str]
    at: Mapped[datetime]
    mac: Mapped[str]


# The people's own table as far as the rules of this feature ask about it. Its model lies above; a number is all that leads there.
PERSON = sa.table(
    "candidate",
    sa.column("id", sa.Integer),
    sa.column("public_id", sa.Text),
    sa.column("full_name", sa.Text),
    sa.column("email", sa.Text),
    sa.column("place", sa.Text),
    sa.column("source_id", sa.Integer),
    sa.column("collected_at", UtcDateTime),
    sa.column("unsubscribed_at", UtcDateTime),
    sa.column("do_not_contact_at", UtcDateTime),
    sa.column("objected_at", UtcDateTime),
    sa.column("merged_into_id", sa.Integer),
    sa.column("erased_at", UtcDateTime),
)
