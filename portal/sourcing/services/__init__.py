"""Writing down who is looked for (`personas`), and where people come from (`sources`)."""

from collections.abc import Callable, Mapping, Sequence

from flask import Flask

from portal.sourcing.queries import Tally
from portal.sourcing.services.personas import add_persona, archive_persona, complete_personas, edit_persona
from portal.sourcing.services.sources import (
    add_cost,
    add_source,
    archive_source,
    check_in_address,
    edit_source,
    open_check_in,
    remove_cost,
)

__all__ = [
    "add_cost",
    "add_persona",
    "add_source",
    "archive_persona",
    "archive_source",
    "check_in_address",
    "complete_personas",
    "edit_persona",
    "edit_source",
    "init_app",
    "open_check_in",
    "remove_cost",
]

Counter = Callable[[], Mapping[int, Tally]]


def init_app(app: Flask, by_persona: Sequence[Counter], by_source: Sequence[Counter]) -> None:
    """Take what counts; people and visits are known to features above. Each tells a part of the tally, by id."""
    app.extensions["tallies"] = {"persona": tuple(by_persona), "source": tuple(by_source)}
