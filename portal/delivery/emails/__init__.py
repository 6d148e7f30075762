"""What goes on the wire: from a Letter that a feature above composed to MIME bytes, and back to something to look at."""

from portal.delivery.emails.frame import Frame, Reading, frame, read
from portal.delivery.emails.letters import BadHeader, Composer, Letter, Withheld
from portal.delivery.emails.mime import Envelope, pack, sender_address
from portal.delivery.emails.rendering import Written, write

__all__ = [
    "BadHeader",
    "Composer",
    "Envelope",
    "Frame",
    "Letter",
    "Reading",
    "Withheld",
    "Written",
    "frame",
    "pack",
    "read",
    "sender_address",
    "write",
]
