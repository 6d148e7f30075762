"""What the worker does for outreach."""

from datetime import timedelta

from portal.extensions import jobs
from portal.outreach import services


@jobs.job("outreach.classify", every=timedelta(minutes=1))
def classify() -> int:
    """Judge new visits."""
    return services.classify()


@jobs.job("outreach.settle", every=timedelta(minutes=1))
def settle() -> int:
    """Learn which messages have left."""
    return services.settle()
