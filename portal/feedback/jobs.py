"""What the worker does for feedback."""

from datetime import timedelta

from portal.extensions import jobs
from portal.feedback import services


@jobs.job("feedback.purge", every=timedelta(hours=1))
def purge() -> int:
    """Forget what was kept aside for a week."""
    return services.purge()
