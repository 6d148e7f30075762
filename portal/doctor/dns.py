"""Questions to the domain name system, as few as a look at mail needs."""

from collections.abc import Sequence

from dns.exception import DNSException, Timeout
from dns.resolver import NXDOMAIN, NoAnswer, NoNameservers, NoResolverConfiguration, Resolver
from dns.reversename import from_address

SECONDS = 4.0


class Silent(Exception):
    """Nobody answers: no net, or no name server."""


class Names:
    """Asks the name server of the machine, or another one: `host` or `host:port`."""

    def __init__(self, server: str = "") -> None:
        try:
            self.resolver = Resolver(configure=not server)
        except NoResolverConfiguration as error:
            raise Silent from error
        if server:
            host, _colon, port = server.partition(":")
            self.resolver.nameservers, self.resolver.port = [host], int(port or 53)
        self.resolver.lifetime = SECONDS

    def ask(self, name: str, kind: str) -> Sequence[str]:
        """What is there under a name, in words; nothing when there is no such name. Silent when nobody answers."""
        try:
            return [_text(record, kind) for record in self.resolver.resolve(name, kind)]
        except (NXDOMAIN, NoAnswer):
            return []
        except (Timeout, NoNameservers, OSError) as error:
            raise Silent from error
        except DNSException:  # no name at all
            return []

    def reverse(self, address: str) -> Sequence[str]:
        """The names of an IP address."""
        return self.ask(from_address(address).to_text(), "PTR")


def _text(record: object, kind: str) -> str:
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("utf-8", "replace")
    if kind == "MX":
        return str(getattr(record, "exchange", "")).rstrip(".").lower()
    return str(record).rstrip(".").lower()
