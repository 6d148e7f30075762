"""Quoted-printable, in pieces that may be put together: no line over 76, none that begins with a dot, nothing beyond ASCII."""

import binascii
import re

SOFT = b"=\r\n"
_SIMPLE = re.compile(r"(?!\.)[ !-<>-~]{0,75}")
_LAST = 75


def quoted(text: str) -> bytes:
    """A piece of a text. Its last line leaves room for the soft break that joins it to what follows."""
    if _SIMPLE.fullmatch(text):
        return text.encode("ascii")
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    found = binascii.b2a_qp(plain, istext=True)
    if b"\n." in found or found.startswith(b"."):
        found = b"\n".join(map(_undotted, found.split(b"\n")))
    start = found.rfind(b"\n") + 1
    if len(found) - start > _LAST:
        found = found[:start] + _halved(found[start:])
    return found.replace(b"\n", b"\r\n")


def _undotted(line: bytes) -> bytes:
    """SMTP gives a dot at the start of a line a meaning. Encoded it has none, however the line is handed over."""
    if not line.startswith(b"."):
        return line
    return b"=2E=\n" + _undotted(line[1:]) if len(line) > 1 else b"=2E"


def _halved(line: bytes) -> bytes:
    cut = len(line) // 2
    while b"=" in line[cut - 2 : cut] or line[cut : cut + 1] == b".":
        cut -= 1
    return line[:cut] + b"=\n" + line[cut:]
