"""Lists are read as spreadsheets write them, and written so that no spreadsheet runs anything."""

import contextlib
import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.candidates import sheets
from portal.candidates.details import clean
from portal.errors import Invalid

HEADS = ["Name", "E-Mail"]
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
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old kind"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b'Name,Mail\n"Ada,a@x.example\nBob,b@x.example\n', "never closed"),
        (b"Name,Mail\n" + b"x" * (sheets.MAX_BYTES), "32 MB"),
        (b"Name,Mail\n" + b"Ada,a@x.example\n" * (sheets.MAX_ROWS + 1), "100001 rows"),
        (b"," * 299 + b"\nAda\n", "100 columns"),
        (b"N,M\n" + b"a,b\n" * 1_000_000, "1000000 rows"),
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


def workbook(*tables, names=()):
    """An Excel workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, table in enumerate(tables):
        sheet = book.create_sheet(names[index] if names else f"Sheet {index + 1}")
        for row in table:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rebuilt(content, **parts):
    """The same workbook with other contents of some parts (xl/workbook.xml is `xl_workbook_xml`)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            key = info.filename.replace("/", "_").replace(".", "_")
            new.writestr(info.filename, parts[key](old.read(info)) if key in parts else old.read(info))
    return out.getvalue()


def test_a_workbook_is_read_as_somebody_would_write_it():
    row = ["김도현", "dh@x.example", 4915112345678, 3.5, dt.datetime(2026, 11, 23), dt.datetime(1899, 12, 31, 8, 30), True, None]
    sheet = sheets.read(workbook([["Name", "Mail", "Tel", "Score", "Day", "When", "Yes", "Empty"], row]))
    assert sheet.lines[0].cells == (
        "김도현",
        "dh@x.example",
        "4915112345678",
        "3.5",
        "2026-11-23",
        "08:30",
        "TRUE",
        "",
    )
    assert (sheet.encoding, sheet.names, sheet.name) == ("Excel", ("Sheet 1",), "Sheet 1")


def test_a_formula_in_a_workbook_is_text_and_an_error_is_nothing():
    cells = sheets.read(workbook([["A", "B", "C"], ["=1+1", "#N/A", '=HYPERLINK("http://evil.example","Ada")']])).lines[0].cells
    assert cells == ("=1+1", "", '=HYPERLINK("http://evil.example","Ada")')


def test_the_sheet_that_was_named_is_read_else_the_first():
    content = workbook([["Name"], ["Ada"]], [["Mail"], ["b@x.example"]], names=["People", "Old"])
    assert sheets.read(content).headings == ("Name",)
    assert sheets.read(content, " old ").headings == ("Mail",)
    with pytest.raises(Invalid, match="People, Old") as caught:
        sheets.read(content, "Older")
    assert caught.value.field == "sheet"


def test_rows_of_a_workbook_are_numbered_as_excel_does():
    sheet = sheets.read(workbook([HEADS, [], ["Ada", "a@x.example", "", "more"], [None, None], ["Bob", "b@x.example"]]))
    assert [(line.number, line.overflow) for line in sheet.lines] == [(3, True), (5, False)]


def test_a_workbook_that_lies_about_its_size_or_jumps_to_the_end_does_not_exhaust_us():
    content = workbook([HEADS, ["Ada", "a@x.example"]])
    lying = rebuilt(content, xl_worksheets_sheet1_xml=lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert sheets.read(lying).lines[0].cells == ("Ada", "a@x.example")
    jumping = rebuilt(content, xl_worksheets_sheet1_xml=lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'))
    with pytest.raises(Invalid):
        sheets.read(jumping)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"xl_worksheets_sheet1_xml": lambda xml: xml[: len(xml) // 2]}, "damaged"),
        ({"xl_workbook_xml": lambda xml: b"<broken"}, "damaged"),
        ({"xl_worksheets_sheet1_xml": lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml}, "damaged"),
        ({"docProps_core_xml": lambda xml: b" " * (400 * 1024 * 1024)}, "larger than we read"),
    ],
)
def test_a_broken_bombed_or_booby_trapped_workbook_ends_in_a_sentence(parts, word):
    with pytest.raises(Invalid, match=word) as caught:
        sheets.read(rebuilt(workbook([HEADS, ["Ada", "a@x.example"]]), **parts))
    assert caught.value.field == "file"


def test_another_archive_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "x")
    with pytest.raises(Invalid, match="no Excel workbook"):
        sheets.read(out.getvalue())


def test_on_the_way_out_a_workbook_holds_texts_and_no_formula():
    cells = ["=1+1", "+49", "@x", "a\x00b\x1b", "x" * 40_000, "مريم"]
    book = openpyxl.load_workbook(io.BytesIO(sheets.write_workbook(["=A"], [[7, *cells]])))
    (heading, *_more), row = book.active.iter_rows()
    assert [cell.data_type for cell in (heading, *row)] == ["s", "n", "s", "s", "s", "s", "s", "s"]
    assert [cell.value for cell in row[:5]] == [7, "=1+1", "+49", "@x", "ab"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eAda\u202c", "Ada"),
        ("A\u200bd\ufeffa", "Ada"),
        ("Ad\u200da", "Ada"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fمريم\u200f الخطيب\u200e", "مريم\u200f الخطيب"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("Ada\r\nBcc: eve@x.example", "Ada Bcc: eve@x.example"),
    ],
)
def test_invisible_signs_stay_where_a_script_needs_them_and_go_where_they_only_deceive(typed, kept):
    assert clean(typed) == clean(clean(typed)) == kept
