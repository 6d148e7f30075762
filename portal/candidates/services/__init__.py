"""What is done with people: one by one (`people`), and by the list (`imports`; `rows` judges, `writing` writes)."""

from portal.candidates.details import Details
from portal.candidates.services.imports import (
    check_mapping,
    check_slice,
    confirm,
    confirm_mapping,
    discard,
    discard_forgotten,
    run,
    upload,
)
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
    "check_mapping",
    "check_slice",
    "confirm",
    "confirm_mapping",
    "discard",
    "discard_forgotten",
    "edit",
    "object_to_contact",
    "refuse_suppressed",
    "resubscribe",
    "run",
    "set_preferences",
    "stop_contact",
    "unsubscribe",
    "upload",
]
