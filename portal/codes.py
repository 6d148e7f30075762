"""Addresses as codes that a phone's camera reads (QR, ISO/IEC 18004), for screens and for print."""

import io

import segno

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
# Modules of white around the code, as the standard asks; size of a module in a PNG, sharp up to a hand's breadth in print.
BORDER, SCALE = 4, 12


def draw(address: str, kind: str) -> bytes:
    """An address as `svg` or `png`. A quarter of the code may be hidden or worn before it cannot be read any more."""
    code, out = segno.make(address, error="q", micro=False), io.BytesIO()
    if kind == "svg":
        code.save(out, kind="svg", border=BORDER, scale=SCALE, light="#fff", svgclass=None, lineclass=None, omitsize=False)
    else:
        code.save(out, kind="png", border=BORDER, scale=SCALE, light="#fff")
    return out.getvalue()
