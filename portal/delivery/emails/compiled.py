"""A letter's MIME, made once for all who get it: parts, encodings and line breaks are fixed, and per person slots are filled.

A soft line break stands on both sides of a slot, so that no value can make a line too long or begin one with a dot.
"""

import hashlib
import itertools
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from portal.config import settings
from portal.delivery.emails.masking import mask
from portal.delivery.emails.quoting import SOFT, quoted
from portal.delivery.emails.rendering import Sheet
from portal.delivery.emails.slots import Place, Slot, Template

# The name of the slot for the pictures that travel along; no placeholder is called so.
PARTS = "pictures"
MESSAGE = "message_id"
# Quoted-printable and base64 never hold "=_", so this cannot occur inside a part.
BOUNDARY = "=_overture"
INNER = BOUNDARY + "_p"
_TEXT = "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


@dataclass(frozen=True, eq=False)
class Compiled:
    """All of a mail beneath its own headers. `fixed` has one piece more than `order`: which of `slots` stand between."""

    fixed: tuple[bytes, ...]
    order: tuple[int, ...]
    slots: tuple[Slot, ...]

    def fill(self, values: Mapping[str, str], parts: bytes = b"") -> bytes:
        """The bytes for one person: Content-Type, an empty line, and the parts."""
        return self.joined(self.encoded(values, parts))

    def joined(self, encoded: Sequence[bytes]) -> bytes:
        """The same from what goes into the slots."""
        return joined(self.fixed, self.order, encoded)

    def encoded(self, values: Mapping[str, str], parts: bytes = b"") -> list[bytes]:
        """What goes into the slots, each written as its place wants it."""
        return [parts if slot.name == PARTS else quoted(slot.written(values)) for slot in self.slots]

    @cached_property
    def frozen(self) -> bytes:
        """What is the same for all, compressed, to be kept beside the slots of each."""
        pieces = [piece.decode("ascii") for piece in self.fixed]
        return zlib.compress(json.dumps({"fixed": pieces, "order": self.order}).encode("ascii"), 9)

    @cached_property
    def version(self) -> str:
        """The SHA-256 of what is the same for all, hexadecimal."""
        return hashlib.sha256(self.frozen).hexdigest()


@lru_cache(maxsize=128)
def compile(sheet: Sheet, pictures: tuple[str, ...] = (), *, masked: bool = False) -> Compiled:  # noqa: A001 - the word for it
    """The MIME of a sheet with pictures of these names.

    `masked`: without the personal tokens that its text has outside of its slots, for the copy that is kept.
    """
    html, text = _with_pictures(sheet.html.source, pictures), sheet.text.source
    if masked and (mask(html), mask(text)) == (html, text):
        return compile(sheet, pictures)
    cleaned = (mask(html), mask(text)) if masked else (html, text)
    return _assembled(Template.of_html(cleaned[0]), Template.of_text(cleaned[1]), with_pictures=bool(pictures))


def joined(fixed: Sequence[bytes], order: Sequence[int], slots: Sequence[bytes]) -> bytes:
    """Pieces and slots in turn."""
    pieces = [b""] * (2 * len(fixed) - 1)
    pieces[::2] = fixed
    pieces[1::2] = [slots[place] for place in order]
    return b"".join(pieces)


def _assembled(html: Template, text: Template, *, with_pictures: bool) -> Compiled:
    before = f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n--{BOUNDARY}\r\n' + _TEXT.format("plain")
    related = f'Content-Type: multipart/related; boundary="{INNER}"\r\n\r\n--{INNER}\r\n' if with_pictures else ""
    pieces: list[bytes | Slot] = [
        before.encode(),
        *_pieces(text),
        f"\r\n--{BOUNDARY}\r\n{related}{_TEXT.format('html')}".encode(),
    ]
    pieces += _pieces(html)
    if with_pictures:
        pieces += [b"\r\n", Slot(PARTS, "", Place.TEXT), f"--{INNER}--\r\n".encode()]
    return _numbered([*pieces, f"\r\n--{BOUNDARY}--\r\n".encode()])


def _pieces(template: Template) -> list[bytes | Slot]:
    """Fixed pieces, encoded, and slots, joined by soft line breaks."""
    found: list[bytes | Slot] = []
    for number, (fixed, slot) in enumerate(itertools.zip_longest(template.fixed, template.slots)):
        piece = (SOFT if number else b"") + quoted(fixed)
        if slot is not None and fixed and not piece.endswith(b"\r\n"):
            piece += SOFT
        found += [piece] if slot is None else [piece, slot]
    return found


def _numbered(pieces: Sequence[bytes | Slot]) -> Compiled:
    """Neighbouring fixed pieces become one; a slot that comes several times is filled once."""
    fixed, order, slots = [b""], [], dict[Slot, int]()
    for piece in pieces:
        if isinstance(piece, bytes):
            fixed[-1] += piece
        else:
            order.append(slots.setdefault(piece, len(slots)))
            fixed.append(b"")
    return Compiled(tuple(fixed), tuple(order), tuple(slots))


def _with_pictures(html: str, names: tuple[str, ...]) -> str:
    """Pictures that travel along are shown from the mail itself, so that opening it asks no server."""
    for name in names:
        html = html.replace(f'src="{settings().base_url}/pictures/{name}"', f'src="cid:{name}.{{{{{MESSAGE}}}}}"')
        html = html.replace(' loading="lazy" decoding="async"', "")
    return html
