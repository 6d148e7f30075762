"""What the worker does for mailings.

When nothing ran at the time: what is late by up to a day is caught up on, each recipient at once; what is later is skipped and
noted at the mailing. So an outage may cost a newsletter, never make two.
"""

from datetime import timedelta

from portal.extensions import jobs
from portal.mailings import services


@jobs.job("mailings.start_due", every=timedelta(minutes=1))
def start_due() -> int:
    """Begin what is due and make its delivery rows."""
    return services.start_due()


@jobs.job("mailings.remind", every=timedelta(minutes=1))
def remind() -> int:
    """Write to those whose day has come."""
    return services.remind()


@jobs.job("mailings.finish", every=timedelta(minutes=1))
def finish() -> int:
    """Close what is over."""
    return services.finish()
