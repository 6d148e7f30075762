"""How often: per network address, per account, per secret."""

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar, cast

from email_validator import EmailNotValidError, validate_email
from flask import request, session
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from portal import tokens
from portal.extensions import limiter

View = TypeVar("View", bound=Callable[..., Any])


def limit_posts(rate: str) -> Callable[[View], View]:
    """Let through so many posts from one network address, `60 per minute` say; whoever sends more waits."""

    def limit(view: View) -> View:
        return limiter.limit(rate, methods=["POST"])(view)  # type: ignore[return-value]

    return limit


def slow_guessing(view: View) -> View:
    """Let wrong tries of a secret through at a person's speed only: per account, and per address they come from."""
    by_account = limiter.limit("10 per 15 minutes", key_func=_who, methods=["POST"], deduct_when=_was_wrong)
    by_address = limiter.limit("40 per 15 minutes", methods=["POST"], deduct_when=_was_wrong)
    return cast(View, by_address(by_account(view)))


def network() -> str:
    """Where a request comes from, as widely as one household or office goes: 24 bits of an old address, 56 of a new one."""
    try:
        address = ip_address(get_remote_address())
    except ValueError:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 56), strict=False))


def count_use(seconds: int, *what: str) -> int:
    """How often something was used within so many seconds, this time included."""
    return int(limiter.storage.incr("count/" + tokens.digest(repr(what)), seconds))


def how_often(*what: str) -> int:
    """What `count_use` has counted so far."""
    return int(limiter.storage.get("count/" + tokens.digest(repr(what))))


def is_first_use(*what: str) -> bool:
    """Whether something that works once, a code of half a minute say, is used for the first time in ten minutes."""
    return bool(limiter.storage.incr("used/" + tokens.digest(repr(what)), 600) == 1)


def _who() -> str:
    """Whose secret is being tried, as a digest: the address typed, the account half-way in, or who is signed in."""
    known = session.get("_user_id") or session.get("tf_user_id") or _one_spelling(request.form.get("email", ""))
    return tokens.digest(str(known))


def _one_spelling(email: str) -> str:
    """An address as the sign-in will look for it: otherwise each spelling of a domain would have tries of its own."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return email.strip().lower()


def _was_wrong(response: Response) -> bool:
    return response.status_code == HTTPStatus.OK
