"""Colours that can be read: contrast as WCAG 2.2 counts it."""

import re

from flask_babel import gettext as _

ENOUGH = 4.5
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_STEPS = 50


def is_colour(text: str) -> bool:
    """Whether it is `#rgb` or `#rrggbb`."""
    return bool(_HEX.fullmatch(text.strip()))


def normal(text: str) -> str:
    """`#RGB` as `#rrggbb`; raises ValueError."""
    text = text.strip().lower()
    if not is_colour(text):
        raise ValueError(_("“%(colour)s” is not a colour; write it as #17624f.", colour=text))
    return text if len(text) == 7 else "#" + "".join(letter * 2 for letter in text[1:])


def readable(text: str, paper: str) -> str:
    """The colour, made darker or lighter until text in it can be read on `paper`; raises ValueError if it is no colour."""
    wanted = normal(text)
    target = "#000000" if _luminance(paper) > 0.5 else "#ffffff"
    for step in range(_STEPS + 1):
        mixed = mix(wanted, target, step / _STEPS)
        if contrast(mixed, paper) >= ENOUGH:
            return mixed
    return target


def upon(ground: str) -> str:
    """White or nearly black, whichever is easier to read on `ground`."""
    return max(("#ffffff", "#101418"), key=lambda ink: contrast(ink, ground))


def mix(first: str, second: str, share: float) -> str:
    """The colour that lies `share` of the way from the first to the second."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(text: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(text))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channels(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
