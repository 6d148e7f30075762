"""The definitions of METRICS.md once more, slowly, person by person, with nothing shared with the code under test."""

from tests.analytics.recount.contacts import attempts, engagement, response
from tests.analytics.recount.feedback import feedback
from tests.analytics.recount.hires import accepted, time_to_hire
from tests.analytics.recount.people import Event, Move, Person, people_of
from tests.analytics.recount.pool import pool
from tests.analytics.recount.stages import STAGES, conversion, kaplan_meier, plain, waits, within

__all__ = [
    "STAGES",
    "Event",
    "Move",
    "Person",
    "accepted",
    "attempts",
    "conversion",
    "engagement",
    "feedback",
    "kaplan_meier",
    "people_of",
    "plain",
    "pool",
    "response",
    "time_to_hire",
    "waits",
    "within",
]
