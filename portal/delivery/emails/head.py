"""The head of a mail, written by hand: Python's policies fold List-Unsubscribe into encoded words, and that ends one-click
unsubscribing."""

import base64
import re
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from portal import clock
from portal.delivery.emails.letters import BadHeader, Letter
from portal.delivery.emails.returns import reply_address_for, stop_address_for
from portal.delivery.emails.senders import ascii_domain, checked, sender_address
from portal.delivery.models import Delivery, Purpose

# Vacation replies and other machines must not answer these (RFC 3834).
_ASKED = (Purpose.CONFIRMATION, Purpose.CONFIRM_INTEREST, Purpose.CHECK_IN, Purpose.ACCESS, Purpose.ADDRESS)
_BY_ITSELF = (
    Purpose.INVITATION,
    Purpose.RENEWAL,
    Purpose.NOTICE,
    Purpose.FEEDBACK,
    Purpose.REFERRAL,
    Purpose.REMINDER,
    Purpose.TEST,
    Purpose.REPORT,
    Purpose.REVIEW,
)
_AUTOMATIC = dict.fromkeys(_ASKED, "auto-replied") | dict.fromkeys(_BY_ITSELF, "auto-generated")
# Encoded words would break the thread that these keep together.
_FOR_MACHINES = frozenset({"In-Reply-To", "References"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PLAIN = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_WIDTH = 75
_LONGEST = 998


def head_of(delivery: Delivery, letter: Letter, subject: str) -> str:
    """All headers of one person's mail but Content-Type, each line ended. BadHeader when a value would break them."""
    name, sender = sender_address()
    to_name, address = delivery.recipient
    lines = [
        f"From: {mailbox(letter.sender_name or name, sender, 'From')}",
        f"To: {mailbox(to_name, ascii_domain(address), 'To')}",
        f"Subject: {words(subject, 'Subject')}",
        f"Date: {format_datetime(clock.now())}",
        f"Message-ID: {checked(delivery.message_id)}",
        *_answers(delivery, letter),
        *_list(delivery, letter, sender),
        *_further(delivery.purpose, letter),
        "MIME-Version: 1.0",
        "",
    ]
    return "\r\n".join(lines)


def _answers(delivery: Delivery, letter: Letter) -> list[str]:
    """Whom an answer goes to: the mailbox that the portal reads, where there is one; else whoever writes."""
    address = reply_address_for(delivery) or ascii_domain(letter.reply_to)
    return [f"Reply-To: {mailbox(letter.sender_name, address, 'Reply-To')}"] if address else []


def _list(delivery: Delivery, letter: Letter, sender: str) -> list[str]:
    """What mail programs and big receivers want of mail to many. Each address stays whole on a line of its own."""
    lines = []
    if letter.list_id:
        about, number = letter.about or (delivery.purpose.value, delivery.subject_id)
        kind = delivery.purpose.value.replace(" ", "-")
        lines = [
            f"List-Id: <{checked(letter.list_id)}>",
            f"Feedback-ID: {about}-{number}:{kind}:overture:{sender.rpartition('@')[2]}",
            "Precedence: bulk",
        ]
    if letter.one_click:
        ways = [f"<{_one_line(letter.one_click)}>"]
        if stop := stop_address_for(delivery):
            ways.append(f"<mailto:{stop}?subject=stop>")
        lines += ["List-Unsubscribe: " + ",\r\n ".join(ways), "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    return lines


def _further(purpose: Purpose, letter: Letter) -> list[str]:
    lines = [f"Auto-Submitted: {_AUTOMATIC[purpose]}"] if purpose in _AUTOMATIC else []
    for name, value in letter.headers.items():
        if not _NAME.fullmatch(name):
            raise BadHeader("A header has a name that is none.")
        lines.append(f"{name}: {_one_line(value) if name in _FOR_MACHINES else words(value, name)}")
    return lines


def _one_line(value: str) -> str:
    if len(value) > _LONGEST - len("List-Unsubscribe: <>,"):
        raise BadHeader("A line in the head of a mail is too long.")
    return checked(value)


@lru_cache(maxsize=256)
def words(text: str, name: str) -> str:
    """Words for people in a header: as they are when short and ASCII, else encoded words on lines of their own."""
    checked(text)
    if text.isascii() and len(name) + len(text) + 2 <= _WIDTH and "=?" not in text:
        return text
    return _encoded(text, name)


@lru_cache(maxsize=256)
def mailbox(name: str, address: str, header: str) -> str:
    """A name and an address. A name that is not plain ASCII is encoded as a whole, so that no quoting is needed."""
    checked(address)
    if not name:
        return address
    checked(name)
    if _PLAIN.fullmatch(name) and len(name) <= _WIDTH - len(header) and "=?" not in name:
        return f"{name} <{address}>"
    return f"{_encoded(name, header)}\r\n <{address}>"


def _encoded(text: str, name: str) -> str:
    """Encoded words; one is enough for most, and many times faster made by hand."""
    word = f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="
    if len(name) + 2 + len(word) <= _WIDTH:
        return word
    return Header(text, "utf-8", maxlinelen=_WIDTH, header_name=name).encode(linesep="\r\n")
