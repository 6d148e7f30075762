"""Comma-separated texts as spreadsheets write them, in any usual encoding and with any usual separator."""

import csv
import io
import re
from collections.abc import Iterator

from flask_babel import gettext as _

from portal.errors import Invalid

SEPARATORS = (",", ";", "\t")
_FIRST_LINES = 20


def decode(content: bytes) -> tuple[str, str, bool]:
    """The text, the encoding that was found, and whether that is a guess."""
    for encoding, label in ((_utf16(content), "UTF-16"), ("utf-8-sig", "UTF-8")):
        try:
            if encoding:
                return content.decode(encoding), label, False
        except UnicodeDecodeError:
            continue
    try:
        return content.decode("cp1252"), "Windows-1252", True
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1", True


def separate(text: str) -> tuple[str, str]:
    """The separator that cuts the first lines into most columns of equal number; Excel may name it in a first line `sep=;`."""
    if named := re.match(r"sep=([,;\t])\r?\n", text):
        return named[1], text[named.end() :]
    start = "".join(text.splitlines(keepends=True)[:_FIRST_LINES])
    return max(SEPARATORS, key=lambda sign: _regularity(start, sign)), text


def records(text: str, separator: str) -> Iterator[list[str]]:
    """All rows. A quote that is never closed would swallow the rest of the file without a word, so it is looked for first."""
    strict = True
    try:
        for _record in _reader(text, separator, strict):
            pass
    except csv.Error as error:
        if "unexpected end" in str(error) or "field limit" in str(error):
            raise Invalid(_("A quotation mark is opened in the file and never closed."), "file") from None
        strict = False
    return _reader(text, separator, strict)


def _reader(text: str, separator: str, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _utf16(content: bytes) -> str:
    """The codec of UTF-16 with its mark, or of one that betrays itself by the zero bytes of its separators; "" for others."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:2000]
    if start.count(0) * 5 < len(start) or len(content) % 2:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"


def _regularity(start: str, separator: str) -> tuple[int, int]:
    try:
        widths = [len(record) for record in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if record]
    except csv.Error:
        widths = []
    first = widths[0] if widths else 0
    return (first if first > 1 else 0) * sum(width == first for width in widths), -SEPARATORS.index(separator)
