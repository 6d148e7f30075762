"""Lists as spreadsheets write them: reading CSV and workbooks of any usual kind, guessing columns, writing what runs nothing."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from portal.candidates.sheets import texts, workbooks
from portal.candidates.sheets.headings import MAX_COLUMNS, guess, name_all
from portal.candidates.sheets.texts import SEPARATORS
from portal.candidates.sheets.writing import neutralised, write, write_workbook
from portal.errors import Invalid

__all__ = [
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "SEPARATORS",
    "Line",
    "Sheet",
    "guess",
    "neutralised",
    "read",
    "stream",
    "write",
    "write_workbook",
]

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 100_000


@dataclass(frozen=True)
class Line:
    """One row below the headings. `number` counts as a spreadsheet does; `overflow` says that it has more cells than headings."""

    number: int
    cells: tuple[str, ...]
    overflow: bool


@dataclass(frozen=True)
class Sheet:
    """A list as read. `encoding` and `separator` are what was found in a text, `doubtful` that the encoding is a guess.

    `names` are the sheets of a workbook, `name` the one that was read; both are empty for a text.
    """

    headings: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    encoding: str = ""
    separator: str = ""
    doubtful: bool = False
    names: tuple[str, ...] = ()
    name: str = ""


def read(content: bytes, name: str = "") -> Sheet:
    """Read a list whole; Invalid with one sentence when it cannot be used. `name` is a sheet of a workbook, else the first."""
    sheet, lines = stream(content, name)
    return replace(sheet, lines=tuple(lines))


def stream(content: bytes, name: str = "") -> tuple[Sheet, Iterator[Line]]:
    """What a list is, and its rows one after the other; the last step says Invalid when there are none or too many."""
    if len(content) > MAX_BYTES:
        raise _unusable(_("The file is larger than %(limit)s MB. Split it, or leave out columns.", limit=MAX_BYTES // 1024**2))
    sheet, records = _workbook(content, name) if workbooks.is_workbook(content) else _text(content)
    first = next(records, None)
    if first is None:
        raise _unusable(_("The file is empty."))
    sheet = replace(sheet, headings=name_all(first))
    return sheet, _lines(records, len(sheet.headings))


def _text(content: bytes) -> tuple[Sheet, Iterator[Sequence[str]]]:
    text, encoding, doubtful = texts.decode(content)
    if not text.strip():
        raise _unusable(_("The file is empty."))
    separator, text = texts.separate(text)
    return Sheet((), (), encoding, separator, doubtful), texts.records(text, separator)


def _workbook(content: bytes, name: str) -> tuple[Sheet, Iterator[Sequence[str]]]:
    workbooks.check(content)
    names = workbooks.sheet_names(content)
    if not names:
        raise _unusable(_("The workbook has no sheet with cells."))
    chosen = next((title for title in names if title.casefold() == name.strip().casefold()), "") if name.strip() else names[0]
    if not chosen:
        raise Invalid(_("The workbook has no sheet of this name. It has: %(names)s.", names=", ".join(names)), "sheet")
    return Sheet((), encoding="Excel", names=tuple(names), name=chosen), workbooks.records(content, chosen)


def _lines(records: Iterator[Sequence[str]], width: int) -> Iterator[Line]:
    filled = ((number, cells) for number, cells in enumerate(records, 2) if any(cell.strip() for cell in cells))
    count = 0
    for count, (number, cells) in enumerate(itertools.islice(filled, MAX_ROWS), 1):  # noqa: B007 - counts
        yield _line(number, cells, width)
    if not count:
        raise _unusable(_("The file has headings but no rows beneath them."))
    if rest := sum(1 for _more in filled):
        raise _unusable(_("The file has %(count)s rows; at most %(limit)s fit. Split it.", count=MAX_ROWS + rest, limit=MAX_ROWS))


def _line(number: int, cells: Sequence[str], width: int) -> Line:
    padded = (*cells[:width], *[""] * (width - len(cells)))
    return Line(number, padded, any(cell.strip() for cell in cells[width:]))


def _unusable(sentence: str) -> Invalid:
    return Invalid(sentence, "file")
