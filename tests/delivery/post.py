"""A mail server of our own: a real SMTP dialogue, a ledger of what it took, and faults on request."""

import asyncio
import contextlib
import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Post:
    """What came in. `at_rcpt`, `at_data` answer instead of “250”, by recipient; `before_answer` runs when a mail is complete."""

    port: int = 0
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[str], None] | None = None
    stall_seconds: float = 0
    hang_up_at: str = ""
    greetings: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [recipient for _sender, recipient, _raw in self.taken]

    def mails(self) -> list[EmailMessage]:
        """What was taken, as Python's own parser understands it."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for _sender, _recipient, raw in self.taken]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 - aiosmtpd's names
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.hang_up_at == "MAIL":
            server.transport.close()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.at_rcpt.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        [recipient] = envelope.rcpt_tos
        if self.stall_seconds:
            await asyncio.sleep(self.stall_seconds)
        if self.hang_up_at == "dot":
            server.transport.abort()
            return "250 never read"
        if answer := self.at_data.get(recipient):
            return answer
        if self.before_answer:
            await asyncio.get_running_loop().run_in_executor(None, self.before_answer, recipient)
        self.taken.append((envelope.mail_from, recipient, envelope.original_content))
        return "250 taken"


class _Controller(Controller):
    def _trigger_server(self):
        """The base class calls the server once to see that it answers; it must not call port 0."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self):
        return SMTP(self.handler, hostname="post.test", **self.SMTP_kwargs)


@contextlib.contextmanager
def post_office(smtputf8: bool = True, **more) -> Iterator[Post]:
    """A server on a free port until the block ends."""
    post = Post()
    controller = _Controller(post, hostname="127.0.0.1", port=0, enable_SMTPUTF8=smtputf8, **more)
    controller.start()
    post.port, post.greetings = controller.port, 0
    try:
        yield post
    finally:
        controller.stop(no_assert=True)
