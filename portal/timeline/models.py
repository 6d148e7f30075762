"""Touchpoints. Subjects are named by type and number, because the rows they point to live in features above."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


class Kind(enum.StrEnum):
    """What happened."""

    ADDED = "added"
    OUTREACH_DELIVERED = "outreach delivered"
    MAIL_DELIVERED = "mail delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"  # marked our mail as spam
    VISITED = "visited"
    RESPONDED = "responded"
    REPLIED = "replied"  # wrote back by mail
    INTEREST_GIVEN = "interest given"
    FEEDBACK_GIVEN = "feedback given"
    MOVED = "moved"
    MOVE_JUDGED = "move judged"  # said to be a mistake, or not to be one after all
    NOTED = "noted"
    EDITED = "edited"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    PREFERENCES_CHANGED = "preferences changed"
    RESEARCHED = "researched"
    ATTENDED = "attended"
    RENEWED = "renewed"
    ASKED = "asked"
    ANSWERED = "answered"
    REFERRED = "referred"
    MERGED = "merged"
    UNMERGED = "unmerged"


class Direction(enum.StrEnum):
    """Who acted: the company (out), the candidate (in), or staff among themselves."""

    OUT = "out"
    IN = "in"
    INTERNAL = "internal"


class Channel(enum.StrEnum):
    MAIL = "mail"
    WEB = "web"
    HAND = "hand"
    IMPORT = "import"
    CONSOLE = "console"
    SOCIAL = "social network"


class Touchpoint(Row):
    """One dated contact. Never changed; `candidate_id` has no foreign key upward and survives as a number after erasure.

    `subject_type`/`subject_id` name what it was about ("campaign" is kept apart because every number asks for it).
    `details` holds small plain facts for showing, never names, addresses or free text of a person.
    """

    __tablename__ = "touchpoint"
    __table_args__ = (
        Index("ix_touchpoint_candidate_id_at", "candidate_id", "at"),
        # Covers what the numbers ask for, so that they need not read the rows.
        Index("ix_touchpoint_kind_at", "kind", "at", "candidate_id", "campaign_id"),
    )

    candidate_id: Mapped[int]
    kind: Mapped[Kind]
    direction: Mapped[Direction]
    channel: Mapped[Channel]
    at: Mapped[datetime]
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    subject_type: Mapped[str | None]
    subject_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
