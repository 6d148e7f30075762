"""What the worker does for sourcing."""

from datetime import timedelta

from portal.extensions import jobs
from portal.sourcing import services


@jobs.job("sourcing.complete", every=timedelta(hours=1))
def complete() -> int:
    """Keep the lines of personas as criteria, where that has not been done yet."""
    return services.complete_personas()
