"""Slow connections, by malice or by a bad line, do not keep honest readers waiting."""

import http.cookiejar
import re
import socket
import time
import urllib.parse
import urllib.request

import pytest

from tests.faults.slow import slow_clients
from tests.live import running

SECONDS = 30
LONGEST = 2.0
PAGE = "/"


class Reader:
    """An honest person with a stopwatch."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.waited: dict[str, list[float]] = {}

    def open(self, name: str, path: str, data: bytes | None = None) -> str:
        """Fetch something and note under a name how long it took."""
        began = time.monotonic()
        with self.browser.open(self.url + path, data, timeout=20) as answer:
            page = answer.read().decode()
        self.waited.setdefault(name, []).append(time.monotonic() - began)
        return page

    def read_and_write(self) -> None:
        """A page from memory, a page that needs the application and the database, and a form sent."""
        self.open("page from memory", PAGE)
        self.open("database", "/readyz")
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.open("sign-in", "/sign-in"))[1]
        self.open("form", "/sign-in/passkey", urllib.parse.urlencode({"csrf_token": token}).encode())


@pytest.fixture
def live(tmp_path):
    with running(tmp_path, "serve") as live:
        yield live


def test_honest_readers_get_pages_within_two_seconds_under_two_hundred_slow_connections(live):
    reader, port = Reader(live.url), urllib.parse.urlsplit(live.url).port
    reader.read_and_write()
    with slow_clients(port, PAGE, headers=100, bodies=50, reads=50) as clients:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            reader.read_and_write()
            time.sleep(0.2)
        assert len(clients.open) >= 150
    longest = {name: round(max(times), 2) for name, times in reader.waited.items()}
    assert max(longest.values()) < LONGEST, longest
    assert len(reader.waited["form"]) > SECONDS / 2


def test_headers_that_never_end_are_cut_off(live):
    port = urllib.parse.urlsplit(live.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        began = time.monotonic()
        connection.recv(4096)
        assert time.monotonic() - began < 15
