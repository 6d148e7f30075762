"""What all numbers share: filters, months in the company's zone, and times that both databases can subtract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, case, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portal import clock
from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import db
from portal.outreach.models import Campaign
from portal.rates import Rate
from portal.sourcing.models import Persona, Source
from portal.timeline.models import Kind, Touchpoint

R = TypeVar("R")
MAX_MONTHS = 36
# What can be narrowed to; everything else than one of them is its opposite.
DIMENSIONS = ("campaign_id", "role", "owner_id", "source_id", "persona_id")


@dataclass(frozen=True)
class Filters:
    """What is counted: days from `since` to `until`, both included, in the company's zone; None means all.

    `owner_id` is the owner of the campaign, `role` the page its links show, such as /stories/welder. `but` is the one of
    DIMENSIONS that is turned into its opposite: all but this campaign, say.
    """

    since: date
    until: date
    campaign_id: int | None = None
    source_id: int | None = None
    persona_id: int | None = None
    owner_id: int | None = None
    role: str | None = None
    but: str | None = None

    @classmethod
    def last_year(cls, **chosen: Any) -> "Filters":
        """The running month and the eleven before it."""
        today = clock.today(settings().time_zone)
        return cls(_month_after(today.replace(day=1), -11), today, **chosen)

    def before(self) -> "Filters":
        """The same choice in the period right before, of the same length."""
        return replace(
            self, since=self.since - (self.until - self.since) - timedelta(days=1), until=self.since - timedelta(days=1)
        )

    def others(self) -> "Filters | None":
        """Everything else than what is chosen; of several choices the narrowest is turned round. None when nothing is chosen."""
        chosen = next((name for name in DIMENSIONS if getattr(self, name) is not None), None)
        return replace(self, but=chosen) if chosen else None


@dataclass(frozen=True)
class Report(Generic[R]):
    """One metric: the whole, by campaign, by month. The whole counts each person once, so the parts may sum to more."""

    total: R
    by_campaign: Sequence[R]
    by_month: Sequence[R]


@dataclass(frozen=True)
class Span:
    """From a moment up to, but not including, another; `label` is the month as 2026-11."""

    label: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Options:
    """What the filters offer, as (id, name); a role is a page of the site."""

    campaigns: Sequence[tuple[int, str]]
    sources: Sequence[tuple[int, str]]
    personas: Sequence[tuple[int, str]]
    owners: Sequence[tuple[int, str]]
    roles: Sequence[str]


class seconds(FunctionElement[int]):  # noqa: N801 - reads like the SQL functions of SQLAlchemy
    """A moment as whole seconds since 1970, so that both databases can tell how far two are apart."""

    inherit_cache = True
    type = BigInteger()


@compiles(seconds)
def _seconds(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kw)})) AS BIGINT)"


@compiles(seconds, "sqlite")
def _seconds_of_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS INTEGER)"


def options() -> Options:
    """Campaigns, newest first; the others by name. Owners and roles are those of campaigns."""
    owned = select(User.id, User.full_name).where(User.id.in_(select(Campaign.owner_id))).order_by(User.full_name)
    return Options(
        campaigns=_named(select(Campaign.id, Campaign.name).order_by(Campaign.id.desc())),
        sources=_named(select(Source.id, Source.name).order_by(Source.name)),
        personas=_named(select(Persona.id, Persona.name).order_by(Persona.name)),
        owners=_named(owned),
        roles=db.session.scalars(select(Campaign.page).distinct().order_by(Campaign.page)).all(),
    )


def as_records(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a report as plain figures by name; a rate becomes its share and interval."""
    return [_record(row) for row in rows]


def span(filters: Filters) -> Span:
    """The whole period."""
    return Span("", _midnight(filters.since), _midnight(filters.until + timedelta(days=1)))


def months(filters: Filters) -> list[Span]:
    """The calendar months of the period, cut to it; the last MAX_MONTHS of them when there are more."""
    first, found = filters.since.replace(day=1), []
    while first <= filters.until:
        after = _month_after(first, 1)
        start, end = max(first, filters.since), min(after, filters.until + timedelta(days=1))
        found.append(Span(f"{first:%Y-%m}", _midnight(start), _midnight(end)))
        first = after
    return found[-MAX_MONTHS:]


def within(at: ColumnElement[datetime], part: Span) -> ColumnElement[bool]:
    """Whether a moment lies in a span."""
    return (at >= part.start) & (at < part.end)


def month_of(at: ColumnElement[datetime], parts: Sequence[Span]) -> ColumnElement[int | None]:
    """The number of the span that a moment lies in, counted from 0."""
    return case(*((at < part.end, literal(number, Integer())) for number, part in enumerate(parts)), else_=None)


def chosen_people(filters: Filters) -> Select[int] | None:
    """A select of the ids of people whom the filters narrow to; None when they do not. Erased people stay counted.

    Source and persona are the person's own. Owner and role are those of a campaign that reached them; where a row itself names
    a campaign, narrow it with `of_campaigns` as well.
    """
    rules = [
        _rule(filters, name, column)
        for name, column in (("source_id", Candidate.source_id), ("persona_id", Candidate.persona_id))
        if getattr(filters, name) is not None
    ]
    if filters.owner_id is not None or filters.role is not None:
        reached = select(Touchpoint.candidate_id).where(Touchpoint.kind == Kind.OUTREACH_DELIVERED)
        rules.append(Candidate.id.in_(reached.where(*of_campaigns(filters, Touchpoint.campaign_id.expression))))
    return select(Candidate.id).where(*rules) if rules else None


def of_campaigns(filters: Filters, campaign_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Conditions on a column that names a campaign: the chosen one, those of a role, those of an owner."""
    found = [] if filters.campaign_id is None else [_rule(filters, "campaign_id", campaign_id)]
    for name, column in (("role", Campaign.page), ("owner_id", Campaign.owner_id)):
        if getattr(filters, name) is not None:
            inside = campaign_id.in_(select(Campaign.id).where(_rule(filters, name, column)))
            found.append(or_(inside, campaign_id.is_(None)) if filters.but == name else inside)
    return found


def _rule(filters: Filters, name: str, column: Any) -> ColumnElement[bool]:
    """The column has the chosen value, or has not where everything else was asked for."""
    value = getattr(filters, name)
    rule: ColumnElement[bool] = or_(column != value, column.is_(None)) if filters.but == name else column == value
    return rule


def campaign_names() -> dict[int | None, str]:
    """Names by number."""
    return {row[0]: row[1] for row in db.session.execute(select(Campaign.id, Campaign.name))}


def _named(rows: Select[int, str]) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings().time_zone)).astimezone(UTC)


def _month_after(first: date, count: int) -> date:
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def _record(row: Any) -> dict[str, Any]:
    """Plain figures by name. What has parts has a name for each: `reached_1_hits`, `within_7`, `outreach_median`."""
    found: dict[str, Any] = {}
    values = row if isinstance(row, Mapping) else {field.name: getattr(row, field.name) for field in fields(row)}
    for name, value in values.items():
        if isinstance(value, Rate):
            share = {"": value.value, "_low": value.low, "_high": value.high}
            found |= {f"{name}{end}": None if one is None else round(one, 4) for end, one in share.items()}
            found |= {f"{name}_hits": value.hits, f"{name}_of": value.of}
        elif (parts := _parts(value)) is not None:
            found |= {f"{name}_{part}": figure for part, figure in _record(parts).items()}
        else:
            found[name] = value
    return found


def _parts(value: Any) -> Mapping[str, Any] | None:
    """What a value is made of, by name; sequences are counted from 1. None for a plain value."""
    if isinstance(value, Mapping):
        return {str(name): one for name, one in value.items()}
    if isinstance(value, tuple):
        return {str(number): one for number, one in enumerate(value, start=1)}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None
