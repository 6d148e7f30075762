"""What is done with mailings: their texts, their runs, and the series that make them."""

from portal.mailings.services.reminders import remind
from portal.mailings.services.runs import (
    BEFORE_START,
    cancel,
    due_at,
    fill,
    finish,
    pause,
    plan,
    resume,
    start,
    start_planned,
    stopped_because,
)
from portal.mailings.services.series import (
    add_series,
    edit_series,
    end_series,
    make_series,
    next_issue,
    pause_series,
    resume_series,
    start_series,
)
from portal.mailings.services.texts import Text, add_mailing, duplicate, edit_mailing

__all__ = [
    "BEFORE_START",
    "Text",
    "add_mailing",
    "add_series",
    "cancel",
    "due_at",
    "duplicate",
    "edit_mailing",
    "edit_series",
    "end_series",
    "fill",
    "finish",
    "make_series",
    "next_issue",
    "pause",
    "pause_series",
    "plan",
    "remind",
    "resume",
    "resume_series",
    "start",
    "start_due",
    "start_planned",
    "start_series",
    "stopped_because",
]


def start_due() -> int:
    """Begin what is due, and make the delivery rows of what has begun; a slice, returns how much was done."""
    return start_series() + start_planned() + fill()
