"""Campaigns, outreach messages, landing links, visits."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import Row
from portal.sourcing.models import Persona, Source


class Campaign(Row):
    """One outreach effort to one persona from one source. `page` is the site path its links show, such as /stories/welder.

    `pay_reason` is what the letter says where the page names no pay. Nothing leaves before `starts_on` or after `ends_on`, days
    in the company's zone, both included. `budget_minor` is what it may cost, in smallest units of `currency`; None where nobody
    set it.
    """

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
    pay_reason: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    budget_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="EUR")
    created_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    follow_ups: Mapped[list["FollowUp"]] = relationship(back_populates="campaign", order_by="FollowUp.position")
    alternative: Mapped["Alternative | None"] = relationship(back_populates="campaign")


class FollowUp(Row):
    """A further text for who has not answered, `wait_days` working days after the mail before it. `position` counts from 1."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("campaign_id", "position"), CheckConstraint("wait_days >= 1", name="waits"))

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    campaign: Mapped[Campaign] = relationship(back_populates="follow_ups")
    position: Mapped[int]
    wait_days: Mapped[int]
    body: Mapped[str]


class Alternative(Row):
    """Text or page B of a campaign. Who is drafted from `since` on gets A or B by turns; whom a pair begins with, `seed` decides.

    An empty `page` means the campaign's. `since` moves when a text or page is changed: what was drafted before compares no more.
    """

    __tablename__ = "alternative"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), unique=True)
    campaign: Mapped[Campaign] = relationship(back_populates="alternative")
    subject: Mapped[str]
    body: Mapped[str]
    page: Mapped[str] = mapped_column(default="")
    seed: Mapped[int]
    since: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Cost(Row):
    """Money spent on a campaign, in smallest units of the campaign's currency."""

    __tablename__ = "campaign_cost"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    amount_minor: Mapped[int]
    what: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class LandingLink(Row):
    """Tracked link to a page, for one person or one channel. The token is derived from `nonce`; its SHA-256 finds the row.

    Links of channels may have an `alias`, a short name at /go/…; personal ones never do. `visit_limit`: so many may come, then
    it looks like an unknown one; `arrivals` counts them where there is a limit (declared machines apart), and `used_up_at` is
    when the last one came. `utm` are the chosen parameters by name, `share_texts` what to say with it by network.
    """

    __tablename__ = "landing_link"

    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    campaign: Mapped[Campaign | None] = relationship()
    channel: Mapped[str] = mapped_column(default="mail")
    page: Mapped[str]
    alias: Mapped[str | None] = mapped_column(unique=True)
    visit_limit: Mapped[int | None]
    arrivals: Mapped[int] = mapped_column(default=0)
    used_up_at: Mapped[datetime | None]
    utm: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str] = mapped_column(default="")
    share_texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class MessageStatus(enum.StrEnum):
    HELD = "held"  # no personal note yet
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"
    NOT_SENT = "not sent"


class Arm(enum.StrEnum):
    """Which of a campaign's two texts or pages somebody gets; fixed when the message is drafted."""

    A = "a"
    B = "b"


class OutreachMessage(Row):
    """The first contact with one person: clock zero of the response metrics. Held until it has a personal note.

    `own_subject` and `own_body` are words for this one person instead of the campaign's. `network` is where somebody (`actor_id`)
    delivered it by hand, empty for mail. `follow_ups_sent` counts; `followed_at` is when the last one left; `stopped_at` with
    `stop_reason` says why no more follow.
    """

    __tablename__ = "outreach_message"
    __table_args__ = (UniqueConstraint("campaign_id", "candidate_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    campaign: Mapped[Campaign] = relationship()
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    link_id: Mapped[int] = mapped_column(ForeignKey("landing_link.id"), index=True)
    link: Mapped[LandingLink] = relationship()
    arm: Mapped[Arm] = mapped_column(default=Arm.A)
    note: Mapped[str] = mapped_column(default="")
    own_subject: Mapped[str] = mapped_column(default="")
    own_body: Mapped[str] = mapped_column(default="")
    status: Mapped[MessageStatus] = mapped_column(default=MessageStatus.HELD, index=True)
    reason: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    follow_ups_sent: Mapped[int] = mapped_column(default=0)
    followed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(default="")


class FollowUpMail(Row):
    """One follow-up to one person; its delivery row says what became of it. `position` is that of the text."""

    __tablename__ = "follow_up_mail"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("outreach_message.id", ondelete="CASCADE"))
    message: Mapped[OutreachMessage] = relationship()
    position: Mapped[int]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class SampleMail(Row):
    """A message that a member of staff sent to their own address to see it. It opens nothing and counts nowhere."""

    __tablename__ = "sample_mail"

    message_id: Mapped[int] = mapped_column(ForeignKey("outreach_message.id", ondelete="CASCADE"), index=True)
    message: Mapped[OutreachMessage] = relationship()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    user: Mapped[User] = relationship()
    at: Mapped[datetime]


class SetAside(Row):
    """A message that waits at the end of the queue for something: a reply of a colleague, a talk next week, as `reason` says."""

    __tablename__ = "set_aside"

    message_id: Mapped[int] = mapped_column(ForeignKey("outreach_message.id", ondelete="CASCADE"), unique=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class Verdict(enum.StrEnum):
    UNCONFIRMED = "unconfirmed"
    HUMAN = "human"
    MACHINE = "machine"
    PREVIEW = "preview"


class Visit(Row):
    """One request to a landing link, kept raw. `agent` is a family name, never the whole string; no address is kept.

    A reader who switched tracking off, or whose browser asks for privacy (Sec-GPC), is counted and not remembered: `link_id` is
    empty, `campaign_id` says where to count, and `at` is the full hour. Else `campaign_id` is empty, since the link knows it.
    `signals` are the facts that the rules look at, comma separated; see `verdicts`. `rule` and `rule_version` say what decided;
    `proved_at` when a person gave proof.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_link_id_at", "link_id", "at"),
        Index("ix_visit_classified_at", "classified_at"),
        Index(
            "ix_visit_campaign_id",
            "campaign_id",
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
    )

    link_id: Mapped[int | None] = mapped_column(ForeignKey("landing_link.id", ondelete="CASCADE"))
    link: Mapped[LandingLink | None] = relationship()
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
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
