"""Taking in what comes back: `receiving` one mail, `reading` a mailbox, `settling` what waits."""

from portal.inbound.services.reading import read_mailbox
from portal.inbound.services.receiving import receive
from portal.inbound.services.settling import forget, replay, settle
from portal.inbound.verdicts import LARGEST

__all__ = ["LARGEST", "forget", "read_mailbox", "receive", "replay", "settle"]
