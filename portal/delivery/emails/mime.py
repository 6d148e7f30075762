"""MIME by hand, because Python's policies fold List-Unsubscribe into encoded words, and that ends one-click unsubscribing."""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

import dkim

from portal import clock, tokens
from portal.config import settings
from portal.delivery.emails.letters import BadHeader, Letter, Picture
from portal.delivery.emails.rendering import Written, write
from portal.delivery.emails.senders import ascii_domain, checked, sender_address
from portal.delivery.models import Delivery, Purpose
from portal.errors import BrokenSetup

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
_SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type", b"list-id")
_UNSUBSCRIBE = (b"list-unsubscribe", b"list-unsubscribe-post")
_WIDTH = 75
# Long, with a capital, a digit or an underscore: what a token has and the address of a page has not.
_TOKEN = re.compile(r"(?=[A-Za-z0-9_.-]*[A-Z0-9_])[A-Za-z0-9_.-]{20,}")


@dataclass(frozen=True)
class Envelope:
    """A mail ready for the wire. `kept` is the same with its personal links made unusable, for who looks it up later."""

    sender: str
    recipient: str
    subject: str
    raw: bytes
    kept: bytes


def pack(delivery: Delivery, letter: Letter) -> Envelope:
    """The bytes of one person's mail. BadHeader when a value would break the head."""
    name, sender = sender_address()
    to_name, address = delivery.recipient
    recipient = ascii_domain(address)
    own_page = letter.own_page and delivery.candidate_id is not None
    written = write(replace(letter, own_page=own_page), own_page_link(delivery.candidate_id) if own_page else "")
    head = [
        ("From", _mailbox(letter.sender_name or name, sender, "From")),
        ("To", _mailbox(to_name, recipient, "To")),
        ("Subject", _words(written.subject, "Subject")),
        ("Date", format_datetime(clock.now())),
        ("Message-ID", checked(delivery.message_id)),
        *_optional(letter, delivery.purpose),
        ("MIME-Version", "1.0"),
    ]
    written = replace(written, html=_with_pictures(written.html, letter.pictures, delivery.message_id))
    raw = _assembled(head, written, delivery.message_id, letter.pictures)
    kept = _assembled(
        [(name, mask(value)) for name, value in head],
        Written(written.subject, mask(written.html), mask(written.text)),
        delivery.message_id,
        letter.pictures,
    )
    return Envelope(sender, recipient, written.subject, _signature(raw) + raw, kept)


def own_page_link(candidate_id: int | None) -> str:
    """Where a candidate begins on the way to their own page. It only says which address to send the key to."""
    return f"{settings().base_url}/me?for={tokens.sign('own page', candidate_id)}"


def mask(text: str) -> str:
    """The text with the tokens in our own links replaced: a copy in the database must open nothing."""
    base = re.escape(settings().base_url)
    return re.sub(base + r"[/?][^\s\"'<>)]*", lambda link: _TOKEN.sub("...", link[0]), text)


def _optional(letter: Letter, purpose: Purpose) -> list[tuple[str, str]]:
    """Headers that only some letters have. Those for machines stay on one line, however long."""
    found = []
    if letter.reply_to:
        found.append(("Reply-To", _mailbox(letter.sender_name, ascii_domain(letter.reply_to), "Reply-To")))
    if letter.list_id:
        found.append(("List-Id", f"<{checked(letter.list_id)}>"))
    if letter.one_click:
        found.append(("List-Unsubscribe", f"<{checked(letter.one_click)}>"))
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if purpose in _AUTOMATIC:
        found.append(("Auto-Submitted", _AUTOMATIC[purpose]))
    for name, value in letter.headers.items():
        if not _NAME.fullmatch(name):
            raise BadHeader("A header has a name that is none.")
        found.append((name, checked(value) if name in _FOR_MACHINES else _words(value, name)))
    return found


def _assembled(head: list[tuple[str, str]], written: Written, message_id: str, pictures: tuple[Picture, ...]) -> bytes:
    # Quoted-printable never holds "=_", so this cannot occur inside a part.
    boundary = f"=_{binascii.crc32(message_id.encode()):08x}{len(written.text):x}"
    html = _text_part("html", written.html)
    if pictures:
        html = _group("related", boundary + "p", [html, *(_picture_part(one, message_id) for one in pictures)])
    lines = [f"{name}: {value}" for name, value in head]
    return "\r\n".join([*lines, *_group("alternative", boundary, [_text_part("plain", written.text), html])]).encode("utf-8")


def _group(kind: str, boundary: str, parts: list[list[str]]) -> list[str]:
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--", ""]


def _text_part(kind: str, content: str) -> list[str]:
    return [f"Content-Type: text/{kind}; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", _quoted(content)]


def _picture_part(picture: Picture, message_id: str) -> list[str]:
    content = base64.encodebytes(picture.content).decode("ascii").replace("\n", "\r\n")
    name = checked(picture.name)
    return [
        f'Content-Type: image/png; name="{name}.png"',
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: inline; filename="{name}.png"',
        f"Content-ID: <{_content_id(picture, message_id)}>",
        "",
        content,
    ]


def _with_pictures(html: str, pictures: tuple[Picture, ...], message_id: str) -> str:
    """Pictures that travel along are shown from the mail itself, so that opening it asks no server."""
    for one in pictures:
        html = html.replace(f'src="{settings().base_url}/pictures/{one.name}"', f'src="cid:{_content_id(one, message_id)}"')
        html = html.replace(' loading="lazy" decoding="async"', "")
    return html


def _content_id(picture: Picture, message_id: str) -> str:
    return f"{picture.name}.{message_id.strip('<>')}"


def _quoted(text: str) -> str:
    """Quoted-printable: no line over 76, nothing beyond ASCII."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return binascii.b2a_qp(plain, istext=True).replace(b"\n", b"\r\n").decode("ascii")


def _words(text: str, name: str) -> str:
    """Words for people in a header: as they are when short and ASCII, else encoded words on lines of their own."""
    checked(text)
    if text.isascii() and len(name) + len(text) + 2 <= _WIDTH and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=_WIDTH, header_name=name).encode(linesep="\r\n")


def _mailbox(name: str, address: str, header: str) -> str:
    """A name and an address. A name that is not plain ASCII is encoded as a whole, so that no quoting is needed."""
    checked(address)
    if not name:
        return address
    checked(name)
    if _PLAIN.fullmatch(name) and len(name) <= _WIDTH - len(header) and "=?" not in name:
        return f"{name} <{address}>"
    return Header(name, "utf-8", maxlinelen=_WIDTH, header_name=header).encode(linesep="\r\n") + f"\r\n <{address}>"


def _signature(raw: bytes) -> bytes:
    """The DKIM-Signature header when a key is set, else nothing."""
    setting = settings().dkim_key.get_secret_value()
    if not setting:
        return b""
    selector, domain, path = [*setting.split(":", 2), "", ""][:3]
    signed = [name for name in _SIGNED + _UNSUBSCRIBE if re.search(rb"(?im)^" + name + rb":", raw)]
    try:
        line: bytes = dkim.sign(raw, selector.encode(), domain.encode(), _key(path), include_headers=signed)
    except (OSError, dkim.DKIMException) as error:
        raise BrokenSetup("PORTAL_DKIM_KEY must be selector:domain:/path/to/private.pem, and the key readable.") from error
    return line


@lru_cache(maxsize=4)
def _key(path: str) -> bytes:
    return Path(path).read_bytes()
