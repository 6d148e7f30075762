"""Campaigns, outreach messages, landing links, visits."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row
from portal.sourcing.models import Persona, Source


class Campaign(Row):
    """One outreach effort to one persona from one source. `page` is the site path its links show, such as /stories/welder."""

    __tablename__ = "campaign"

    name: Mapped[str] = mapped_column(unique=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    persona: Mapped[Persona] = relationship()
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    source: Mapped[Source] = relationship()
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    owner: Mapped[User] = relationship()
    page: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LandingLink(Row):
    """Tracked link to a page, for one person or one channel. The token is derived from `nonce`; its SHA-256 finds the row."""

    __tablename__ = "landing_link"

    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    campaign: Mapped[Campaign | None] = relationship()
    channel: Mapped[str] = mapped_column(default="mail")
    page: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class MessageStatus(enum.StrEnum):
    HELD = "held"  # no personal note yet
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"
    NOT_SENT = "not sent"


class OutreachMessage(Row):
    """The first contact with one person: clock zero of the response metrics. Held until it has a personal note."""

    __tablename__ = "outreach_message"
    __table_args__ = (UniqueConstraint("campaign_id", "candidate_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    campaign: Mapped[Campaign] = relationship()
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int] = mapped_column(ForeignKey("landing_link.id"))
    link: Mapped[LandingLink] = relationship()
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[MessageStatus] = mapped_column(default=MessageStatus.HELD, index=True)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class Verdict(enum.StrEnum):
    UNCONFIRMED = "unconfirmed"
    HUMAN = "human"
    MACHINE = "machine"
    PREVIEW = "preview"


class Visit(Row):
    """One request to a landing link, kept raw. `agent` is a family name, never the whole string; no address is kept.

    `signals` are the facts that the rules look at, comma separated (head, prefetch, robot, preview, scanner, no-agent).
    `rule` and `rule_version` say what decided; `proved_at` when a person gave proof.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_link_id_at", "link_id", "at"), Index("ix_visit_classified_at", "classified_at"))

    link_id: Mapped[int] = mapped_column(ForeignKey("landing_link.id", ondelete="CASCADE"))
    link: Mapped[LandingLink] = relationship()
    at: Mapped[datetime]
    page: Mapped[str]
    agent: Mapped[str]
    signals: Mapped[str] = mapped_column(default="")
    proof_hash: Mapped[str | None] = mapped_column(unique=True)
    proved_at: Mapped[datetime | None]
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.UNCONFIRMED)
    rule: Mapped[str] = mapped_column(default="")
    rule_version: Mapped[int] = mapped_column(default=0)
    classified_at: Mapped[datetime | None]
