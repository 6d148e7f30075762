"""What the worker does with what comes back."""

from datetime import timedelta

from portal.extensions import jobs
from portal.inbound import services


@jobs.job("inbound.read", every=timedelta(minutes=1))
def read() -> int:
    """Read the mailbox."""
    return services.read_mailbox()


@jobs.job("inbound.forget", every=timedelta(hours=1))
def forget() -> int:
    """Let go of what is old."""
    return services.forget()
