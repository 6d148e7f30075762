"""What is done with people: one by one (`people`) and by the list (`imports`)."""

from portal.candidates.details import Details
from portal.candidates.services.people import (
    Assignment,
    add,
    add_note,
    admissible,
    allow_contact,
    edit,
    object_to_contact,
    refuse_suppressed,
    resubscribe,
    set_preferences,
    stop_contact,
    unsubscribe,
)

__all__ = [
    "Assignment",
    "Details",
    "add",
    "add_note",
    "admissible",
    "allow_contact",
    "edit",
    "object_to_contact",
    "refuse_suppressed",
    "resubscribe",
    "set_preferences",
    "stop_contact",
    "unsubscribe",
]
