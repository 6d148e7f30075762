"""Who is reading their own page: a cookie for /me alone, worth half an hour without a look, and a row that can end it."""

import secrets
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request
from flask.wrappers import Response

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.config import settings
from portal.errors import NotFound
from portal.security import form_purpose, form_token
from portal.selfservice.models import Stay
from portal.selfservice.queries import IDLE, find_stay

COOKIE = "own_page"
PATH = "/me"
_PURPOSE = "stay"


@dataclass(frozen=True)
class Reader:
    """Somebody on their own page."""

    stay: Stay
    secret: str

    @property
    def candidate(self) -> Candidate:
        """Whose page it is."""
        return self.stay.candidate


def find_reader() -> Reader | None:
    """Who sent this request, by the cookie alone."""
    if "reader" not in g:
        g.reader = _read(request.cookies.get(COOKIE, ""))
    return cast(Reader | None, g.reader)


def get_reader() -> Reader:
    """The same, behind the guard that has let them in."""
    if reader := find_reader():
        return reader
    raise NotFound("")


def let_in(stay: Stay, secret: str) -> None:
    """From this answer on the browser has the cookie."""
    g.reader = Reader(stay, secret)


def let_out() -> None:
    """From this answer on it has none."""
    g.reader = None


def speak_their_language() -> None:
    """This page, and what it does, in the language and by the clock of the person."""
    if reader := find_reader():
        g.language = reader.candidate.language
        g.time_zone = zone_of(reader.candidate)
    else:
        g.language_asked = True


def zone_of(candidate: Candidate) -> str:
    """Where the person's clock stands; the company's where that is not known."""
    return candidate.time_zone or settings().time_zone


def own_form_token() -> str:
    """The token of a form on the own page: it is worth something only together with this cookie."""
    return form_token(_bound_to(get_reader()))


def is_own_form() -> bool:
    """Whether the form that was sent was made for this stay."""
    return secrets.compare_digest(form_purpose(), _bound_to(get_reader()))


def is_open_form() -> bool:
    """Whether the form that was sent is one of those that lead to the own page."""
    return form_purpose() == "own page"


def keep_cookie(response: Response) -> Response:
    """Renew the cookie with each look, or take it away; say nothing to browsers that have none."""
    reader = find_reader()
    if reader is not None:
        value = tokens.sign(_PURPOSE, [reader.secret, clock.now().timestamp()])
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            COOKIE, value, max_age=int(IDLE.total_seconds()), path=PATH, secure=secure, httponly=True, samesite="Strict"
        )
    elif COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict")
    return response


def _read(cookie: str) -> Reader | None:
    try:
        match tokens.unsign(_PURPOSE, cookie):
            case [str(secret), float(seen)] if 0 <= clock.now().timestamp() - seen <= IDLE.total_seconds():
                stay = find_stay(secret)
                return Reader(stay, secret) if stay else None
    except NotFound:
        pass
    return None


def _bound_to(reader: Reader) -> str:
    return f"own page {tokens.digest('form ' + reader.secret)[:24]}"
