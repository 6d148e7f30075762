"""Letters of outreach."""

from portal.delivery.emails import Letter
from portal.delivery.models import Delivery


def compose(delivery: Delivery) -> Letter:
    """The letter that belongs to a delivery."""
    raise NotImplementedError
