"""The worker's chores that move a mailing."""

from portal.delivery import jobs as delivery_jobs
from portal.extensions import jobs
from portal.mailings import jobs as mailing_jobs

CHORES = ("mailings.start_due", "delivery.send", "mailings.finish")
REGISTERED = (delivery_jobs, mailing_jobs)  # importing them is what registers the chores


def work() -> None:
    """Everything that the worker would do now."""
    while sum(jobs.all[name].run() for name in CHORES):
        pass
