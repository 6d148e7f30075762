"""Mails for the wire: a letter's compiled MIME, its slots filled for one person, beneath a head of their own."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal import tokens
from portal.config import settings
from portal.delivery.emails import compiled
from portal.delivery.emails.compiled import INNER, MESSAGE, Compiled
from portal.delivery.emails.head import head_of
from portal.delivery.emails.letters import Letter
from portal.delivery.emails.masking import mask
from portal.delivery.emails.quoting import quoted
from portal.delivery.emails.rendering import sheet_of, subject_of, with_own_page
from portal.delivery.emails.returns import address_for
from portal.delivery.emails.senders import ascii_domain, checked
from portal.delivery.emails.signing import signature
from portal.delivery.models import Delivery
from portal.errors import BrokenSetup, PortalError


@dataclass(frozen=True)
class Kept:
    """A mail as it is kept, its personal links made unusable: of a mailing what is its own, of any other the whole."""

    raw: bytes
    slots: tuple[str, ...] = ()
    text: Compiled | None = None


@dataclass(frozen=True)
class Envelope:
    """A mail ready for the wire: CRLF ends its lines and none begins with a dot. `sender` is its return path."""

    sender: str
    recipient: str
    subject: str
    raw: bytes
    kept: Kept


def pack(delivery: Delivery, letter: Letter) -> Envelope:
    """The bytes of one person's mail. BadHeader when a value would break the head."""
    [packed] = pack_many([(delivery, letter)])
    if isinstance(packed, PortalError):
        raise packed
    return packed


def pack_many(pairs: Sequence[tuple[Delivery, Letter]]) -> Sequence[Envelope | PortalError]:
    """The same for many; in the place of a mail that cannot be written stands why. BrokenSetup concerns all and is raised."""
    found: list[Envelope | PortalError] = []
    for delivery, letter in pairs:
        try:
            found.append(_packed(delivery, letter))
        except BrokenSetup:
            raise
        except PortalError as error:
            found.append(error)
    return found


def own_page_link(candidate_id: int | None) -> str:
    """Where a candidate begins on the way to their own page. It only says which address to send the key to."""
    return f"{settings().base_url}/me?for={tokens.sign('own page', candidate_id)}"


def _packed(delivery: Delivery, letter: Letter) -> Envelope:
    own_page = letter.own_page and delivery.candidate_id is not None
    if own_page:
        letter = with_own_page(letter, own_page_link(delivery.candidate_id))
    sheet = sheet_of(letter)
    subject = subject_of(sheet, letter)
    head = head_of(delivery, letter, subject)
    message = delivery.message_id.strip("<>")
    parts = _parts(letter, message) if letter.pictures else b""
    names = tuple(one.name for one in letter.pictures)
    text, kept_text = compiled.compile(sheet, names), compiled.compile(sheet, names, masked=True)
    values = letter.values | {MESSAGE: message}
    slots = text.encoded(values, parts)
    raw = head.encode("ascii", "replace") + text.joined(slots)
    kept_slots = _masked(text, slots, values) if kept_text is text else kept_text.encoded(_all_masked(values), parts)
    recipient = ascii_domain(delivery.recipient[1])
    kept = _kept(letter, head, kept_text, kept_slots)
    return Envelope(address_for(delivery), recipient, subject, signature(raw) + raw, kept)


def _masked(text: Compiled, slots: Sequence[bytes], values: Mapping[str, str]) -> list[bytes]:
    """The slots again, those written anew that hold something secret."""
    hidden = {name: found for name, value in values.items() if (found := mask(value)) != value}
    pairs = zip(text.slots, slots, strict=True)
    return [quoted(slot.written(hidden)) if slot.name in hidden else encoded for slot, encoded in pairs]


def _all_masked(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: mask(value) for name, value in values.items()}


def _kept(letter: Letter, head: str, text: Compiled, slots: Sequence[bytes]) -> Kept:
    """A text that many get is kept once."""
    top = mask(head).encode("ascii", "replace")
    if not letter.list_id:
        return Kept(top + text.joined(slots))
    return Kept(b"", (top.decode("ascii"), *(slot.decode("ascii") for slot in slots)), text)


def _parts(letter: Letter, message: str) -> bytes:
    """The pictures, each a part of its own."""
    lines = []
    for one in letter.pictures:
        name = checked(one.name)
        lines += [
            f"--{INNER}",
            f'Content-Type: image/png; name="{name}.png"',
            "Content-Transfer-Encoding: base64",
            f'Content-Disposition: inline; filename="{name}.png"',
            f"Content-ID: <{name}.{message}>",
            "",
            base64.encodebytes(one.content).decode("ascii").replace("\n", "\r\n"),
        ]
    return "\r\n".join(lines).encode("ascii")
