"""Whose tap was it, and which words of strangers may be sent on.

Mail scanners open every link and some press every button, so that a press alone proves nobody.
"""

import re
import unicodedata
from dataclasses import dataclass

# Nobody reads what a button does, decides and presses it in less.
SOON = 3.0


@dataclass(frozen=True)
class Press:
    """What is known of the press of an answer's button.

    `proved`: its page, or the one before, was read by a person (five seconds, and a real scroll, key or touch). `chosen`: that
    page asks which answer it is, as the first page with its one button does not. `age`: seconds since it was shown. `early`: the
    mail had only just arrived.
    """

    proved: bool
    chosen: bool
    age: float
    early: bool = False


def is_person(press: Press) -> bool:
    """Whether the answer counts at once. If not it is provisional, and the next page asks."""
    return press.proved or (press.chosen and press.age >= SOON and not press.early)


# Marks that turn the direction of a line, and blanks that nobody sees. The joiners stay: names in India and Persia need them.
_UNSEEN = re.compile(r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_NAME_LIMIT = 40
_BETWEEN = frozenset(" -'’.\u200c\u200d")
_NAME_WORDS = 4


def plain_name(text: str) -> str:
    """A name fit to stand on a page: one line, and nothing that turns or hides what is around it."""
    return " ".join(_UNSEEN.sub("", text).split())


def short_name(text: str) -> str:
    """A name fit to stand in a mail to somebody else: four words of letters at most. Empty when it may be anything more."""
    name = plain_name(text)
    spoken = all(unicodedata.category(sign)[0] in "LM" or sign in _BETWEEN for sign in name)
    dotted = re.search(r"\.\S", name)  # “evil.example” is a name to no one; “J. R.” is
    return name if spoken and not dotted and len(name) <= _NAME_LIMIT and len(name.split()) <= _NAME_WORDS else ""
