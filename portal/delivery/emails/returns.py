"""Addresses that say by themselves which mail something is about: where bounces, replies and wishes to stop come back to.

`bounces+b5k-<mac>@overture.example`. Only small letters, digits and hyphens, since mail servers on the way may change the case;
the name alone decides, never what a message that came back says in its body.
"""

import hmac
import re
from datetime import date, timedelta

from portal import clock, tokens
from portal.config import settings
from portal.delivery.emails.senders import ascii_domain, sender_address
from portal.delivery.models import Delivery

STOP_VALID = timedelta(days=366)
_BOUNCE, _REPLY, _STOP = "b", "r", "s"
_NAME = re.compile(r"[^@+]+\+([brs])([0-9a-z]{1,13})(?:-([0-9a-z]{1,6}))?-([0-9a-f]{20})@[^@]+")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = date(2020, 1, 1)


def address_for(delivery: Delivery) -> str:
    """The return path of a mail; the sender's own address where no mailbox for bounces is set."""
    return _address(settings().bounce_address, _BOUNCE, delivery) or sender_address()[1]


def reply_address_for(delivery: Delivery) -> str:
    """Where replies to a mail come in; empty where no mailbox for replies is set."""
    return _address(settings().reply_address, _REPLY, delivery)


def stop_address_for(delivery: Delivery) -> str:
    """A mail to this address ends mail to its reader; valid for a year. Empty where no mailbox of ours is set."""
    day = _base36((clock.now().date() - _EPOCH).days)
    return _address(settings().reply_address or settings().bounce_address, _STOP, delivery, day)


def delivery_of(address: str) -> int | None:
    """The number of the mail that bounced to this return path; None when the address is not one that we made."""
    return _number(address, _BOUNCE)


def delivery_of_reply(address: str) -> int | None:
    """The number of the mail that was answered to this address; None when it is not one that we made."""
    return _number(address, _REPLY)


def delivery_of_stop(address: str) -> int | None:
    """The number of the mail whose reader wants no more; None when the address is not ours or older than a year."""
    return _number(address, _STOP)


def aligns() -> bool:
    """Whether return path and From share a domain, or one is below the other, as DMARC wants it."""
    ours, theirs = (address.rpartition("@")[2].lower() for address in (_mailbox() or sender_address()[1], sender_address()[1]))
    return ours == theirs or ours.endswith("." + theirs) or theirs.endswith("." + ours)


def _mailbox() -> str:
    return ascii_domain(settings().bounce_address)


def _address(mailbox: str, kind: str, delivery: Delivery, day: str = "") -> str:
    if not mailbox or delivery.id is None:
        return ""
    name, _at, domain = ascii_domain(mailbox).rpartition("@")
    value = f"{kind}{_base36(delivery.id)}{'-' + day if day else ''}"
    return f"{name}+{value}-{_mac(value)}@{domain}"


def _number(address: str, kind: str) -> int | None:
    match = _NAME.fullmatch(address.strip().strip("<>").lower())
    if match is None or match[1] != kind or bool(match[3]) is not (kind == _STOP):
        return None
    value = f"{kind}{match[2]}{'-' + match[3] if match[3] else ''}"
    if not hmac.compare_digest(match[4], _mac(value)) or (match[3] and not _is_valid(match[3])):
        return None
    return int(match[2], 36)


def _is_valid(day: str) -> bool:
    return clock.now().date() - _EPOCH - timedelta(days=int(day, 36)) <= STOP_VALID


def _mac(value: str) -> str:
    return tokens.keyed_hash("mail address", value)[:20]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
