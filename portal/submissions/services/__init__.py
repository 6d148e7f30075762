"""What happens when candidates say something."""

from portal.submissions.services.interest import Given, give_interest
from portal.submissions.services.quarantine import INTEREST, content_of, discard, keep_aside, purge, release
from portal.submissions.services.responses import respond

__all__ = [
    "INTEREST",
    "Given",
    "content_of",
    "discard",
    "give_interest",
    "keep_aside",
    "purge",
    "release",
    "respond",
]
