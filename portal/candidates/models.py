"""Candidates, notes about them, and imports."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row
from portal.sourcing.models import Persona, Source


class Pace(enum.StrEnum):
    """How often at most, as the candidate sets it."""

    ANY = "any"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ROLE = "only when a role fits"


class Candidate(Row):
    """A person the company keeps data about.

    `address_key` is the normalised address (lower case, IDNA) and unique; `email` keeps the spelling that was given.
    `greeting_name` is what a mail says after "Hello"; `evidence` is the line "why you". `time_zone` is an IANA name or empty.
    `phone_key` and `profile_key` are normalised spellings that find duplicates. `topics` are keys of site.yaml, empty for all of them.
    `ask_again_on`: not now, one mail on that
    day and nothing else. `restricted_at`: kept, not used (GDPR Article 18). `objected_at`: never again, said by the person. `held_back_until`: somebody
    tapped an answer in a mail and nobody knows yet whether it was a person. `merged_into_id`: this was the same person as another row.
    `erased_at`: the row stays as nobody, every personal column emptied.
    """

    __tablename__ = "candidate"
    __table_args__ = (Index("ix_candidate_full_name_id", "full_name", "id"),)

    public_id: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    greeting_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    address_key: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    headline: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    profile_url: Mapped[str] = mapped_column(default="")
    skills: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="")
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"), index=True)
    persona: Mapped[Persona | None] = relationship()
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    source: Mapped[Source] = relationship()
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    owner: Mapped[User | None] = relationship()
    collected_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)
    pace: Mapped[Pace] = mapped_column(default=Pace.ANY)
    paused_until: Mapped[date | None]
    ask_again_on: Mapped[date | None]
    topics: Mapped[list[str]] = mapped_column(default=list)
    phone_key: Mapped[str | None] = mapped_column(index=True)
    profile_key: Mapped[str | None] = mapped_column(index=True)
    unsubscribed_at: Mapped[datetime | None]
    do_not_contact_at: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]
    restricted_at: Mapped[datetime | None]
    tracking_off_at: Mapped[datetime | None]
    held_back_until: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    erased_at: Mapped[datetime | None]


class Note(Row):
    """What a member of staff wrote about a candidate; the candidate may read it."""

    __tablename__ = "note"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    author: Mapped[User | None] = relationship()
    text: Mapped[str]
    at: Mapped[datetime]


class ImportStatus(enum.StrEnum):
    MAPPING = "mapping"  # uploaded; the columns wait to be confirmed
    CHECKING = "checking"  # the worker reads row by row, writes nothing but the report
    CHECKED = "checked"  # preview is complete
    RUNNING = "running"  # confirmed: all rows are written in one transaction
    DONE = "done"
    FAILED = "failed"


class RowOutcome(enum.StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    KNOWN = "already known"
    REFUSED = "refused"


class Import(Row):
    """One uploaded list. `mapping` is column heading → field name; `done` and `total` count rows for the progress bar.

    The uploaded bytes and all values of the rows are emptied when the people are in.
    """

    __tablename__ = "import"

    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    headings: Mapped[list[str]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    source: Mapped[Source] = relationship()
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    persona: Mapped[Persona | None] = relationship()
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.MAPPING, index=True)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether its columns may still be changed."""
        return self.status not in {ImportStatus.RUNNING, ImportStatus.DONE}


class ImportRow(Row):
    """What became of one row of an import. A suppressed person leaves the reason and the row number, nothing else.

    `number` counts as a spreadsheet does: the headings are row 1. `values` is what would be written; `address_key` finds the same
    person in a later row.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_import_row_import_id_address_key", "import_id", "address_key"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[RowOutcome]
    reason: Mapped[str] = mapped_column(default="")
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"))
    candidate: Mapped[Candidate | None] = relationship()
    address_key: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
