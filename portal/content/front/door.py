"""The front door: pages, pictures and built files are answered from memory, before Flask.

It remembers what the application answered once, so both say the same, headers included. An answer is compressed once, has an
ETag for each encoding, and is forgotten when the content changes, and every few minutes for figures that come from elsewhere.
"""

import gzip
import hashlib
import posixpath
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import brotli
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.content.library import Shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_REMEMBERED_BYTES = 2 * 1024 * 1024
FORGET_AFTER_SECONDS = 300.0
SMALLEST_COMPRESSED = 400
FIXED = frozenset({"/site.css", "/feed.xml", "/robots.txt", "/sitemap.xml", "/favicon.svg"})
CARD = "/card.png"
BUILT = "/static/dist/"
HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")
# Only these parts of an address change a page; whatever else links carry behind their question mark does not.
NARROWED = re.compile(r"(?:^|&)(?:team|place)=[^&]")
FOR_EVER = "public, max-age=31536000, immutable"
# Headers that belong to one answer, or that the door sets itself.
OWN_HEADERS = frozenset(
    {"accept-ranges", "connection", "content-encoding", "content-length", "date", "etag", "last-modified", "vary", "x-request-id"}
)
COMPRESSIBLE = ("text/", "image/svg+xml", "application/javascript", "application/json")
IDENTITY, GZIP, BROTLI = range(3)
NAMES = ("", "gzip", "br")
MOST_MEMORISED = 256


class Variant:
    """One encoding of an answer, ready to leave."""

    __slots__ = ("body", "etag", "headers", "unchanged")

    def __init__(self, body: bytes, encoding: int, kept: list[tuple[str, str]], *, varies: bool) -> None:
        self.body = [body]
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        always = [(name, value) for name, value in kept if name.lower() != "content-type"]
        always += [("ETag", self.etag), *([("Vary", "Accept-Encoding")] if varies else [])]
        self.unchanged = always
        self.headers = [*((name, value) for name, value in kept if name.lower() == "content-type"), *always]
        self.headers += [("Content-Encoding", NAMES[encoding])] if encoding else []
        self.headers += [("Content-Length", str(len(body)))]


class Hosts:
    """Host names that are ours, as far as they were asked for; foreign ones get their refusal from Flask."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.known: set[str] = set()

    def know(self, host: str) -> bool:
        """Whether a host name is ours."""
        if host in self.known:
            return True
        trusted = self._app.config.get("TRUSTED_HOSTS")
        if not host or (trusted is not None and not host_is_trusted(host, trusted)):
            return False
        if len(self.known) < MOST_MEMORISED:
            self.known.add(host)
        return True


class Front:
    """A WSGI application in front of another. What it does not know by heart goes on, untouched."""

    def __init__(self, inner: "WSGIApplication", app: Flask, shelf: Shelf) -> None:
        self._inner = inner
        self._app = app
        self._shelf = shelf
        self._answers: dict[str, tuple[Variant, Variant, Variant]] = {}
        self._version = -1
        self._forget_at = 0.0
        self._hosts = Hosts(app)
        self._encodings: dict[str, int] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from memory, or hand on."""
        if time.monotonic() >= self._shelf.next_look:
            self._look()
        if environ.get("QUERY_STRING") and NARROWED.search(environ["QUERY_STRING"]):
            return self._inner(environ, start_response)
        answer = self._answers.get(environ.get("PATH_INFO", ""))
        method = environ["REQUEST_METHOD"]
        if answer is None or (method != "GET" and method != "HEAD") or environ.get("HTTP_HOST") not in self._hosts.known:
            answer = self._meet(environ, method)
            if answer is None:
                return self._inner(environ, start_response)
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        encoding = self._encodings.get(accepted)
        variant = answer[self._choose(accepted) if encoding is None else encoding]
        if "HTTP_IF_NONE_MATCH" in environ and _matches(environ["HTTP_IF_NONE_MATCH"], variant.etag):
            start_response("304 NOT MODIFIED", variant.unchanged[:])
            return []
        start_response("200 OK", variant.headers[:])
        return variant.body if method == "GET" else []

    def _look(self) -> None:
        """See whether the content changed, at most once a second; forget what is old."""
        with self._app.app_context():
            self._shelf.library()
        now = time.monotonic()
        if self._shelf.version != self._version or now >= self._forget_at:
            self._version = self._shelf.version
            self._forget_at = now + FORGET_AFTER_SECONDS
            self._answers = {}

    def _meet(self, environ: "WSGIEnvironment", method: str) -> tuple[Variant, Variant, Variant] | None:
        """The answer to a request that came for the first time; None if it is not for the front door."""
        if method not in {"GET", "HEAD"} or not self._hosts.know(environ.get("HTTP_HOST", "")):
            return None
        answers, path = self._answers, environ.get("PATH_INFO", "")
        if path not in answers and self._may_remember(path):
            answer = self._ask(path)
            if answer is None:
                return None
            answers[path] = answer
        return answers.get(path)

    def _may_remember(self, raw: str) -> bool:
        try:
            path = raw.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return False
        # One spelling of each built file: under `./a.css`, `a.css/` and so on a stranger could have it kept a million times.
        if path in FIXED or (path.startswith(BUILT) and posixpath.normpath(path) == path):
            return True
        with self._app.app_context():
            books = self._shelf.library()
        file = books.files.get(path)
        page = path.removesuffix(CARD) or "/"
        return page in books.pages or (file is not None and file.size <= MAX_REMEMBERED_BYTES)

    def _ask(self, path: str) -> tuple[Variant, Variant, Variant] | None:
        """What the application says at an address to somebody without cookies; None unless it is a plain success."""
        environ = EnvironBuilder(base_url=self._app.config["SETTINGS"].base_url + "/").get_environ()
        environ["PATH_INFO"] = path
        body, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        if not status.startswith("200") or "Set-Cookie" in headers:
            return None
        kept = [(name, value) for name, value in headers.items() if name.lower() not in OWN_HEADERS]
        if path.startswith(BUILT) and HASHED.search(path):
            kept = [(name, value) for name, value in kept if name.lower() != "cache-control"] + [("Cache-Control", FOR_EVER)]
        return _variants(b"".join(body), kept, headers.get("Content-Type", ""))

    def _choose(self, accepted: str) -> int:
        """The best encoding that a browser accepts, remembered for the few headers that browsers send."""
        weights = dict(_weight(part) for part in accepted.lower().split(",") if part.strip())
        rest = weights.get("*", 0.0)
        offers = [(weights.get(NAMES[code], rest), code) for code in (BROTLI, GZIP)]
        best = max((offer for offer in offers if offer[0] > 0), default=(0.0, IDENTITY))[1]
        if len(self._encodings) < MOST_MEMORISED:
            self._encodings[accepted] = best
        return best


def init_app(app: Flask) -> None:
    """Open the content folder and stand before the application."""
    shelf = Shelf(app.config["CONTENT_DIR"], _Taken(app))
    app.extensions["content"] = shelf
    app.wsgi_app = Front(app.wsgi_app, app, shelf)  # type: ignore[method-assign]


class _Taken:
    """Whether an address belongs to the portal itself, such as /console or /interest. Asked first when all routes are there."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._map: Map | None = None

    def __call__(self, path: str) -> bool:
        if self._map is None:
            rules = (rule for rule in self._app.url_map.iter_rules() if rule.endpoint not in {"content.home", "content.page"})
            self._map = Map([rule.empty() for rule in rules], converters=self._app.url_map.converters)
        try:
            self._map.bind(urlsplit(self._app.config["SETTINGS"].base_url).netloc).match(path, method="GET")
        except RequestRedirect:
            return True
        except HTTPException as error:
            return error.code == 405
        return True


def _variants(body: bytes, kept: list[tuple[str, str]], kind: str) -> tuple[Variant, Variant, Variant]:
    plain = Variant(body, IDENTITY, kept, varies=kind.startswith(COMPRESSIBLE))
    if len(body) < SMALLEST_COMPRESSED or not kind.startswith(COMPRESSIBLE):
        return plain, plain, plain
    return (
        plain,
        Variant(gzip.compress(body, 9, mtime=0), GZIP, kept, varies=True),
        Variant(brotli.compress(body, quality=9), BROTLI, kept, varies=True),
    )


def _weight(part: str) -> tuple[str, float]:
    """A coding of Accept-Encoding and its weight; what cannot be read counts as refused."""
    name, _semicolon, quality = part.partition(";")
    try:
        weight = float(quality.strip().removeprefix("q=") or 1) if quality else 1.0
    except ValueError:
        weight = 0.0
    return name.strip(), weight


def _matches(header: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag; comparison is weak, as RFC 9110 asks for GET."""
    return header == etag or header.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in header.split(",")]
