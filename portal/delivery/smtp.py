"""The dialogue with a mail server. Each failure says whether the mail may have been taken, because that decides what may be done.

The standard library's client rather than Flask-Mail: we must know at which command a dialogue broke, and Flask-Mail hides the
commands, sets no time-outs, does not check certificates in STARTTLS and builds its messages itself.
"""

import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from portal.errors import BrokenSetup

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 60.0
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_OK = 250
_FORWARDED = 251
_GO_ON = 354
_CLOSING = 421
_PERMANENT = 500


class Trouble(Exception):
    """Base of what can go wrong; `code` is the server's, 0 when it said nothing."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code

    @property
    def enhanced(self) -> str:
        """The enhanced status such as 5.1.1, or empty."""
        match = _ENHANCED.search(str(self))
        return match.group(1) if match else ""


class Temporary(Trouble):
    """The server did not take this mail now and may take it later."""


class Permanent(Trouble):
    """The server will never take this mail. `recipient`: because of the address."""

    def __init__(self, message: str, code: int = 0, *, recipient: bool = False) -> None:
        super().__init__(message, code)
        self.recipient = recipient


class Unreachable(Trouble):
    """Not about this mail: no connection, no certificate, no sign-in, or it broke before the mail was complete. Not taken."""


class Unknown(Trouble):
    """The connection broke after the mail was complete: the server may or may not have taken it."""


@dataclass(frozen=True)
class Server:
    """Where and how to hand mail over."""

    host: str
    port: int
    secure: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read `smtp://user:password@host:587` or `smtps://host`. Ports: 465 with smtps, 587 with a user, else 25."""
        try:
            parts = urlsplit(url)
            given = parts.port
        except ValueError:
            parts, given = urlsplit(""), None
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise BrokenSetup("PORTAL_SMTP_URL must look like smtp://user:password@host:587 or smtps://host.")
        secure, user = parts.scheme == "smtps", unquote(parts.username or "")
        port = given or (465 if secure else 587 if user else 25)
        return cls(parts.hostname, port, secure, user, unquote(parts.password or ""))

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, so that there is no network to guard."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Line:
    """A connection that is opened by the first mail and kept for the next ones."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._client.quit()
        self._hang_up()

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand over one mail; returns when the server has taken it, else raises one of the above."""
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
        self._hand_over(client, raw)

    def _connect(self) -> smtplib.SMTP:
        server, safe = self._server, ssl.create_default_context()
        with self._watched():
            if server.secure:
                client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=safe)
            else:
                client = smtplib.SMTP(server.host, server.port, timeout=CONNECT_SECONDS)
            self._client = client
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
        options = [f"size={len(raw)}"] if client.has_extn("size") else []
        if not (sender + recipient).isascii():
            if not client.has_extn("smtputf8"):
                raise Permanent("5.6.7 The server takes no addresses beyond ASCII.", 553, recipient=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        code, text = self._ask(lambda: client.mail(sender, options))
        if code != _OK:
            self._hang_up()
            raise Unreachable(f"MAIL: {code} {text}", code)

    def _address(self, client: smtplib.SMTP, recipient: str) -> None:
        code, text = self._ask(lambda: client.rcpt(recipient))
        if code not in {_OK, _FORWARDED}:
            self._refused(client, code, text, of_recipient=True)

    def _hand_over(self, client: smtplib.SMTP, raw: bytes) -> None:
        """DATA, the mail, and the dot, from which on a silence means that nobody knows."""
        code, text = self._ask(lambda: client.docmd("DATA"))
        if code != _GO_ON:
            self._refused(client, code, text)
        with self._watched():
            client.send(_LEADING_DOT.sub(b"..", raw))
        try:
            client.send(b".\r\n")
            code, said = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise Unknown(f"{type(error).__name__} after the mail was complete", _code(error)) from error
        if code != _OK:
            self._refused(client, code, _text(said))

    def _ask(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
        with self._watched():
            code, said = command()
        return code, _text(said)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Whatever breaks in here broke before the mail was complete."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise Unreachable(f"{type(error).__name__}: {error}", _code(error)) from error

    def _refused(self, client: smtplib.SMTP, code: int, text: str, *, of_recipient: bool = False) -> NoReturn:
        """Clear the table for the next mail, then say what kind of no it was."""
        if code == _CLOSING:
            self._hang_up()
        else:
            with contextlib.suppress(Unreachable):
                self._ask(client.rset)
        if code >= _PERMANENT:
            raise Permanent(f"{code} {text}", code, recipient=of_recipient)
        raise Temporary(f"{code} {text}", code)

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")


def _code(error: Exception) -> int:
    return int(getattr(error, "smtp_code", 0) or 0)
