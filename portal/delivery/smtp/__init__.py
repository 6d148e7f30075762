"""The dialogue with a mail server. Each failure says whether the mail may have been taken: that decides what may be done."""

from portal.delivery.smtp.line import Line
from portal.delivery.smtp.pipeline import Mail, Watcher, run
from portal.delivery.smtp.server import Server
from portal.delivery.smtp.troubles import Permanent, Temporary, Trouble, Unknown, Unreachable, Withdrawn

__all__ = [
    "Line",
    "Mail",
    "Permanent",
    "Server",
    "Temporary",
    "Trouble",
    "Unknown",
    "Unreachable",
    "Watcher",
    "Withdrawn",
    "run",
]
