"""The worker's chores that move a mailing, and the rows that they make."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.db import db
from portal.delivery import jobs as delivery_jobs
from portal.delivery.models import Delivery, Purpose
from portal.extensions import jobs
from portal.mailings import jobs as mailing_jobs
from portal.mailings.models import Mailing

CHORES = ("mailings.start_due", "delivery.send", "mailings.finish")
REGISTERED = (delivery_jobs, mailing_jobs)  # importing them is what registers the chores


def work() -> None:
    """Everything that the worker would do now."""
    while sum(jobs.all[name].run() for name in CHORES):
        pass


def rows(mailing: Mailing) -> Sequence[Delivery]:
    """The delivery rows of a mailing, in the order in which they were made."""
    own = select(Delivery).filter_by(purpose=Purpose.MAILING, subject_id=mailing.id)
    return db.session.scalars(own.order_by(Delivery.id)).all()
