"""What a page of the numbers is made of, whatever the metric: a tile, facts, tables with a chart each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from portal.analytics.queries import Filters


@dataclass(frozen=True)
class Tile:
    """A metric at a glance. `trend` is by month, oldest first; `ripe` says what is missing of it, or nothing."""

    value: str
    interval: str
    counted: str
    trend: Sequence[float | None] = ()
    ripe: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure in a table; `part` names the people behind it, where they may be looked up."""

    text: str
    tone: str = ""
    part: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table. `narrow` holds the filters that make the whole metric equal this row, as they stand in an address."""

    label: str
    cells: Sequence[Cell]
    narrow: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows, their heads, and the chart of the same numbers; `records` is what the CSV is made of. `key` stands in addresses."""

    key: str
    title: str
    head: Sequence[str]
    lines: Sequence[Line]
    records: Sequence[Any]
    draw: Callable[[], Markup] | None = None
    note: str = ""


@dataclass(frozen=True)
class Face:
    """How a metric is counted and shown. `cohort`: it follows people from their first contact, so activity is shown apart."""

    count: Callable[[Filters], Any]
    tile: Callable[[Any], Tile]
    facts: Callable[[Any], Sequence[tuple[str, str, str]]]
    tables: Callable[[Any, Filters], Sequence[Table]]
    cohort: bool = False
