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
    """Learn which messages have left, by mail or by hand, and which follow-ups."""
    return services.settle() + services.settle_handed() + services.settle_follow_ups()


@jobs.job("outreach.follow_up", every=timedelta(minutes=1))
def follow_up() -> int:
    """Hand in the follow-ups that are due, and stop those whose people were heard of."""
    return services.follow_up()


@jobs.job("outreach.end", every=timedelta(minutes=10))
def end() -> int:
    """End the campaigns whose last day has passed."""
    return services.end_due()
