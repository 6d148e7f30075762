""" "Not now, ask me on a day": silence until then, and on that day exactly one mail, whoever has left meanwhile."""

from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.delivery.verdicts import morning_of
from portal.mailings import queries

SLICE = 200


def remind() -> int:
    """Write the delivery rows of those whose day has come; returns how many. A row for each answer: never a second."""
    with transaction():
        due = queries.list_to_remind(SLICE)
        for response in due:
            morning = morning_of(response.ask_on, response.candidate) if response.ask_on else None
            delivery.enqueue(Purpose.REMINDER, response.id, [response.candidate_id], morning)
        return len(due)
