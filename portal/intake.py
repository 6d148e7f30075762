"""Slow senders wait here, not in the application: a body is read whole before any of the application's places is taken.

The web server hands a request on when its headers are there, and a read of the body waits as long as its sender likes. So there
are many cheap threads that may wait for bodies, a limit on them that leaves the rest to readers, and a few places for real work.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from flask import Flask

from portal.config import read_from

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

# Bodies on their way at the same time: in all, and from one address (not counted behind a proxy, which is everybody's address).
MOST_BODIES = 256
MOST_FROM_ONE = 64
LARGE_BYTES = 2 * 1024 * 1024
MOST_LARGE = 8
# A longer body is not read at all; the application refuses it by its declared length.
MOST_BYTES = 64 * 1024 * 1024
IN_MEMORY_BYTES = 256 * 1024
PATIENCE_SECONDS = 30.0
SLOWEST_BYTES_PER_SECOND = 16 * 1024
# Threads that the server needs beside the places of the application: waiting for bodies, and writing to slow readers.
WAITING_THREADS = MOST_BODIES + 64


class Intake:
    """A WSGI application in front of another one."""

    def __init__(self, inner: "WSGIApplication", places: int, most_from_one: int) -> None:
        self._inner = inner
        self._places = threading.Semaphore(places)
        self._most_from_one = most_from_one
        self._lock = threading.Lock()
        self._waiting: Counter[str] = Counter()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Read the body, then ask the application."""
        if environ.get("HTTP_TRANSFER_ENCODING"):  # a piece that is missing at the end could not be told
            return _refuse(start_response, "411 Length Required", "Say how long it is. Browsers do.")
        length = _length(environ)
        if length == 0 or length > MOST_BYTES:
            return self._ask(environ, start_response)
        with self._waiting_room(environ.get("REMOTE_ADDR", ""), length) as admitted:
            if not admitted:
                return _refuse(start_response, "503 Service Unavailable", "Too many uploads at once. Try again in a minute.")
            body = _read(environ["wsgi.input"], length)
        if body is None:
            return _refuse(start_response, "408 Request Timeout", "What you sent did not arrive whole. Try once more.")
        with body:
            body.seek(0)
            environ["wsgi.input"] = body
            return self._ask(environ, start_response)

    def _ask(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Released when the answer is there; who reads it slowly holds no place.
        with self._places:
            return self._inner(environ, start_response)

    @contextmanager
    def _waiting_room(self, address: str, length: int) -> Iterator[bool]:
        names = ["all", f"from {address}", *(["large"] if length > LARGE_BYTES else [])]
        limits = {"all": MOST_BODIES, "large": MOST_LARGE}
        with self._lock:
            admitted = all(self._waiting[name] < limits.get(name, self._most_from_one) for name in names)
            self._waiting.update(names if admitted else ())
        try:
            yield admitted
        finally:
            with self._lock:
                self._waiting.subtract(names if admitted else ())
                self._waiting += Counter()  # forgets addresses that nobody waits at


def init_app(app: Flask) -> None:
    """Stand before the application; the front door, which reads no body, stands before us."""
    settings = read_from(app)
    most_from_one = MOST_BODIES if settings.behind_proxy else MOST_FROM_ONE
    app.wsgi_app = Intake(app.wsgi_app, settings.threads, most_from_one)  # type: ignore[method-assign]


def _length(environ: "WSGIEnvironment") -> int:
    declared = environ.get("CONTENT_LENGTH") or ""
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _read(stream: "InputStream", length: int) -> IO[bytes] | None:
    """The body, in memory or in a file; None when it comes too slowly, or ends early."""
    body = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    began, got = time.monotonic(), 0
    while got < length:
        # A read waits until all it asked for is there, so we ask for little while little has come.
        chunk = stream.read(min(length - got, 64 if got < 1024 else 4096 if got < IN_MEMORY_BYTES else 65536))
        body.write(chunk)
        got += len(chunk)
        if not chunk or time.monotonic() - began > PATIENCE_SECONDS + got / SLOWEST_BYTES_PER_SECOND:
            body.close()
            return None
    return body


def _refuse(start_response: "StartResponse", status: str, sentence: str) -> list[bytes]:
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{sentence}</title></head>'
    page = f"{head}<body><main><h1>{sentence}</h1></main></body></html>\n".encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page))), ("Retry-After", "60")]
    start_response(status, [*headers, ("Content-Security-Policy", "default-src 'none'"), ("Connection", "close")])
    return [page]
