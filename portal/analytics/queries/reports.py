"""The monthly report: who wants it, and which month is due."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from portal import clock
from portal.accounts.models import User
from portal.accounts.permissions import Right, may
from portal.analytics.models import MonthlyReport, ReportSubscription
from portal.config import settings
from portal.db import db
from portal.errors import NotFound

# On the first working day of a month, before people begin to work.
MORNING = time(7)
_SATURDAY = 5


def find_subscription(user_id: int) -> ReportSubscription | None:
    """Whether somebody wants the monthly report."""
    return db.session.scalar(select(ReportSubscription).filter_by(user_id=user_id))


def find_report(user_id: int, month: date) -> MonthlyReport | None:
    """The report of a month to somebody, when it was made."""
    return db.session.scalar(select(MonthlyReport).filter_by(user_id=user_id, month=month))


def get_report(number: int) -> MonthlyReport:
    """A report by number."""
    if (report := db.session.get(MonthlyReport, number)) is None:
        raise NotFound("There is no such report.")
    return report


def due() -> tuple[date, datetime]:
    """The latest month (its first day) whose report is due, and since when: the first working day of the month after it."""
    first = clock.today(settings().time_zone).replace(day=1)
    if clock.now() < opens(first):
        first = _month_before(first)
    return _month_before(first), opens(first)


def opens(first: date) -> datetime:
    """When reports leave in the month that begins on `first`; weekends wait for Monday, holidays are not known."""
    day = first + timedelta(days=7 - first.weekday() if first.weekday() >= _SATURDAY else 0)
    return datetime.combine(day, MORNING, ZoneInfo(settings().time_zone)).astimezone(UTC)


def list_owed(month: date, since: datetime) -> Sequence[int]:
    """Members of staff who are owed the report of a month; who subscribed after it was due waits for the next."""
    made = exists().where(MonthlyReport.user_id == User.id, MonthlyReport.month == month)
    wanted = select(User).join(ReportSubscription, ReportSubscription.user_id == User.id).order_by(User.id)
    users = db.session.scalars(wanted.where(ReportSubscription.created_at <= since, User.active, ~made)).all()
    return [user.id for user in users if may_read(user)]


def may_read(user: User) -> bool:
    """Whether somebody may see the numbers now."""
    return bool(user.active) and may(user, Right.SEE_NUMBERS)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
