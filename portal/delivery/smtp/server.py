"""Where the mail server is."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from portal.errors import BrokenSetup


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
