"""What the worker does for feedback."""

from datetime import timedelta

from portal.extensions import jobs
from portal.feedback import services


@jobs.job("feedback.ask", every=timedelta(minutes=10))
def ask() -> int:
    """Ask whom the rules want to be asked."""
    return services.ask_due()


@jobs.job("feedback.remind", every=timedelta(hours=1))
def remind() -> int:
    """Write once more to who has not answered."""
    return services.remind_due()


@jobs.job("feedback.release", every=timedelta(hours=1))
def release() -> int:
    """Open boxes where five wait. By the hour, so that nobody sees a batch appear with somebody's press."""
    return services.release_batches()


@jobs.job("feedback.purge", every=timedelta(hours=1))
def purge() -> int:
    """Forget what was kept aside for a week."""
    return services.purge()
