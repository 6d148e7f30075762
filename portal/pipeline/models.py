"""Stages, where each candidate stands, how they got there; saved rules that select candidates."""

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row


class StageName(enum.StrEnum):
    """The stages of the pipeline, in order; the last three are outcomes beside it."""

    IDENTIFIED = "identified"
    CONTACTED = "contacted"
    ENGAGED = "engaged"
    INTERESTED = "interested"
    IN_CONVERSATION = "in conversation"
    CONSIDERED = "considered"
    HIRED = "hired"
    NOT_NOW = "not now"
    DECLINED = "declined"
    SILVER_MEDALIST = "silver medalist"


# What people read; also the words that a lower-case value cannot say in other languages.
STAGES = {
    StageName.IDENTIFIED: _l("Identified"),
    StageName.CONTACTED: _l("Contacted"),
    StageName.ENGAGED: _l("Engaged"),
    StageName.INTERESTED: _l("Interested"),
    StageName.IN_CONVERSATION: _l("In conversation"),
    StageName.CONSIDERED: _l("Considered"),
    StageName.HIRED: _l("Hired"),
    StageName.NOT_NOW: _l("Not now"),
    StageName.DECLINED: _l("Declined"),
    StageName.SILVER_MEDALIST: _l("Silver medalist"),
}


class Placement(Row):
    """A candidate's position in the pipeline and the agreed next step. The stage changes only together with a transition.

    The latest transition that is no mistake says where they stand.
    """

    __tablename__ = "placement"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    candidate: Mapped[Candidate] = relationship()
    stage: Mapped[StageName] = mapped_column(index=True)
    since: Mapped[datetime]
    next_step: Mapped[str] = mapped_column(default="")
    next_step_on: Mapped[date | None]


class StageTransition(Row):
    """One move: from where, to where, who, why, when. `actor` is empty when a rule or the candidate's answer moved them.

    `mistaken_at`: somebody said that this move was a mistake; it reaches nothing.
    """

    __tablename__ = "stage_transition"

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id", ondelete="CASCADE"), index=True)
    placement: Mapped[Placement] = relationship()
    from_stage: Mapped[StageName | None]
    to_stage: Mapped[StageName]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[User | None] = relationship()
    reason: Mapped[str] = mapped_column(default="")
    mistaken_at: Mapped[datetime | None]


class Segment(Row):
    """A saved rule that selects candidates: {"stages": [...], "personas": [ids], "sources": [ids]}; an absent key selects all."""

    __tablename__ = "segment"

    name: Mapped[str] = mapped_column(unique=True)
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
