"""A mailbox, mail by mail: first what comes of it is safe in the database, then the mailbox hears that it was read.

Killed in between, the mail is found again next time and known by its digest: nothing is lost, nothing counts twice.
"""

from portal.config import settings
from portal.inbound.mailboxes import open_mailbox
from portal.inbound.services.receiving import receive

SLICE = 200


def read_mailbox() -> int:
    """Read a slice of what waits in the mailbox of the settings; returns how many. BrokenSetup when it cannot be opened."""
    url = settings().inbound_url.get_secret_value()
    if not url:
        return 0
    done = 0
    with open_mailbox(url) as mailbox:
        for mail in mailbox.fetch(SLICE):
            receive(mail.raw, size=mail.size)
            mailbox.done(mail.key)
            done += 1
    return done
