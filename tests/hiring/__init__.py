"""What tests of hires share."""

from datetime import date, timedelta

from portal import clock
from portal.config import settings
from portal.hiring.services import Offer

MANAGER = {"manager_name": "Imke Redenius", "manager_email": "imke@sielwerk.example"}


def today(days: int = 0) -> date:
    """Today in the company's zone, or a day before or after it."""
    return clock.today(settings().time_zone) + timedelta(days=days)


def offer_to(candidate_id: int, **more) -> Offer:
    """An offer accepted today, whose manager is known."""
    return Offer(**{"role": "Welder", "accepted_on": today(), "candidate_id": candidate_id, **MANAGER} | more)
