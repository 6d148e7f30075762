"""Complaints by feedback loop (RFC 5965): which mail of ours they are about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser

from portal.inbound.verdicts.reading import parts

_NAMED = ("Return-Path", "Original-Mail-From", "X-Original-Mail-From", "Reply-To")
_ADDRESS = re.compile(r"[^\s<>,;:\"]{1,200}@[^\s<>,;:\"]{1,200}")
_ID = re.compile(r"<[^<>\s]{3,900}>")


@dataclass(frozen=True)
class Named:
    """What a complaint says of the mail it is about: addresses that we may have made for it, its Message-ID."""

    addresses: tuple[str, ...]
    message_ids: tuple[str, ...]


def is_complaint(message: Message) -> bool:
    """A feedback report. One that says "not spam" is none."""
    fields = [report for part in parts(message) for report in _feedback(part)]
    return bool(fields) and all("not-spam" not in str(one.get("Feedback-Type", "")).lower() for one in fields)


def named_mails(message: Message) -> Named:
    """Read from the fields of the report and the head of the mail that lies in it, never from words for people."""
    heads = [report for part in parts(message) for report in (*_feedback(part), *_original(part))]
    addresses = [found for head in heads for name in _NAMED for found in _ADDRESS.findall(str(head.get(name, ""))[:2000])]
    ids = [found for head in heads for found in _ID.findall(str(head.get("Message-ID", ""))[:2000])]
    return Named(tuple(dict.fromkeys(addresses))[:20], tuple(dict.fromkeys(ids))[:20])


def _feedback(part: Message) -> Iterator[Message]:
    if part.get_content_type() == "message/feedback-report":
        yield from _inner(part)


def _original(part: Message) -> Iterator[Message]:
    if part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
        yield from _inner(part)


def _inner(part: Message) -> Iterator[Message]:
    """What lies in a part as a head of its own: a message to Python's parser, or text that is read here."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
        return
    raw = part.get_payload(decode=True)
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(payload)
    yield Parser().parsestr(text.lstrip()[:100_000], headersonly=True)
