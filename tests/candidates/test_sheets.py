"""Lists are read as spreadsheets write them, and written so that no spreadsheet runs anything."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.candidates import sheets
from portal.candidates.details import clean
from portal.errors import Invalid

TABLE = [["Name", "E-Mail"], ["Jürgen Groß", "jg@sielwerk.example"], ["김도현", "dh@sielwerk.example"]]


def content(separator=",", encoding="utf-8", table=TABLE, end="\r\n"):
    return "".join(separator.join(row) + end for row in table).encode(encoding)


@pytest.mark.parametrize("separator", sheets.SEPARATORS)
@pytest.mark.parametrize(
    ("encoding", "label"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")],
)
def test_any_usual_encoding_and_separator_is_found(separator, encoding, label):
    sheet = sheets.read(content(separator, encoding))
    assert (sheet.headings, sheet.encoding, sheet.separator, sheet.doubtful) == (("Name", "E-Mail"), label, separator, False)
    assert [(line.number, list(line.cells)) for line in sheet.lines] == [(2, TABLE[1]), (3, TABLE[2])]


def test_old_western_encoding_is_read_with_a_doubt():
    sheet = sheets.read("Name;E-Mail\nJürgen Groß – “Jo”;jg@x.example\n".encode("cp1252"))
    assert (sheet.lines[0].cells[0], sheet.encoding, sheet.doubtful) == ("Jürgen Groß – “Jo”", "Windows-1252", True)
    assert sheets.read(b"Name;E-Mail\nJ\xfcrgen\x81;jg@x.example\n").encoding == "Latin-1"


def test_a_separator_inside_texts_does_not_mislead():
    text = 'Name;Skills;Mail\n"Groß; Jürgen";"PLC, C, Rust";a@x.example\nAda;"C, C++, C#, Go";b@x.example\n'
    sheet = sheets.read(text.encode())
    assert (sheet.separator, sheet.lines[0].cells) == (";", ("Groß; Jürgen", "PLC, C, Rust", "a@x.example"))
    assert sheets.read(b"sep=;\r\nName;Mail, private\r\nAda;a@x.example\r\n").headings == ("Name", "Mail, private")


def test_rows_are_numbered_as_a_spreadsheet_does_and_blank_ones_left_out():
    sheet = sheets.read(b'Name,Mail\n,\n"Ada\nLovelace",a@x.example\n\n  , \nBob,b@x.example,,\nEve,e@x.example,,more\nIvy\n')
    assert [(line.number, line.overflow) for line in sheet.lines] == [(3, False), (6, False), (7, True), (8, False)]
    assert sheet.lines[3].cells == ("Ivy", "")


def test_headings_are_told_apart():
    assert sheets.read(b"Name,,Name,Name (2)\nAda,b,c,d\n").headings == ("Name", "Column 2", "Name (2)", "Name (2) (2)")


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xff\xfe", "empty"),
        (b"Name,Mail\n", "no rows"),
        (b",,\nAda,a@x.example,\n", "headings"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b'Name,Mail\n"Ada,a@x.example\nBob,b@x.example\n', "never closed"),
        (b"Name,Mail\n" + b"x" * (sheets.MAX_BYTES), "32 MB"),
        (b"Name,Mail\n" + b"Ada,a@x.example\n" * (sheets.MAX_ROWS + 1), "100001 rows"),
        (b"," * 150 + b"\nAda\n", "100 columns"),
    ],
)
def test_what_cannot_be_used_is_refused_with_one_sentence(broken, word):
    with pytest.raises(Invalid, match=word) as caught:
        sheets.read(broken)
    assert caught.value.field == "file"


@pytest.mark.parametrize("junk", [b"\x00" * 64, b"\xff" * 63, bytes(range(256)), b'a"b,"c"d\n"e"f,g\n'])
def test_junk_is_a_sentence_or_a_table_and_never_a_crash(junk):
    with contextlib.suppress(Invalid):
        assert sheets.read(junk).lines


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(junk):
    with contextlib.suppress(Invalid):
        assert sheets.read(junk).lines


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Name", "E-Mail", "Company"], ["full_name", "email", "company"]),
        (["Vorname", "Nachname", "E-Mail-Adresse", "Firma", "Ort"], ["given_name", "family_name", "email", "company", "place"]),
        (["Name", "Vorname", "Mail"], ["family_name", "given_name", "email"]),
        (["First Name", "Last name", "Email address"], ["given_name", "family_name", "email"]),
        (["Tätigkeit", "Fähigkeiten", "Tel.", "Begründung"], ["headline", "skills", "phone", "evidence"]),
        (["LinkedIn URL", "Time zone", "Sprache"], ["profile_url", "time_zone", "language"]),
        (["Telefonnumer", "Emial", "Unternehmem"], ["phone", "email", "company"]),
        (["Diet", "Имя", "X"], ["", "", ""]),
        (["Mail", "E-Mail"], ["email", ""]),
    ],
)
def test_headings_in_english_and_german_are_understood(headings, fields):
    assert [field for field, _sure in sheets.guess(headings)] == fields


def test_a_near_miss_asks_to_be_checked():
    assert sheets.guess(["Telefon", "Telefonnumer"]) == [("phone", True), ("", False)]
    assert sheets.guess(["Telefonnumer"]) == [("phone", False)]


@pytest.mark.parametrize("formula", ["=1+1", "+49 4921 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(1)"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(formula):
    row = next(csv.reader(io.StringIO(sheets.write([formula], []).decode("utf-8-sig"), newline="")))
    assert row == [f"'{formula}"]


def test_other_texts_are_written_as_they_are():
    assert sheets.write(["a;b", 'c"d'], [[1, "김도현 = 1"]]).decode("utf-8-sig") == 'a;b,"c""d"\r\n1,김도현 = 1\r\n'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=4))
def test_any_text_survives_writing_and_reading(cells):
    written = sheets.write([f"h{number}" for number in range(len(cells) + 1)], [["x", *cells]])
    line = sheets.read(written).lines[0]
    assert list(line.cells[1:]) == [sheets.neutralised(cell) for cell in cells]
    assert [clean(cell) for cell in cells] == [clean(clean(cell)) for cell in cells]
