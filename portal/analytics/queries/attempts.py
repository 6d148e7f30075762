"""The cohort that conversion and time to engagement follow: attempts, each from its first delivered outreach to the next attempt.

What a person does counts for the attempt in which it happened, so nothing counts twice for somebody who was contacted again
half a year later.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select

from portal import clock
from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns, span, within
from portal.analytics.queries.response import openings

DAY = 86_400


def attempts(filters: Filters) -> Subquery:
    """Attempts that began in the period: candidate_id, at, until (the person's next attempt, or None) and campaign_id."""
    opened = openings()
    until = func.lead(opened.c.at).over(partition_by=opened.c.candidate_id, order_by=opened.c.at)
    every = select(opened.c.candidate_id, opened.c.at, opened.c.campaign_id, until.label("until")).subquery()
    rows = select(every).where(within(every.c.at, span(filters)), *of_campaigns(filters, every.c.campaign_id))
    if (people := chosen_people(filters)) is not None:
        rows = rows.where(every.c.candidate_id.in_(people))
    return rows.subquery()


def during(attempt: Any, at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a moment lies in an attempt (the columns of `attempts`)."""
    return and_(at >= attempt.at, or_(attempt.until.is_(None), at < attempt.until))


def age_of(youngest: datetime | None) -> int | None:
    """Whole days since a moment; None when there is none."""
    return (clock.now() - youngest) // timedelta(days=1) if youngest else None
