"""What the worker does for events."""

from datetime import timedelta

from portal.events import services
from portal.extensions import jobs


@jobs.job("events.forget", every=timedelta(hours=1))
def forget() -> int:
    """Delete what nobody confirmed."""
    return services.forget()
