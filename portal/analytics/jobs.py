"""What the worker does for the numbers."""

from datetime import timedelta

from portal.analytics import services
from portal.extensions import jobs


@jobs.job("analytics.report", every=timedelta(minutes=10))
def report() -> int:
    """Send the monthly report to who wants it."""
    return services.send_due()
