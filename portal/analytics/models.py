"""Who gets the numbers by mail every month, and which reports were made."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row


class ReportSubscription(Row):
    """A member of staff who wants the monthly report. Ending it deletes the row."""

    __tablename__ = "report_subscription"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    user: Mapped[User] = relationship()
    created_at: Mapped[datetime]


class MonthlyReport(Row):
    """The report of a month (its first day) to a member of staff: there is never a second one, whoever asks for it."""

    __tablename__ = "monthly_report"
    __table_args__ = (UniqueConstraint("user_id", "month"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    user: Mapped[User] = relationship()
    month: Mapped[date]
    created_at: Mapped[datetime]
