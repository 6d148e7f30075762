"""What the worker does for submissions: it forgets, each thing at its time."""

from datetime import timedelta

from portal.extensions import jobs
from portal.submissions import services


@jobs.job("submissions.purge", every=timedelta(hours=1))
def purge() -> int:
    """Forget posts kept aside, interest nobody confirmed, taps, friends who did not answer, addresses that did their work."""
    return (
        services.purge()
        + services.forget_pending()
        + services.forget_taps()
        + services.forget_friends()
        + services.forget_addresses()
    )
