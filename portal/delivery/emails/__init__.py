"""What goes on the wire: from a Letter that a feature above composed to MIME bytes, and back to something to look at."""

from portal.delivery.emails.compiled import Compiled
from portal.delivery.emails.frame import Frame, Reading, frame, read, read_text
from portal.delivery.emails.letters import BadHeader, Bulk, Composer, Letter, Picture, Withheld
from portal.delivery.emails.lint import Problem, lint, size_of
from portal.delivery.emails.masking import mask
from portal.delivery.emails.mime import Envelope, Kept, own_page_link, pack, pack_many
from portal.delivery.emails.rendering import Written, sheet_of, write
from portal.delivery.emails.senders import sender_address
from portal.delivery.emails.speaking import speaking_to

__all__ = [
    "BadHeader",
    "Bulk",
    "Compiled",
    "Composer",
    "Envelope",
    "Frame",
    "Kept",
    "Letter",
    "Picture",
    "Problem",
    "Reading",
    "Withheld",
    "Written",
    "frame",
    "lint",
    "mask",
    "own_page_link",
    "pack",
    "pack_many",
    "read",
    "read_text",
    "sender_address",
    "sheet_of",
    "size_of",
    "speaking_to",
    "write",
]
