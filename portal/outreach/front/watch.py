"""Two things that are known by network, in memory only and for seconds: who guesses tokens, and who opens many people's links."""

import contextlib
import ipaddress
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from limits import parse

from portal.extensions import limiter
from portal.outreach.verdicts import SWEEP_LINKS, SWEEP_TIME

# Wrong tokens from one network. Nobody mistypes 128 random bits so often; a scanner that meets old links is told to come later.
GUESSES = parse("60 per minute")
REST_SECONDS = 60.0
MOST_RESTING = 10_000


class Guesses:
    """Networks that asked for too many links that are not there. Counted in Redis where there is one, else in memory."""

    def __init__(self) -> None:
        self._resting: dict[str, float] = {}

    def are_too_many(self, network: str) -> bool:
        """Whether a network has to wait. Costs nothing as long as nobody guesses."""
        until = self._resting.get(network) if self._resting else None
        if until is None:
            return False
        if time.monotonic() < until:
            return True
        self._resting.pop(network, None)
        return False

    def note(self, network: str) -> None:
        """One more wrong token from a network."""
        with contextlib.suppress(Exception):  # a store that is away refuses nobody
            if not limiter.limiter.hit(GUESSES, "landing", network) and len(self._resting) < MOST_RESTING:
                self._resting[network] = time.monotonic() + REST_SECONDS


class Sweeps:
    """Which personal links each network opened within the last seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, str, int]] = deque()
        self._links: dict[str, Counter[int]] = {}

    def has_many(self, network: str, link_id: int) -> bool:
        """Whether this is one of several people's links that a network opens at once. Notes the link."""
        now = time.monotonic()
        with self._lock:
            while self._recent and self._recent[0][0] < now - SWEEP_TIME.total_seconds():
                self._forget(*self._recent.popleft()[1:])
            self._recent.append((now, network, link_id))
            links = self._links.setdefault(network, Counter())
            links[link_id] += 1
            return len(links) >= SWEEP_LINKS

    def _forget(self, network: str, link_id: int) -> None:
        links = self._links[network]
        links[link_id] -= 1
        if not links[link_id]:
            del links[link_id]
        if not links:
            del self._links[network]


def network_of(environ: Mapping[str, Any], hops: int) -> str:
    """The network a request comes from: an IPv4 address, or the 64 bits of IPv6 that one household or company has."""
    address = str(environ.get("REMOTE_ADDR", ""))
    if hops:
        through = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        address = through[-hops].strip() if len(through) >= hops else address
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:
        return address
