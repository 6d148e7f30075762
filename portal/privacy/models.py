"""What permits the company to keep and write, and who must never be written to again."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


class Basis(enum.StrEnum):
    """Lawful basis (GDPR Article 6(1))."""

    LEGITIMATE_INTEREST = "legitimate interest"
    CONSENT = "consent"


class LawfulBasis(Row):
    """Why a candidate's data may be kept, and until when. The newest row counts."""

    __tablename__ = "lawful_basis"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    basis: Mapped[Basis]
    since: Mapped[datetime]
    until: Mapped[datetime]
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
