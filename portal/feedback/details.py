"""What a questionnaire asks, what somebody says, and how it is shown: plain values that forms, services and pages share."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

BEST = 10
# Below so many answers nothing anonymous is shown: it would tell who said it.
FEW = 5
STATEMENTS, TEXTS = 8, 4
WORDING, LONG = 300, 3000
MARKS = {1: _l("Not at all"), 2: _l("Rather not"), 3: _l("Partly"), 4: _l("Mostly"), 5: _l("Fully")}


@dataclass(frozen=True)
class Sheet:
    """The wording of a questionnaire."""

    title: str
    intro: str
    score: str
    statements: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What a form says. `marks` (1 to 5, or None) and `words` follow the order of the sheet. Name and address only by name."""

    score: int
    marks: tuple[int | None, ...] = ()
    words: tuple[str, ...] = ()
    anonymous: bool = True
    name: str = ""
    email: str = ""
    wants_contact: bool = False


@dataclass(frozen=True)
class Reading:
    """An answer as HR reads it, and as the form shows it before it is sent: the same object goes through the same template.

    `who` is empty for anonymous answers, whose `on` is the first of a month. Only what was answered is listed.
    """

    title: str
    on: date
    score: int
    score_wording: str
    marks: tuple[tuple[str, int], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    who: str = ""
    candidate_id: int | None = None
    wants_contact: bool = False
    settled: bool = False
    number: int = field(default=0, compare=False)

    @property
    def marked(self) -> tuple[tuple[str, Any], ...]:
        """The marks in words."""
        return tuple((wording, MARKS[mark]) for wording, mark in self.marks)
