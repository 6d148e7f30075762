"""Is a post a robot's? Told without a third party: by a trap, the time it took, links, and work in the browser if in doubt."""

import enum
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

SOON = 3.0  # seconds in which nobody reads and fills in a form
AT_ONCE = 1.0
STALE = 24 * 3600.0
MANY_LINKS = 2
WORK_BITS = 16
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


class Ruling(enum.StrEnum):
    PASS = "pass"  # noqa: S105
    STALE = "stale"  # shown again with a fresh token, and what was typed
    DOUBT = "doubt"  # shown again: work for the browser, or one more press
    ROBOT = "robot"  # answered as if accepted, and kept aside for a week


@dataclass(frozen=True)
class Post:
    """What is known of a post. `age` in seconds since the form was shown; `confirmed`: this is the press after a doubt."""

    trap: str
    age: float
    links: int = 0
    worked: bool = False
    confirmed: bool = False


def judge(post: Post) -> tuple[Ruling, str]:
    """The ruling, and why in a few words for staff."""
    if post.trap:
        return Ruling.ROBOT, "filled in what nobody sees"
    if post.age > STALE:
        return Ruling.STALE, "old form"
    if post.worked or (post.confirmed and post.age >= AT_ONCE):
        return Ruling.PASS, ""
    if post.confirmed:
        return Ruling.ROBOT, "confirmed faster than anybody can"
    if post.age < SOON:
        return Ruling.DOUBT, "filled in within three seconds"
    if post.links >= MANY_LINKS:
        return Ruling.DOUBT, "several links"
    return Ruling.PASS, ""


def count_links(texts: Iterable[str]) -> int:
    """How many addresses of pages the texts hold."""
    return sum(len(_LINK.findall(text)) for text in texts)


def is_work(challenge: str, answer: str) -> bool:
    """Whether the browser found a number that makes the digest begin with so many zero bits."""
    if not answer.isdecimal() or len(answer) > 20:
        return False
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - WORK_BITS) == 0
