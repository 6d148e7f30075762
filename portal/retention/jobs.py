"""What the worker does so that the days of deletion are true and kept."""

from datetime import timedelta

from portal.extensions import jobs
from portal.privacy import services as privacy
from portal.retention import services


@jobs.job("retention.terms")
def terms() -> int:
    """Move the days of people who did something lately, and look again at those that were worked out yesterday."""
    return privacy.settle_contacts() + privacy.settle_stale()


@jobs.job("retention.remind", every=timedelta(minutes=10))
def remind() -> int:
    """Ask whether they may be kept."""
    return services.remind_slice()


@jobs.job("retention.delete", every=timedelta(minutes=10))
def delete() -> int:
    """Delete whose day has come."""
    return services.delete_slice()


@jobs.job("retention.end_holds", every=timedelta(minutes=10))
def end_holds() -> int:
    """End legal holds on their day."""
    return services.end_due_holds()


@jobs.job("retention.scrub")
def scrub() -> int:
    """Clear the database's files of what was erased, once for all who wait for it."""
    return privacy.scrub()


@jobs.job("retention.prune", every=timedelta(hours=6))
def prune() -> int:
    """Drop what is too old in the audit trail, and copies that a restore left."""
    return privacy.prune_trail() + services.forget_copies()
