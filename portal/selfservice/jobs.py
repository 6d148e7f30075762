"""What the worker does for the own page."""

from datetime import timedelta

from portal.extensions import jobs
from portal.selfservice import services


@jobs.job("selfservice.links")
def hand_on() -> int:
    """Queue the mails with fresh links."""
    return services.hand_on()


@jobs.job("selfservice.forget", every=timedelta(hours=1))
def forget() -> int:
    """Throw away links and addresses that nobody used."""
    return services.forget()
