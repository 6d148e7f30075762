"""Lists on their way out, as CSV and as workbooks: every text stays a text, whatever a spreadsheet would make of it."""

import csv
import io
import itertools
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767  # Excel's limit


def neutralised(cell: str) -> str:
    """The cell as a text for every spreadsheet: what would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def write(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with the mark that Excel needs; formulas are neutralised."""
    out = io.StringIO(newline="")
    table = itertools.chain([headings], rows)
    csv.writer(out).writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in table)
    return out.getvalue().encode("utf-8-sig", "replace")


def write_workbook(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str = "Overture") -> bytes:
    """A workbook for Excel. Texts are marked as texts, so that none is a formula; numbers stay numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: WriteOnlyWorksheet, text: str, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text.encode("utf-8", "replace").decode())[:_LONGEST_CELL])
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    if bold:
        cell.font = Font(bold=True)
    return cell
