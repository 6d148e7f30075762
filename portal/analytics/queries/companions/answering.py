"""How soon we answer: what the public promise is measured by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.analytics.queries.durations import Durations, durations
from portal.analytics.queries.periods import Filters, months, seconds, span
from portal.db import db
from portal.submissions.models import Question

_DAY = 86_400


@dataclass(frozen=True)
class AnsweringRow:
    """Questions to the team answered in a period, and how long they had waited. `label` is the month as 2026-11, or empty."""

    label: str
    answered: Durations


@dataclass(frozen=True)
class AnsweringReport:
    """The whole, by month; `waiting` questions are open at this moment, whenever they were asked."""

    total: AnsweringRow
    by_month: Sequence[AnsweringRow]
    waiting: int


def time_to_answer(filters: Filters) -> AnsweringReport:
    """Questions answered in a period, without what was removed. They are narrowed by the period only: many askers are unknown."""
    waited = seconds(Question.answered_at) - seconds(Question.at)
    whole, kept = span(filters), Question.removed_at.is_(None)
    answered = select(Question.answered_at, waited).where(
        kept, Question.answered_at >= whole.start, Question.answered_at < whole.end
    )
    found: list[tuple[datetime, float]] = [(at, wait / _DAY) for at, wait in db.session.execute(answered) if at]
    by_month = [
        AnsweringRow(part.label, durations([days for at, days in found if part.start <= at < part.end]))
        for part in months(filters)
    ]
    waiting = db.session.scalar(select(func.count(Question.id)).where(kept, Question.answered_at.is_(None)))
    return AnsweringReport(AnsweringRow("", durations([days for _at, days in found])), by_month, waiting or 0)
