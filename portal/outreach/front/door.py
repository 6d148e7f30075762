"""The door of landing links: a reader's GET is answered before Flask; forms, posts and other hosts go on to it."""

import logging
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from portal.content.front import Hosts
from portal.outreach.front.desk import Desk, Reply
from portal.security import HEADERS, PERSONAL_HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/l/"


class Door:
    """A WSGI application in front of another."""

    def __init__(self, inner: "WSGIApplication", app: Flask, desk: Desk) -> None:
        self._inner = inner
        self._app = app
        self._desk = desk
        self._hosts = Hosts(app)
        self._headers = _headers(app)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a reader of a landing link, or hand on."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if not path.startswith(PREFIX) or method not in {"GET", "HEAD"} or not self._hosts.know(environ.get("HTTP_HOST", "")):
            return self._inner(environ, start_response)
        reply = self._ask(path, environ)
        if reply is None:
            return self._inner(environ, start_response)
        own = [("Content-Length", str(len(reply.body))), ("X-Request-ID", secrets.token_hex(8))]
        own += [("Retry-After", "60")] if reply.status.startswith("429") else []
        start_response(reply.status, self._headers + own)
        return [reply.body] if method == "GET" else []

    def _ask(self, path: str, environ: "WSGIEnvironment") -> Reply | None:
        """The desk's answer; None also when it fails, since Flask has the pages for that."""
        try:
            token, _slash, rest = path[len(PREFIX) :].encode("latin-1").decode().partition("/")
            with self._app.app_context():
                return self._desk.answer(token, rest, environ)
        except UnicodeError:
            return None
        except Exception:  # the database may be away; nothing was kept, so asking once more counts nothing twice
            logging.getLogger("portal.outreach").warning("landing.failed", exc_info=True)
            return None


def init_app(app: Flask) -> None:
    """Stand before everything else."""
    desk = app.extensions["landing"] = Desk(app)
    app.wsgi_app = Door(app.wsgi_app, app, desk)  # type: ignore[method-assign]


def _headers(app: Flask) -> list[tuple[str, str]]:
    """What Flask would send with a page made for one person."""
    strict = {"Strict-Transport-Security": "max-age=31536000"} if app.config["SESSION_COOKIE_SECURE"] else {}
    return [("Content-Type", "text/html; charset=utf-8"), *{**HEADERS, **PERSONAL_HEADERS, **strict}.items()]
