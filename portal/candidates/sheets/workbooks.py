"""Excel workbooks, read without trusting them: bombs, entities, lying dimensions and broken parts end in a sentence."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from flask_babel import gettext as _
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from portal.candidates.sheets.headings import MAX_COLUMNS
from portal.errors import Invalid

MAX_UNPACKED = 384 * 1024 * 1024
MAX_PARTS = 2_000
LAST_ROW = 1_048_576  # of any worksheet
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_BLOCK = 1024 * 1024


def is_workbook(content: bytes) -> bool:
    """Whether this is for us, and not a text."""
    return content.startswith((_ZIP, _OLE))


def check(content: bytes) -> None:
    """Invalid, with the remedy, unless this is an unprotected workbook of bearable size without anything XML should not hold."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise _unusable(
                _("This workbook is protected by a password. In Excel take the password off, save it, and choose it again.")
            )
        raise _unusable(
            _("This is an Excel workbook of the old kind (.xls). In Excel choose “Save as” and “Excel workbook (.xlsx)”.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check_parts(parts)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - damage has many names
        raise _damaged() from None


def sheet_names(content: bytes) -> list[str]:
    """The worksheets, in their order."""
    with _opened(content) as book:
        return [sheet.title for sheet in book.worksheets]


def records(content: bytes, name: str) -> Iterator[list[str]]:
    """The rows of a worksheet as texts; formulas as they are written, never as what they would compute."""
    with _opened(content) as book:
        sheet = next((sheet for sheet in book.worksheets if sheet.title == name), None)
        if sheet is None:
            raise _unusable(_("The workbook has no sheet of this name any more."))
        sheet.reset_dimensions()  # what the file says of its own size may be a lie
        rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True)
        while True:
            try:
                row = next(rows, None)
            except Exception:  # noqa: BLE001 - a part is broken in the middle
                raise _damaged() from None
            if row is None:
                return
            yield _trimmed([_text(value) for value in row])


def _check_parts(parts: zipfile.ZipFile) -> None:
    infos, unpacked = parts.infolist(), 0
    if "xl/workbook.xml" not in parts.namelist():
        raise _unusable(_("This is no Excel workbook. Save the list as .xlsx, or as “CSV UTF-8”."))
    if len(infos) > MAX_PARTS:
        raise _too_large()
    if any(info.flag_bits & 1 for info in infos):
        raise _unusable(_("This workbook is protected by a password. Take the password off, save it, and choose it again."))
    for info in infos:
        with parts.open(info) as part:  # counted while unpacking, since the directory of a bomb lies
            tail = b""
            while block := part.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED:
                    raise _too_large()
                seen = (tail + block).replace(b"\0", b"")
                if info.filename.endswith((".xml", ".rels")) and any(word in seen for word in _FORBIDDEN):
                    raise _damaged()
                tail = block[-32:]


@contextmanager
def _opened(content: bytes) -> Iterator[Workbook]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - damage has many names
        raise _damaged() from None
    try:
        yield book
    finally:
        book.close()


def _text(value: object) -> str:
    """A cell as somebody would write it: days as 2026-11-23, whole numbers without a point, errors as nothing."""
    if value is None or value in _ERRORS:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat("minutes") if isinstance(value, time) else str(value)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _damaged() -> Invalid:
    return _unusable(
        _("This Excel workbook is damaged, or of a kind we do not know. Open it in Excel, save it, choose it again.")
    )


def _too_large() -> Invalid:
    return _unusable(
        _("Unpacked, this workbook is larger than we read. Delete the sheets and pictures that are not needed, or split it.")
    )


def _unusable(sentence: str) -> Invalid:
    return Invalid(sentence, "file")
