"""One connection, opened by the first mail and kept for the next ones.

The standard library's client rather than Flask-Mail: we must know at which command a dialogue broke, and Flask-Mail hides the
commands, sets no time-outs, does not check certificates in STARTTLS and builds its messages itself.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import NoReturn

from portal.delivery.smtp.server import Server
from portal.delivery.smtp.troubles import Permanent, Temporary, Unknown, Unreachable, Withdrawn

# RFC 5321, 4.5.3.2, and shorter where nobody is harmed by that.
CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 60.0
DOT_SECONDS = 600.0
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_LONGEST_LINE = 4096
_OK = 250
_FORWARDED = 251
_GO_ON = 354
_CLOSING = 421
_PERMANENT = 500


def always() -> bool:
    """No last look is wanted."""
    return True


class Line:
    """A connection to the mail server. `send` hands over one mail in lock-step; `portal.delivery.smtp.run` many in a pipeline."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None
        self.served = False  # a mail went over this connection; one that has served may be closed from the other end
        self.unclean = False  # a transaction was begun and refused: RSET before the next

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._client.quit()
        self.hang_up()

    @property
    def is_open(self) -> bool:
        """Whether a mail went over it, or could."""
        return self._client is not None

    def open(self) -> bool:
        """Connect unless that is done; returns whether the server takes commands in groups (RFC 2920). Raises Unreachable."""
        client = self._client or self._connect()
        return bool(client.has_extn("pipelining"))

    def send(self, sender: str, recipient: str, raw: bytes, may_go: Callable[[], bool] = always) -> None:
        """Hand over one mail; returns when the server has taken it, else raises one of the troubles.

        `may_go` is asked directly before the content leaves; after a no nothing of it does.
        """
        kept = self._client is not None
        try:
            client = self._client or self._connect()
            self._begin(client, sender, recipient, raw)
        except Unreachable:
            if not kept:
                raise
            client = self._connect()  # a kept line may have been closed from the other end
            self._begin(client, sender, recipient, raw)
        self._address(client, recipient)
        self._hand_over(client, raw, may_go)

    def options(self, sender: str, recipient: str, size: int) -> list[str]:
        """What MAIL says besides the sender. Permanent when the server cannot take such an address."""
        client = self._client or self._connect()
        options = [f"size={size}"] if client.has_extn("size") else []
        if not (sender + recipient).isascii():
            if not client.has_extn("smtputf8"):
                raise Permanent("5.6.7 The server takes no addresses beyond ASCII.", 553, recipient=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    def write(self, content: bytes) -> None:
        """Put bytes on the wire. OSError when that fails."""
        client = self._client
        if client is None or client.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        client.sock.sendall(content)

    def reply(self, seconds: float = 0.0) -> tuple[int, str]:
        """One whole reply. Half a line, or one without a code, is a broken connection and not an answer."""
        client = self._client
        if client is None or client.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        client.sock.settimeout(seconds or COMMAND_SECONDS)
        if client.file is None:
            client.file = client.sock.makefile("rb")
        said = []
        while True:
            line = client.file.readline(_LONGEST_LINE)
            if not line.endswith(b"\n") or not line[:3].isdigit():
                raise smtplib.SMTPServerDisconnected("the server broke off")
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said).decode("utf-8", "replace")

    def hang_up(self) -> None:
        """Close the connection; the next mail opens another."""
        if self._client is not None:
            self._client.close()
        self._client = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Whatever breaks in here broke before the mail was complete."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise Unreachable(f"{type(error).__name__}: {error}", _code(error)) from error

    @contextlib.contextmanager
    def complete(self) -> Iterator[None]:
        """Whatever breaks in here broke when the mail may have been complete."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise Unknown(f"{type(error).__name__} after the mail was complete", _code(error)) from error

    def _connect(self) -> smtplib.SMTP:
        server, safe = self._server, ssl.create_default_context()
        with self.watched():
            if server.secure:
                client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=safe)
            else:
                client = smtplib.SMTP(server.host, server.port, timeout=CONNECT_SECONDS)
            self._client, self.served, self.unclean = client, False, False
            if client.sock is not None:
                client.sock.settimeout(COMMAND_SECONDS)
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._introduce(client, safe)
        return client

    def _introduce(self, client: smtplib.SMTP, safe: ssl.SSLContext) -> None:
        """EHLO, encryption where there is a network to guard, sign-in; a password never travels in the open."""
        client.ehlo_or_helo_if_needed()
        if not self._server.secure and not self._server.is_here and client.has_extn("starttls"):
            client.starttls(context=safe)
            client.ehlo()
        if self._server.user:
            if not isinstance(client.sock, ssl.SSLSocket) and not self._server.is_here:
                raise smtplib.SMTPException("the server offers no encryption, so the password was not sent")
            client.login(self._server.user, self._server.password)

    def _begin(self, client: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> None:
        """MAIL FROM. A refusal here is about us, not about the mail's reader."""
        options = self.options(sender, recipient, len(raw))
        code, text = self._ask(lambda: client.mail(sender, options))
        if code != _OK:
            self.hang_up()
            raise Unreachable(f"MAIL: {code} {text}", code)

    def _address(self, client: smtplib.SMTP, recipient: str) -> None:
        code, text = self._ask(lambda: client.rcpt(recipient))
        if code not in {_OK, _FORWARDED}:
            self._refused(client, code, text, of_recipient=True)

    def _hand_over(self, client: smtplib.SMTP, raw: bytes, may_go: Callable[[], bool]) -> None:
        """DATA, the mail, and the dot, from which on a silence means that nobody knows."""
        code, text = self._ask(lambda: client.docmd("DATA"))
        if code != _GO_ON:
            self._refused(client, code, text)
        if not may_go():
            self.hang_up()  # there is no other way out of DATA
            raise Withdrawn("withdrawn before its content left")
        with self.watched():
            self.write(_LEADING_DOT.sub(b"..", raw))
        with self.complete():
            self.write(b".\r\n")
            code, text = self.reply(DOT_SECONDS)
        if code != _OK:
            self._refused(client, code, text)

    def _ask(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
        with self.watched():
            code, said = command()
        return code, said.decode("utf-8", "replace")

    def _refused(self, client: smtplib.SMTP, code: int, text: str, *, of_recipient: bool = False) -> NoReturn:
        """Clear the table for the next mail, then say what kind of no it was."""
        if code == _CLOSING:
            self.hang_up()
        else:
            with contextlib.suppress(Unreachable):
                self._ask(client.rset)
        raise refusal(code, text, of_recipient=of_recipient)


def refusal(code: int, text: str, *, of_recipient: bool = False) -> Permanent | Temporary:
    """What a refusal means for the mail."""
    if code >= _PERMANENT:
        return Permanent(f"{code} {text}", code, recipient=of_recipient)
    return Temporary(f"{code} {text}", code)


def _code(error: Exception) -> int:
    return int(getattr(error, "smtp_code", 0) or 0)
