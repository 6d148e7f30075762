"""Whom mails come from, and addresses as the wire wants them."""

import re
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from email_validator import validate_email

from portal.config import settings
from portal.content.queries import site
from portal.delivery.emails.letters import BadHeader

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def sender_address() -> tuple[str, str]:
    """Name and address that mails come from: the setting, else what site.yaml says."""
    name, address = _parsed(settings().sender)
    host = urlsplit(settings().base_url).hostname or "localhost"
    return name or site().name, ascii_domain(address or site().email or f"people@{host}")


def ascii_domain(address: str) -> str:
    """The address with its local part as given and its domain as the wire wants it."""
    checked(address)
    if address.isascii():
        return address
    parts = validate_email(address, check_deliverability=False, test_environment=True)
    return f"{parts.local_part}@{parts.ascii_domain}"


def checked(value: str) -> str:
    """The value; BadHeader when it would not stay on its line."""
    if _CONTROL.search(value):
        raise BadHeader("A line break in the head of a mail is refused.")
    return value


@lru_cache(maxsize=8)
def _parsed(setting: str) -> tuple[str, str]:
    return parseaddr(setting)
