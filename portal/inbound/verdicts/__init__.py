"""What a mail that came in is, and what follows. Pure: bytes in, findings out."""

from portal.inbound.verdicts.automatic import is_automatic, is_from_a_machine
from portal.inbound.verdicts.bounces import Report, bounce_of, read_report
from portal.inbound.verdicts.complaints import is_complaint, named_mails
from portal.inbound.verdicts.reading import (
    LARGEST,
    Unreadable,
    addressees,
    digest_of,
    head_of,
    header,
    message_ids,
    parse,
    sender_of,
)
from portal.inbound.verdicts.replies import own_words, wants_stop

__all__ = [
    "LARGEST",
    "Report",
    "Unreadable",
    "addressees",
    "bounce_of",
    "digest_of",
    "head_of",
    "header",
    "is_automatic",
    "is_complaint",
    "is_from_a_machine",
    "message_ids",
    "named_mails",
    "own_words",
    "parse",
    "read_report",
    "sender_of",
    "wants_stop",
]
