"""Finding landing links, and listing them with what came of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.errors import NotFound
from portal.outreach.models import Campaign, LandingLink, Verdict, Visit
from portal.sourcing.queries import Tally

PAGE = 50
# Whoever was the last to come may read on and answer for so long.
STAY = timedelta(days=1)
OPEN, PAUSED, EXPIRED, USED_UP = STATES = ("open", "paused", "expired", "used up")
PERSONAL, CHANNEL = KINDS = ("person", "channel")


@dataclass(frozen=True)
class Counts:
    """Visits to a link side by side. `raw` is every request; the others are what was made of it."""

    raw: int = 0
    human: int = 0
    unconfirmed: int = 0
    machine: int = 0


@dataclass(frozen=True)
class LinkFilters:
    """Which links to list; empty means all."""

    kind: str = ""
    campaign_id: int | None = None
    state: str = ""
    text: str = ""


@dataclass(frozen=True)
class LinkPage:
    """A page of links, the newest first, with the counts of each by number; `earlier` is where the next page begins."""

    rows: Sequence[LandingLink]
    counts: Mapping[int, Counts]
    earlier: int | None


def find_link(token: str, *, inside: bool = True) -> LandingLink | None:
    """The link of a token, while it is open. Unknown, expired, used up and paused ones look the same and cost the same.

    `inside`: who asks is behind the first page already, to answer say; then a link that has just been used up still serves them.
    """
    people = (joinedload(LandingLink.candidate), joinedload(LandingLink.campaign).joinedload(Campaign.owner))
    link = db.session.scalar(select(LandingLink).filter_by(token_hash=tokens.digest(token)).options(*people))
    if link is None or not is_open(link, clock.now(), inside=inside):
        return None
    return None if link.candidate is not None and link.candidate.erased_at is not None else link


def is_open(link: Any, at: datetime, *, inside: bool = False) -> bool:
    """Whether a link works at a moment. `link` may be a bare row with its columns, on the fast way."""
    if link.paused_at is not None or (link.expires_at is not None and link.expires_at <= at):
        return False
    return link.used_up_at is None or (inside and at < link.used_up_at + STAY)


def state_of(link: LandingLink) -> str:
    """`open`, `paused`, `expired` or `used up`: what a reader finds there now."""
    if link.paused_at is not None:
        return PAUSED
    if link.expires_at is not None and link.expires_at <= clock.now():
        return EXPIRED
    return OPEN if link.used_up_at is None else USED_UP


def get_link(token: str) -> LandingLink:
    """The open link of a token; NotFound for everything else."""
    if link := find_link(token):
        return link
    raise NotFound(_("This link is not valid, or no longer."))


def find_alias(alias: str) -> LandingLink | None:
    """The open channel link of a short name."""
    link = db.session.scalar(select(LandingLink).filter_by(alias=alias.lower(), candidate_id=None))
    return link if link is not None and is_open(link, clock.now()) else None


def is_alias_free(alias: str, link: LandingLink | None = None) -> bool:
    """Whether no other link has this short name."""
    taken = db.session.scalar(select(LandingLink.id).filter_by(alias=alias))
    return taken is None or (link is not None and taken == link.id)


def get_link_row(link_id: int) -> LandingLink:
    """A link by number, for staff; open or not."""
    if link := db.session.get(LandingLink, link_id):
        return link
    raise NotFound(_("There is no such link."))


def list_channel_links(campaign_id: int) -> Sequence[LandingLink]:
    """The links of a campaign that belong to no person."""
    wanted = select(LandingLink).filter_by(campaign_id=campaign_id, candidate_id=None)
    return db.session.scalars(wanted.order_by(LandingLink.id)).all()


def list_links(filters: LinkFilters, before: int | None = None) -> LinkPage:
    """A page of links, those with smaller numbers than `before`; with one question more for what came of them."""
    wanted = _filtered(filters).options(joinedload(LandingLink.candidate), joinedload(LandingLink.campaign))
    if before:
        wanted = wanted.where(LandingLink.id < before)
    rows = db.session.scalars(wanted.order_by(LandingLink.id.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    return LinkPage(shown, count_by_link([row.id for row in shown]), shown[-1].id if len(rows) > PAGE else None)


def count_by_link(link_ids: Sequence[int]) -> dict[int, Counts]:
    """Raw, human, unconfirmed and machine visits by link, previews among machines; links that nobody opened have zeros."""
    counted = select(Visit.link_id, *_COUNTS)
    rows = db.session.execute(counted.where(Visit.link_id.in_(link_ids)).group_by(Visit.link_id))
    found = {number: Counts(raw, human, unconfirmed, machine) for number, raw, human, unconfirmed, machine in rows}
    return {link_id: found.get(link_id, Counts()) for link_id in link_ids}


def count_by_channel(channel: str) -> Counts:
    """The same for all links of a channel together: those of one mailing, say."""
    counted = select(*_COUNTS).select_from(Visit).join(Visit.link).where(LandingLink.channel == channel)
    return Counts(*db.session.execute(counted).one())


_COUNTS = (
    func.count(Visit.id),
    func.count(Visit.id).filter(Visit.verdict == Verdict.HUMAN),
    func.count(Visit.id).filter(Visit.verdict == Verdict.UNCONFIRMED),
    func.count(Visit.id).filter(Visit.verdict.in_((Verdict.MACHINE, Verdict.PREVIEW))),
)


def visits_by_persona() -> Mapping[int, Tally]:
    """Visits for each persona, raw, unconfirmed and human: to links of its people, and to channel links of its campaigns."""
    return _visits(case((LandingLink.candidate_id.is_not(None), Candidate.persona_id), else_=Campaign.persona_id))


def visits_by_source() -> Mapping[int, Tally]:
    """Visits for each source, raw, unconfirmed and human: to links of its people, and to channel links of its campaigns."""
    return _visits(case((LandingLink.candidate_id.is_not(None), Candidate.source_id), else_=Campaign.source_id))


def _visits(key: ColumnElement[Any]) -> Mapping[int, Tally]:
    campaign = func.coalesce(LandingLink.campaign_id, Visit.campaign_id)
    unconfirmed = Visit.verdict == Verdict.UNCONFIRMED
    counted = (
        select(key, func.count(), func.count().filter(unconfirmed), func.count().filter(Visit.verdict == Verdict.HUMAN))
        .select_from(Visit)
        .outerjoin(LandingLink, LandingLink.id == Visit.link_id)
        .outerjoin(Candidate, Candidate.id == LandingLink.candidate_id)
        .outerjoin(Campaign, Campaign.id == campaign)
        .where(key.is_not(None))
        .group_by(key)
    )
    rows = db.session.execute(counted)
    return {int(number): Tally(visits=raw, unconfirmed=open_ones, human=human) for number, raw, open_ones, human in rows}


def _filtered(filters: LinkFilters) -> Select[LandingLink]:
    wanted = select(LandingLink)
    if filters.kind in KINDS:
        personal = LandingLink.candidate_id.is_not(None)
        wanted = wanted.where(personal if filters.kind == PERSONAL else ~personal)
    if filters.campaign_id:
        wanted = wanted.where(LandingLink.campaign_id == filters.campaign_id)
    if filters.state in STATES:
        wanted = wanted.where(_in_state(filters.state))
    if filters.text:
        part = f"%{filters.text.lower()}%"
        name = Candidate.full_name
        fields = (LandingLink.channel, LandingLink.alias, LandingLink.notes, LandingLink.page, name)
        wanted = wanted.outerjoin(LandingLink.candidate).where(or_(*(func.lower(one).like(part) for one in fields)))
    return wanted


def _in_state(state: str) -> ColumnElement[bool]:
    paused = LandingLink.paused_at.is_not(None)
    expired = and_(~paused, LandingLink.expires_at.is_not(None), LandingLink.expires_at <= clock.now())
    over = and_(~paused, or_(LandingLink.expires_at.is_(None), LandingLink.expires_at > clock.now()))
    used_up = LandingLink.used_up_at.is_not(None)
    return {PAUSED: paused, EXPIRED: expired, USED_UP: and_(over, used_up), OPEN: and_(over, ~used_up)}[state]
