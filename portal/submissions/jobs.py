"""What the worker does for submissions."""

from datetime import timedelta

from portal.extensions import jobs
from portal.submissions import services


@jobs.job("submissions.purge", every=timedelta(hours=1))
def purge() -> int:
    """Forget what was kept aside for a week."""
    return services.purge()
