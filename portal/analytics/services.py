"""The monthly report: asked for, ended, and sent."""

from datetime import date

from sqlalchemy import delete, select

from portal import clock
from portal.accounts.models import User
from portal.analytics.models import MonthlyReport, ReportSubscription
from portal.analytics.queries import reports as queries
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose


def subscribe(user: User) -> ReportSubscription:
    """From the next one on, the monthly report goes to this member of staff. Asking twice changes nothing."""
    with transaction() as session:
        session.scalars(select(User).filter_by(id=user.id).with_for_update()).one()
        if found := queries.find_subscription(user.id):
            return found
        made = ReportSubscription(user_id=user.id, created_at=clock.now())
        session.add(made)
        session.flush()
        return made


def unsubscribe(user: User) -> None:
    """No report any more; one that has not left stays here."""
    with transaction() as session:
        session.execute(delete(ReportSubscription).filter_by(user_id=user.id))


def send_due() -> int:
    """Hand in the report that is due to everybody who has not had it; returns how many. What is older is not caught up on."""
    month, since = queries.due()
    return sum(_send(user_id, month) for user_id in queries.list_owed(month, since))


def _send(user_id: int, month: date) -> bool:
    """The subscription is locked and looked at anew: another worker may have been faster."""
    with transaction() as session:
        wanted = session.scalars(select(ReportSubscription).filter_by(user_id=user_id).with_for_update()).one_or_none()
        if wanted is None or queries.find_report(user_id, month):
            return False
        report = MonthlyReport(user_id=user_id, month=month, created_at=clock.now())
        session.add(report)
        session.flush()
        delivery.enqueue_to(Purpose.REPORT, report.id, wanted.user.email, wanted.user.full_name)
        return True
