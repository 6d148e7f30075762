"""What is held about a person, feature by feature, and how each feature lets go of it.

A feature that keeps something about people has a module `personal` with `KEY`, `TITLE`, `held` and `erase`. The composition
root lists these modules, the top of the stack first; erasure and the candidate's own page go through all of them, so that none
is forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from flask import Flask, current_app

Plain = str | int | float | bool | None | Sequence[str]


@dataclass(frozen=True)
class Item:
    """One thing that is held. `what` is a short sentence, `facts` go by their label, `text` is what somebody wrote, unchanged."""

    what: str
    at: datetime | None = None
    facts: Mapping[str, Plain] = field(default_factory=dict)
    text: str = ""


class Holder(Protocol):
    """A feature's module `personal`. `KEY` names its part in an export, `TITLE` on a page."""

    KEY: str
    TITLE: Any

    def held(self, candidate_id: int) -> Sequence[Item]:
        """Everything this feature keeps about a candidate, newest first."""
        ...

    def erase(self, candidate_id: int) -> None:
        """Delete or blank it, inside the caller's transaction. Counts of the past may keep a row that names nobody."""
        ...


def init_app(app: Flask, holders: Sequence[Holder]) -> None:
    """Say who holds something. Order matters: rows are let go of from the top of the stack down."""
    app.extensions["personal"] = tuple(holders)


def holders() -> Sequence[Holder]:
    """The features that hold something about people, the top of the stack first."""
    return cast(Sequence[Holder], current_app.extensions["personal"])
