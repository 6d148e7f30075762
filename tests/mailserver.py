"""A real SMTP server in this process, and what it received."""

import contextlib
import email
import email.policy
import re
import threading
from collections.abc import Iterator
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.services import free_port

LINK = re.compile(r"https?://[^\s<>\")\]]+")


class Mailbox:
    """Everything that arrived, in order: (recipient, bytes)."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.url = ""
        self._lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """aiosmtpd calls this with a whole mail."""
        with self._lock:
            self.received += [(recipient, bytes(envelope.content)) for recipient in envelope.rcpt_tos]
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address, parsed."""
        return [parse(raw) for recipient, raw in self.received if recipient == address]


def parse(raw: bytes) -> EmailMessage:
    """A mail as Python's own parser reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    """The plain text part."""
    return message.get_body(("plain",)).get_content()


def links_of(message: EmailMessage) -> list[str]:
    """The addresses in the plain text part, in order."""
    return [link.rstrip(".,") for link in LINK.findall(text_of(message))]


@contextlib.contextmanager
def listening() -> Iterator[Mailbox]:
    """A mail server on a free port until the block ends; its address is `mailbox.url`."""
    mailbox = Mailbox()
    for attempt in range(5):
        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
        try:
            controller.start()
            break
        except OSError:  # somebody was faster with this port
            if attempt == 4:
                raise
    mailbox.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield mailbox
    finally:
        controller.stop()
