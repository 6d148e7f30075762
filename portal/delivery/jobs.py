"""What the worker does for delivery."""

from datetime import timedelta

from portal.delivery import services
from portal.extensions import jobs


@jobs.job("delivery.send", every=timedelta(minutes=1))
def send() -> int:
    """Send what is due."""
    return services.send_slice()


@jobs.job("delivery.sweep", every=timedelta(minutes=1))
def sweep() -> int:
    """Tidy up after workers that stopped."""
    return services.sweep()
