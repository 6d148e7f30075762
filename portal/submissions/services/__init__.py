"""What happens when candidates say something."""

from portal.submissions.services.feedback import Said, give_feedback
from portal.submissions.services.interest import Given, give_interest
from portal.submissions.services.quarantine import FEEDBACK, INTEREST, content_of, discard, keep_aside, purge, release
from portal.submissions.services.responses import respond

__all__ = [
    "FEEDBACK",
    "INTEREST",
    "Given",
    "Said",
    "content_of",
    "discard",
    "give_feedback",
    "give_interest",
    "keep_aside",
    "purge",
    "release",
    "respond",
]
