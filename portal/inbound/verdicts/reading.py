"""Reading what strangers send: with limits, and without trusting a word of it."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from email import policy
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr

LARGEST = 25 * 1024 * 1024
MOST_PARTS = 500
DEEPEST = 20
MOST_HEADERS = 1000
LONGEST_HEADER = 8000
# What mail servers write of the envelope, the most reliable first; then what the sender wrote.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
_ID = re.compile(r"<[^<>\s]{3,900}>")
_CONTENT_TYPE = re.compile(rb"(?im)^content-type:")
_MULTIPART = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class Unreadable(Exception):
    """A mail that is beyond the limits, or that cannot be taken apart; says why in one sentence."""


def parse(raw: bytes) -> Message:
    """The message. Unreadable when it has too many parts, goes too deep or is too large."""
    if len(raw) > LARGEST:
        raise Unreadable(f"It has {len(raw) // 1024 // 1024} MB; {LARGEST // 1024 // 1024} MB are read at most.")
    if len(_CONTENT_TYPE.findall(raw)) > MOST_PARTS:
        raise Unreadable(f"It has more than {MOST_PARTS} parts.")
    if len(_MULTIPART.findall(raw)) > DEEPEST * 5:
        raise Unreadable("Parts lie in parts, too many to be meant well.")
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    if len(message.items()) > MOST_HEADERS:
        raise Unreadable(f"It has more than {MOST_HEADERS} header lines.")
    list(parts(message))
    return message


def head_of(raw: bytes) -> Message:
    """Only the head of a mail, for who cannot read the rest."""
    return BytesParser(policy=policy.compat32).parsebytes(raw[:64_000], headersonly=True)


def parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The message and all that lies in it. Unreadable when it goes too deep."""
    if depth > DEEPEST:
        raise Unreadable(f"Parts lie in parts, more than {DEEPEST} deep.")
    yield message
    if message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from parts(part, depth + 1)


def header(message: Message, name: str) -> str:
    """A header in words, encoded words decoded as far as they can be, without line breaks and marks that turn text round."""
    return " ".join(_decoded(_raw(message, name)).split())


def _raw(message: Message, name: str) -> str:
    """A header as it came. Letters that nobody encoded are taken for UTF-8, as most mail programs do."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return value[:LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def words_of(message: Message) -> str:
    """What a part of text says; a charset that is unknown or wrong costs letters, never the mail."""
    payload = message.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = message.get_param("charset", "utf-8")
    try:
        text = raw.decode(str(charset) if isinstance(charset, str) else "utf-8", "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def digest_of(raw: bytes) -> str:
    """What makes it the same mail, whichever way and however often it comes: what its author wrote, not the servers between."""
    head, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = rb"(?im)^(message-id|date|from|to|subject):[ \t]*((?:.*)(?:\n[ \t].*)*)"
    own = sorted(name.lower() + b":" + b" ".join(value.split()) for name, value in re.findall(named, head))
    return hashlib.sha256(b"\n".join([*own, b"", body.rstrip()])).hexdigest()


def addressees(message: Message, envelope: str = "") -> Sequence[str]:
    """Every address that it may have been sent to, that of the envelope first."""
    given = [str(value)[:LONGEST_HEADER] for name in _ADDRESSED for value in message.get_all(name, [])[:20]]
    found = [envelope, *(address for _name, address in getaddresses(given))]
    return list(dict.fromkeys(address.strip("<> ") for address in found if "@" in address))[:200]


def sender_of(message: Message) -> tuple[str, str]:
    """Name and address it says to come from."""
    name, address = parseaddr(_raw(message, "From"))
    return " ".join(_decoded(name).split())[:200], address[:320]


def message_ids(message: Message) -> Sequence[str]:
    """Which mails it answers, the nearest first."""
    told = " ".join(str(message.get(name, ""))[-LONGEST_HEADER:] for name in ("References", "In-Reply-To"))
    return list(dict.fromkeys(reversed(_ID.findall(told))))[:50]


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(value)
        text = "".join(_piece(piece, charset) for piece, charset in pieces)
    except Exception:  # noqa: BLE001 - the parser of headers fails in many ways; the words then stay as they came
        text = value
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", clean)


def _piece(piece: object, charset: str | None) -> str:
    if not isinstance(piece, bytes):
        return str(piece)
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("utf-8", "replace")
