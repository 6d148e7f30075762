"""Metric 5, time to hire: days to the acceptance of an offer, by two clocks, each with the days of quiet and without.

Days are calendar days in the company's zone. Quiet days are those for which the person had asked to be left alone: from the day
on which a pause was set to the day it was meant to last or was lifted, and while they stood at Not now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, func, select

from portal.analytics.queries.durations import Durations, durations
from portal.analytics.queries.periods import Filters, Report, campaign_names, months, of_campaigns
from portal.analytics.queries.response import bounced_mails
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import db
from portal.hiring.models import Hire
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Kind, Touchpoint

Quiet = tuple[date, date]


@dataclass(frozen=True)
class HireTimesRow:
    """Hires by acceptance. Both clocks end then: one begins with the first delivered outreach since an earlier hire, the other
    with the start of active consideration. `n` of each says for how many hires that start is known; without quiet days those of
    erased people are left out, because what they wished is gone with them."""

    label: str
    campaign_id: int | None
    hires: int
    outreach: Durations
    outreach_unsnoozed: Durations
    considered: Durations
    considered_unsnoozed: Durations


@dataclass(frozen=True)
class _Hired:
    campaign_id: int | None
    accepted_on: date
    contacted_on: date | None
    considered_on: date | None
    quiet: Sequence[Quiet] | None


def time_to_hire(filters: Filters) -> Report[HireTimesRow]:
    """Hires accepted in a period as a whole, by campaign, by month. Hires are few, so their days are counted here."""
    rows = db.session.execute(_hires(filters)).all()
    people = {row.candidate_id for row in rows if row.candidate_id is not None}
    contacts, moves, pauses = _contacts(people), _moves(people), _pauses(people)
    hired = [_read(row, contacts[row.candidate_id], moves[row.candidate_id], pauses[row.candidate_id]) for row in rows]
    names = campaign_names()
    campaigns = {one.campaign_id for one in hired} - {None}
    by_campaign = [_row(names.get(one, "—"), one, [row for row in hired if row.campaign_id == one]) for one in campaigns]
    return Report(
        total=_row("", None, hired),
        by_campaign=sorted(by_campaign, key=lambda row: (-row.hires, row.label)),
        by_month=[
            _row(part.label, None, [one for one in hired if f"{one.accepted_on:%Y-%m}" == part.label]) for part in months(filters)
        ],
    )


def counted_hires(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions on hires: accepted in the period, not entered by mistake, of the campaign, source, persona, owner, role."""
    rules = [Hire.withdrawn_at.is_(None), Hire.accepted_on >= filters.since, Hire.accepted_on <= filters.until]
    rules += of_campaigns(filters, Hire.campaign_id.expression)
    if filters.source_id is not None:
        same = Hire.source_id == filters.source_id
        rules.append(Hire.source_id.is_distinct_from(filters.source_id) if filters.but == "source_id" else same)
    if filters.persona_id is not None:
        fits = Hire.candidate_id.in_(select(Candidate.id).where(Candidate.persona_id == filters.persona_id))
        rules.append(Hire.candidate_id.is_(None) | ~fits if filters.but == "persona_id" else fits)
    return rules


def _hires(filters: Filters) -> Select[Any]:
    """Hires of the period, each with the day on which the same person had accepted before."""
    before = func.lag(Hire.accepted_on, type_=Date()).over(partition_by=Hire.candidate_id, order_by=(Hire.accepted_on, Hire.id))
    every = select(
        Hire.id, Hire.candidate_id, Hire.campaign_id, Hire.accepted_on, Hire.considered_on, Hire.erased_at, before.label("before")
    )
    rows = every.where(Hire.withdrawn_at.is_(None)).subquery()
    return select(rows).where(rows.c.id.in_(select(Hire.id).where(*counted_hires(filters)))).order_by(rows.c.id)


def _contacts(people: set[int]) -> Mapping[int | None, list[date]]:
    """The days of delivered outreach, by person."""
    rows = select(Touchpoint.candidate_id, Touchpoint.at).where(Touchpoint.kind == Kind.OUTREACH_DELIVERED)
    rows = rows.where(Touchpoint.candidate_id.in_(people), Touchpoint.id.not_in(bounced_mails())).order_by(Touchpoint.at)
    return _grouped((person, _day(at)) for person, at in db.session.execute(rows))


def _moves(people: set[int]) -> Mapping[int | None, list[tuple[date, StageName]]]:
    """What stage was reached on which day, by person; moves by mistake are none."""
    rows = select(Placement.candidate_id, StageTransition.at, StageTransition.to_stage).join(StageTransition.placement)
    rows = rows.where(Placement.candidate_id.in_(people), StageTransition.mistaken_at.is_(None))
    found = db.session.execute(rows.order_by(StageTransition.at, StageTransition.id))
    return _grouped((person, (_day(at), stage)) for person, at, stage in found)


def _pauses(people: set[int]) -> Mapping[int | None, list[tuple[date, date | None]]]:
    """On which day a pause was set and until when, or lifted (None), by person."""
    rows = select(Touchpoint.candidate_id, Touchpoint.at, Touchpoint.details).where(Touchpoint.kind == Kind.PREFERENCES_CHANGED)
    found = db.session.execute(rows.where(Touchpoint.candidate_id.in_(people)).order_by(Touchpoint.at, Touchpoint.id))
    told = ((person, _day(at), details) for person, at, details in found if "paused_until" in details)
    return _grouped((person, (on, _parsed(details["paused_until"]))) for person, on, details in told)


def _read(
    row: Any, contacts: Sequence[date], moves: Sequence[tuple[date, StageName]], pauses: Sequence[tuple[date, date | None]]
) -> _Hired:
    since = row.before or date.min if row.candidate_id is not None else date.min
    contacted = [on for on in contacts if since < on <= row.accepted_on]
    considered = [on for on, stage in moves if stage is StageName.CONSIDERED and since < on <= row.accepted_on]
    return _Hired(
        campaign_id=row.campaign_id,
        accepted_on=row.accepted_on,
        contacted_on=min(contacted, default=None),
        considered_on=row.considered_on or min(considered, default=None),
        quiet=None if row.erased_at is not None else [*_set_apart(moves), *_paused(pauses)],
    )


def _set_apart(moves: Sequence[tuple[date, StageName]]) -> list[Quiet]:
    """While they stood at Not now."""
    ends = [on for on, _stage in moves[1:]] + [date.max]
    return [(on, end) for (on, stage), end in zip(moves, ends, strict=False) if stage is StageName.NOT_NOW]


def _paused(pauses: Sequence[tuple[date, date | None]]) -> list[Quiet]:
    """While a pause held: each lasts until its day or the next change."""
    changes = [*pauses, (date.max, None)]
    return [(on, min(until, after)) for (on, until), (after, _next) in pairwise(changes) if until is not None]


def _row(label: str, campaign_id: int | None, hired: Sequence[_Hired]) -> HireTimesRow:
    contacted = [(one.contacted_on, one) for one in hired if one.contacted_on is not None]
    considered = [(one.considered_on, one) for one in hired if one.considered_on is not None]
    clocks = []
    for started in (contacted, considered):
        clocks.append(durations([float((one.accepted_on - begin).days) for begin, one in started]))
        clocks.append(durations([_without(begin, one, one.quiet) for begin, one in started if one.quiet is not None]))
    return HireTimesRow(label, campaign_id, len(hired), *clocks)


def _without(begin: date, one: _Hired, quiet: Iterable[Quiet]) -> float:
    """Days from the start to acceptance on which nobody had asked for quiet; a day in two spans counts once."""
    days, reached = (one.accepted_on - begin).days, begin
    for start, end in sorted(quiet):
        first, last = max(start, reached), min(end, one.accepted_on)
        if last > first:
            days, reached = days - (last - first).days, last
    return float(days)


def _grouped(pairs: Iterable[tuple[int, Any]]) -> defaultdict[int | None, list[Any]]:
    found: defaultdict[int | None, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings().time_zone)).date()


def _parsed(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
