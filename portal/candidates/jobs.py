"""What the worker does for lists of people, and to find those who are here twice."""

from datetime import timedelta

from portal.candidates import services
from portal.extensions import jobs


@jobs.job("candidates.import_read")
def import_read() -> int:
    """Take large files apart."""
    return services.read_slice()


@jobs.job("candidates.import_check")
def import_check() -> int:
    """Check rows of uploaded lists, a slice at a time."""
    return services.check_slice()


@jobs.job("candidates.import_run")
def import_run() -> int:
    """Write the people of confirmed lists, then tidy up."""
    return services.run()


@jobs.job("candidates.import_undo")
def import_undo() -> int:
    """Take finished imports back, a slice at a time."""
    return services.undo_slice()


@jobs.job("candidates.import_expire", every=timedelta(hours=1))
def import_expire() -> int:
    """Throw away lists that nobody confirmed, and what is kept for undoing when its time is over."""
    return services.discard_forgotten() + services.forget_undo() + services.settle_merges()


@jobs.job("candidates.find_duplicates")
def find_duplicates() -> int:
    """Look for second rows of people of whom something changed."""
    return services.compare_slice()
