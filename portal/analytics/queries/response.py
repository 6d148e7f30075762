"""Metric 1, response rate: of those first contacted in a period, how many answered within 30 days of that first mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, func, or_, select

from portal import clock
from portal.analytics.queries.periods import (
    Filters,
    Report,
    campaign_names,
    chosen_people,
    month_of,
    months,
    of_campaigns,
    seconds,
    span,
    within,
)
from portal.db import db
from portal.rates import Rate
from portal.submissions.models import Answer
from portal.timeline.models import Kind, Touchpoint

WINDOW_DAYS = 30
# An outreach this long after the one before it is a new attempt and a new row.
AGAIN_DAYS = 180
# A decline is an answer; a click alone is none, and neither is a question to the team: that is engagement.
RESPONSES = (Kind.RESPONDED, Kind.INTEREST_GIVEN)
# A bounce belongs to the mail right before it: these lie between a mail and a bounce that is not its own.
CONTACTS = (
    Kind.OUTREACH_DELIVERED,
    Kind.MAIL_DELIVERED,
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
    Kind.FEEDBACK_GIVEN,
    Kind.ASKED,
    Kind.REFERRED,
    Kind.ATTENDED,
    Kind.UNSUBSCRIBED,
)
_DAY = 86_400


@dataclass(frozen=True)
class CohortRow:
    """People first contacted together. `age_days` is how old the youngest of them is; below WINDOW_DAYS the row is immature."""

    label: str
    campaign_id: int | None
    responded: Rate
    interested: Rate
    age_days: int | None
    waiting: int

    @property
    def immature(self) -> bool:
        """Whether somebody still has time to answer."""
        return self.age_days is not None and self.age_days < WINDOW_DAYS


@dataclass(frozen=True)
class _Group:
    """The sums of one campaign in one month; each person's attempt is in one group only, so groups can be added up."""

    campaign_id: int | None
    month: int | None
    people: int
    answered: int
    agreed: int
    youngest: datetime
    waiting: int


def response_rate(filters: Filters) -> Report[CohortRow]:
    """The cohort of a period as a whole, by the campaign that opened it, and by month of first contact."""
    cohort = cohort_of(filters)
    parts = months(filters)
    names = campaign_names()
    month = month_of(cohort.c.at, parts)
    found = db.session.execute(select(cohort.c.campaign_id, month, *_sums(cohort)).group_by(cohort.c.campaign_id, month)).all()
    groups = [_Group(*row) for row in found]
    campaigns = {group.campaign_id for group in groups}
    by_campaign = [_row(names.get(one, "—"), one, [g for g in groups if g.campaign_id == one]) for one in campaigns]
    by_month = [_row(part.label, None, [g for g in groups if g.month == at]) for at, part in enumerate(parts)]
    return Report(total=_row("", None, groups), by_campaign=_ranked(by_campaign), by_month=by_month)


def cohort_of(filters: Filters) -> Subquery:
    """One row per person first contacted in the period, with whether they answered in time and whether with a yes."""
    opened = openings()
    answered, agreed = _answered(opened), _answered(opened, agreed=True)
    rows = select(opened.c.candidate_id, opened.c.at, opened.c.campaign_id, answered.label("answered"), agreed.label("agreed"))
    rows = rows.where(within(opened.c.at, span(filters)))
    rows = rows.where(*of_campaigns(filters, opened.c.campaign_id))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(opened.c.candidate_id.in_(people))
    return rows.subquery()


def openings(people: Select[Any] | None = None) -> Subquery:
    """First delivered outreaches (candidate, moment, campaign): a person's first, and any that is AGAIN_DAYS after the last.

    `people` narrows to the ids of a few: databases do not see by themselves that the others need not be looked at.
    """
    before = func.lag(Touchpoint.at).over(partition_by=Touchpoint.candidate_id, order_by=(Touchpoint.at, Touchpoint.id))
    delivered = (
        select(Touchpoint.candidate_id, Touchpoint.at, Touchpoint.campaign_id, before.label("before"))
        .where(Touchpoint.kind == Kind.OUTREACH_DELIVERED, Touchpoint.id.not_in(bounced_mails()))
        .where(*([] if people is None else [Touchpoint.candidate_id.in_(people)]))
        .subquery()
    )
    again = seconds(delivered.c.at) - seconds(delivered.c.before) >= AGAIN_DAYS * _DAY
    first = select(delivered.c.candidate_id, delivered.c.at, delivered.c.campaign_id)
    return first.where(or_(delivered.c.before.is_(None), again)).subquery()


def bounced_mails() -> Select[Any]:
    """Numbers of the mails that came back: for each bounce the last contact before it."""
    bounce = select(Touchpoint.id, Touchpoint.candidate_id, Touchpoint.at).where(Touchpoint.kind == Kind.BOUNCED).subquery()
    earlier = or_(Touchpoint.at < bounce.c.at, (Touchpoint.at == bounce.c.at) & (Touchpoint.id < bounce.c.id))
    last = select(Touchpoint.id).where(Touchpoint.candidate_id == bounce.c.candidate_id, Touchpoint.kind.in_(CONTACTS), earlier)
    last = last.order_by(Touchpoint.at.desc(), Touchpoint.id.desc()).limit(1)
    found = select(last.correlate(bounce).scalar_subquery().label("id")).select_from(bounce).subquery()
    return select(found.c.id).where(found.c.id.is_not(None))


def _answered(opened: Subquery, *, agreed: bool = False) -> ColumnElement[int]:
    """1 when an answer came within the window."""
    in_time = seconds(Touchpoint.at) - seconds(opened.c.at) <= WINDOW_DAYS * _DAY
    answer = exists().where(
        Touchpoint.candidate_id == opened.c.candidate_id, Touchpoint.kind.in_(RESPONSES), Touchpoint.at >= opened.c.at, in_time
    )
    if agreed:
        yes = Touchpoint.details["answer"].as_string() == Answer.INTERESTED.value
        answer = answer.where(or_(Touchpoint.kind == Kind.INTEREST_GIVEN, yes))
    return case((answer, 1), else_=0)


def _sums(cohort: Subquery) -> list[ColumnElement[Any]]:
    """People, answers, yeses, the youngest opening, and how many are still within their window."""
    ripe = clock.now() - timedelta(days=WINDOW_DAYS)
    waiting = func.sum(case(((cohort.c.at > ripe) & (cohort.c.answered == 0), 1), else_=0))
    return [func.count(), func.sum(cohort.c.answered), func.sum(cohort.c.agreed), func.max(cohort.c.at), waiting]


def _row(label: str, campaign_id: int | None, groups: Sequence[_Group]) -> CohortRow:
    people = sum(group.people for group in groups)
    responded = Rate(sum(group.answered for group in groups), people)
    interested = Rate(sum(group.agreed for group in groups), people)
    age = _age(max((group.youngest for group in groups), default=None))
    return CohortRow(label, campaign_id, responded, interested, age, sum(group.waiting for group in groups))


def _age(youngest: datetime | None) -> int | None:
    return (clock.now() - youngest) // timedelta(days=1) if youngest else None


def _ranked(rows: list[CohortRow]) -> list[CohortRow]:
    """Best first."""
    return sorted(rows, key=lambda row: (-(row.responded.value or 0), -row.responded.of, row.label))
