"""Candidates, notes about them, and imports."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row
from portal.sourcing.models import Criterion, Persona, Source


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
    `phone_key` and `profile_key` are normalised spellings that find duplicates; `compared_at` is when they were looked for, empty
    after a change. `topics` are keys of site.yaml, empty for all. `ask_again_on`: not now, one mail on that day and nothing else.
    `restricted_at`: kept, not used (GDPR Article 18). `objected_at`: never again, said by the person. `held_back_until`: somebody
    tapped an answer in a mail and nobody knows yet whether it was a person. `merged_into_id`: the same person as another row.
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
    compared_at: Mapped[datetime | None] = mapped_column(index=True)
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
    READING = "reading"  # a large file: the worker takes it apart and leaves out who objected
    MAPPING = "mapping"  # the columns wait to be confirmed
    CHECKING = "checking"  # the worker reads row by row, writes nothing but the report
    CHECKED = "checked"  # preview is complete
    RUNNING = "running"  # confirmed: all rows are written in one transaction
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"  # the worker takes people and changes back, slice by slice
    UNDONE = "undone"


class RowOutcome(enum.StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    KNOWN = "already known"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"
    STAYS = "stays"


class Import(Row):
    """One uploaded list. `mapping` is heading → field name; `done` and `total` count rows for the progress bar.

    `content` are the uploaded bytes, kept only until they are taken apart into `ImportPart`s. `sheets` are the names of a
    workbook's sheets, `sheet` the one that is read. The parts and all values of the rows are emptied when the people are in.
    """

    __tablename__ = "import"

    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sheets: Mapped[list[str]] = mapped_column(default=list)
    sheet: Mapped[str] = mapped_column(default="")
    encoding: Mapped[str] = mapped_column(default="")
    separator: Mapped[str] = mapped_column(default="")
    doubtful: Mapped[bool] = mapped_column(default=False)
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
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed or thrown away."""
        return self.status in {ImportStatus.READING, ImportStatus.MAPPING, *CHECKING, ImportStatus.FAILED}


CHECKING = (ImportStatus.CHECKING, ImportStatus.CHECKED)


class ImportPart(Row):
    """Some rows of a list as they were read, without anybody who objected: [number, cells, overflow, reason of refusal]."""

    __tablename__ = "import_part"
    __table_args__ = (UniqueConstraint("import_id", "position"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"))
    position: Mapped[int]
    lines: Mapped[list[Any]] = mapped_column(JSON)


class ImportRow(Row):
    """What became of one row of an import. A suppressed person leaves the reason and the row number, nothing else.

    `number` counts as a spreadsheet does: the headings are row 1. `column` is the heading of the cell that was wrong, `alike` why
    it may be somebody in another row or, `alike_id`, somebody who is here. `values` is what would be written; `address_key` finds
    the person in a later row, `address_hash` a suppression. `filled` is field → keyed hash of what was filled, for the undo.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_import_row_import_id_address_key", "import_id", "address_key"),
        Index("ix_import_row_import_id_address_hash", "import_id", "address_hash"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[RowOutcome]
    reason: Mapped[str] = mapped_column(default="")
    column: Mapped[str] = mapped_column(default="")
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    candidate: Mapped[Candidate | None] = relationship(foreign_keys=[candidate_id])
    alike: Mapped[str] = mapped_column(default="")
    alike_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    alike_to: Mapped[Candidate | None] = relationship(foreign_keys=[alike_id])
    address_key: Mapped[str | None]
    address_hash: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Likeness(Row):
    """A key by which two people, or a person and a row of a list, may be found to be the same: `phone:…`, `name:lovelace a`."""

    __tablename__ = "likeness"
    __table_args__ = (Index("ix_likeness_import_id_number", "import_id", "number"),)

    key: Mapped[str] = mapped_column(index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"))
    number: Mapped[int | None]


class DuplicateState(enum.StrEnum):
    OPEN = "open"
    DIFFERENT = "not the same person"
    MERGED = "merged"


class Duplicate(Row):
    """Two people who may be one; `first` has the smaller number. `reasons` are words of `verdicts.Reason`, `score` 0 to 100."""

    __tablename__ = "duplicate"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"))
    first: Mapped[Candidate] = relationship(foreign_keys=[first_id])
    second_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    second: Mapped[Candidate] = relationship(foreign_keys=[second_id])
    reasons: Mapped[list[str]] = mapped_column(default=list)
    score: Mapped[int]
    state: Mapped[DuplicateState] = mapped_column(default=DuplicateState.OPEN, index=True)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class Merge(Row):
    """Two rows of one person made one. `moved` is table.column → row numbers, `before` what was overwritten, until settled."""

    __tablename__ = "merge"

    kept_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    kept: Mapped[Candidate] = relationship(foreign_keys=[kept_id])
    lost_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    lost: Mapped[Candidate] = relationship(foreign_keys=[lost_id])
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class Judgement(enum.StrEnum):
    """How somebody meets a criterion of their persona. No row means: not known yet."""

    FITS = "fits"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class Fit(Row):
    """How a candidate meets one criterion, and why we think so."""

    __tablename__ = "fit"
    __table_args__ = (UniqueConstraint("candidate_id", "criterion_id"),)

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[Criterion] = relationship()
    judgement: Mapped[Judgement]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class ResearchCheck(Row):
    """One thing of the persona's checklist that was looked up for a candidate, by whom and when."""

    __tablename__ = "research_check"
    __table_args__ = (UniqueConstraint("candidate_id", "item"),)

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"))
    item: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class ResearchLink(Row):
    """Where something about a candidate was found: a labelled web address."""

    __tablename__ = "research_link"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    url: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
