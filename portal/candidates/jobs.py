"""What the worker does for lists of people."""

from datetime import timedelta

from portal.candidates import services
from portal.extensions import jobs


@jobs.job("candidates.import_check")
def import_check() -> int:
    """Check rows of uploaded lists, a slice at a time."""
    return services.check_slice()


@jobs.job("candidates.import_run")
def import_run() -> int:
    """Write the people of confirmed lists."""
    return services.run()


@jobs.job("candidates.import_expire", every=timedelta(hours=1))
def import_expire() -> int:
    """Throw away lists that nobody confirmed."""
    return services.discard_forgotten()
