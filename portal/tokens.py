"""Tokens for links that must work without signing in. A token made for one purpose opens nothing else.

Two kinds. *Derived* tokens name a row: 128 bits out of HMAC-SHA-256 over a random nonce kept in the row, so that a link can
be written into a mail days later, while the database alone (it keeps the nonce and the token's SHA-256) opens nothing.
*Signed* tokens carry a small value and a time.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.errors import NotFound


def new_nonce() -> str:
    """128 random bits, hexadecimal, to be kept in the row that a derived token will name."""
    return secrets.token_hex(16)


def derive(purpose: str, nonce: str) -> str:
    """The token, 22 URL-safe characters, that belongs to a nonce."""
    mac = hmac.digest(_key(), f"{purpose}:{nonce}".encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_hash(purpose: str, value: str) -> str:
    """A hash that nobody can compute or reverse by guessing without the key of this installation."""
    return hmac.digest(_key(), f"{purpose}:{value}".encode("utf-8", "surrogatepass"), "sha256").hex()


def sign(purpose: str, value: Any) -> str:
    """A signed, dated, URL-safe token that carries a JSON value."""
    return _serializer(purpose).dumps(value)


def unsign(purpose: str, token: str, max_age: int | None = None) -> Any:
    """The value of a signed token; NotFound when it is forged, of another purpose, or older than `max_age` seconds."""
    try:
        return _serializer(purpose).loads(token, max_age=max_age)
    except (BadData, UnicodeError):
        raise NotFound("This link is not valid, or no longer.") from None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return _serializer_of(current_app.config["SECRET_KEY"], purpose)


@lru_cache(maxsize=64)
def _serializer_of(key: str, purpose: str) -> URLSafeTimedSerializer:
    """Kept, since making one costs more than signing with it."""
    return URLSafeTimedSerializer(key, salt=f"portal.{purpose}")


def _key() -> bytes:
    key: str = current_app.config["SECRET_KEY"]
    return key.encode()
