"""Whose tap was it? Mail scanners open every link and some press every button, so that a press alone proves nobody."""

from dataclasses import dataclass

# Nobody reads what a button does, decides and presses it in less.
SOON = 3.0


@dataclass(frozen=True)
class Press:
    """What is known of the press of an answer's button.

    `proved`: its page was read by a person (five seconds, and a real scroll, key or touch). `chosen`: it was a page that asks which
    answer it is, not the first page with its one button. `age`: seconds since that page was shown. `early`: the mail had just arrived.
    """

    proved: bool
    chosen: bool
    age: float
    early: bool = False


def is_person(press: Press) -> bool:
    """Whether the answer counts at once. If not it is provisional, and the next page asks."""
    return press.proved or (press.chosen and press.age >= SOON and not press.early)
