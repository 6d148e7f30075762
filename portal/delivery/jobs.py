"""What the worker does for delivery."""

from datetime import timedelta

from portal.delivery import services
from portal.extensions import jobs


@jobs.job("delivery.send", every=timedelta(minutes=1))
def send() -> int:
    """Send what is due."""
    return services.send_due()


@jobs.job("delivery.forget", every=timedelta(hours=1))
def forget() -> int:
    """Let go of copies of mail to people who are no candidates."""
    return services.forget_strangers()


@jobs.job("delivery.sweep", every=timedelta(minutes=1))
def sweep() -> int:
    """Tidy up after workers that stopped."""
    return services.sweep()
