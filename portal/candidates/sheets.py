"""Lists as spreadsheets write them: reading CSV of any usual kind, guessing its columns, writing CSV that runs nothing."""

import csv
import difflib
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.candidates.details import clean
from portal.errors import Invalid

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
SEPARATORS = (",", ";", "\t")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIRST_LINES = 20
_CLOSE = 0.8

# Column headings in English and German, without accents, blanks and signs, by what they mean.
_WORDS = {
    "full_name": "name fullname contact person candidate nameperson kontakt namevollstandig vollername ansprechpartner names",
    "given_name": "firstname givenname forename first vorname rufname",
    "family_name": "lastname familyname surname last nachname familienname zuname",
    "greeting_name": "greeting greetingname salutationname callname anrede nickname spitzname",
    "email": "email mail emailaddress mailaddress mailadresse emailadresse eposta correo",
    "phone": "phone telephone tel mobile mobilephone phonenumber telefon telefonnummer handy mobil mobilnummer rufnummer",
    "headline": "headline title jobtitle position role job occupation beruf funktion stelle tatigkeit berufsbezeichnung rolle",
    "company": "company employer organisation organization firm firma unternehmen arbeitgeber betrieb",
    "place": "place city location town region ort stadt wohnort standort",
    "profile_url": "profile profileurl url link website linkedin linkedinurl webseite profil profillink homepage",
    "skills": "skills skill competences knowledge kenntnisse fahigkeiten kompetenzen faehigkeiten technologien stack",
    "evidence": "evidence why whythem reason note notes remark begrundung warum grund anlass notiz bemerkung",
    "language": "language lang locale sprache",
    "time_zone": "timezone tz zone zeitzone",
}
_MEANINGS = {word: field for field, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True)
class Line:
    """One row below the headings. `number` counts as a spreadsheet does; `overflow` says that it has more cells than headings."""

    number: int
    cells: tuple[str, ...]
    overflow: bool


@dataclass(frozen=True)
class Sheet:
    """A list as read. `encoding` and `separator` are what was found, `doubtful` that the encoding is a guess."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    encoding: str
    separator: str
    doubtful: bool


def read(content: bytes) -> Sheet:
    """Read an uploaded list; Invalid with one sentence when it cannot be used."""
    if len(content) > MAX_BYTES:
        raise _unusable(_("The file is larger than 5 MB. Split it, or leave out columns."))
    text, encoding, doubtful = _decode(content)
    if not text.strip():
        raise _unusable(_("The file is empty."))
    separator, text = _separator(text)
    records = _records(text, separator)
    headings = _headings(records[0])
    filled = ((number, cells) for number, cells in enumerate(records[1:], 2) if any(cell.strip() for cell in cells))
    lines = tuple(_line(number, cells, len(headings)) for number, cells in filled)
    if not lines:
        raise _unusable(_("The file has headings but no rows beneath them."))
    if len(lines) > MAX_ROWS:
        limit = MAX_ROWS
        raise _unusable(_("The file has %(count)s rows; at most %(limit)s fit. Split it.", count=len(lines), limit=limit))
    return Sheet(headings, lines, encoding, separator, doubtful)


def guess(headings: Sequence[str]) -> list[tuple[str, bool]]:
    """For each column the field it seems to be ("" to leave it out), and whether that is sure. A field is given once."""
    found = [_meaning(heading) for heading in headings]
    fields = [field for field, _sure in found]
    if "given_name" in fields and "family_name" not in fields:  # “Name, Vorname”: the name is the family's then
        found = [("family_name", False) if field == "full_name" else (field, sure) for field, sure in found]
    taken: set[str] = set()
    for position in sorted(range(len(found)), key=lambda index: not found[index][1]):  # the sure ones choose first
        field = found[position][0]
        found[position] = ("", False) if field in taken else found[position]
        taken |= {field} - {""}
    return found


def neutralised(cell: str) -> str:
    """The cell as a text for every spreadsheet: what would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def write(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with the mark that Excel needs; formulas are neutralised."""
    out = io.StringIO(newline="")
    table = itertools.chain([headings], rows)
    csv.writer(out).writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in table)
    return out.getvalue().encode("utf-8-sig", "replace")


def _decode(content: bytes) -> tuple[str, str, bool]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _unusable(_("This is an Excel workbook. In Excel choose “Save as” and “CSV UTF-8” or “Unicode text”."))
    for encoding, label in ((_utf16(content), "UTF-16"), ("utf-8-sig", "UTF-8")):
        try:
            if encoding:
                return content.decode(encoding), label, False
        except UnicodeDecodeError:
            continue
    try:
        return content.decode("cp1252"), "Windows-1252", True
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1", True


def _utf16(content: bytes) -> str:
    """The codec of UTF-16 with its mark, or of one that betrays itself by the zero bytes of its separators; "" for others."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:2000]
    if start.count(0) * 5 < len(start) or len(content) % 2:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"


def _separator(text: str) -> tuple[str, str]:
    """The separator that cuts the first lines into most columns of equal number; Excel may name it in a first line `sep=;`."""
    if named := re.match(r"sep=([,;\t])\r?\n", text):
        return named[1], text[named.end() :]
    start = "".join(text.splitlines(keepends=True)[:_FIRST_LINES])
    return max(SEPARATORS, key=lambda sign: _regularity(start, sign)), text


def _regularity(start: str, separator: str) -> tuple[int, int]:
    try:
        widths = [len(record) for record in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if record]
    except csv.Error:
        widths = []
    first = widths[0] if widths else 0
    return (first if first > 1 else 0) * sum(width == first for width in widths), -SEPARATORS.index(separator)


def _records(text: str, separator: str) -> list[list[str]]:
    """All rows. A quote that is never closed would swallow the rest of the file without a word, so it is looked for."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        if "unexpected end" in str(error) or "field limit" in str(error):
            raise _unusable(_("A quotation mark is opened in the file and never closed.")) from None
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Headings, each one once, as a mapping needs them."""
    if len(cells) > MAX_COLUMNS:
        raise _unusable(_("The file has more than %(limit)s columns.", limit=MAX_COLUMNS))
    found: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = clean(cell)[:100] or str(_("Column %(number)s", number=position))
        again = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({again + 1})" if again else name)
    if not any(clean(cell) for cell in cells):
        raise _unusable(_("The first row must hold the headings of the columns."))
    return tuple(found)


def _line(number: int, cells: Sequence[str], width: int) -> Line:
    padded = (*cells[:width], *[""] * (width - len(cells)))
    return Line(number, padded, any(cell.strip() for cell in cells[width:]))


def _meaning(heading: str) -> tuple[str, bool]:
    plain = unicodedata.normalize("NFKD", heading.lower().replace("ß", "ss"))
    word = re.sub(r"[^a-z]", "", plain)
    if word in _MEANINGS:
        return _MEANINGS[word], True
    close = difflib.get_close_matches(word, _MEANINGS, 1, _CLOSE) if len(word) > 3 else []
    parts = [_MEANINGS[part] for part in re.findall(r"[a-z]+", plain) if part in _MEANINGS]
    return (_MEANINGS[close[0]] if close else parts[0] if parts else ""), False


def _unusable(sentence: str) -> Invalid:
    return Invalid(sentence, "file")
