"""What the worker does for hires."""

from datetime import timedelta

from portal.extensions import jobs
from portal.hiring import services


@jobs.job("hiring.ask", every=timedelta(hours=1))
def ask() -> int:
    """Ask managers about whom a day has come."""
    return services.ask_due()


@jobs.job("hiring.remind", every=timedelta(hours=1))
def remind() -> int:
    """Write once more to who has not answered."""
    return services.remind_due()
