"""What goes on the wire, as Python's own parser and DKIM's own verifier understand it."""

import base64
import dataclasses
import email
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from portal import clock
from portal.candidates.models import Candidate
from portal.delivery.emails import BadHeader, Letter, pack, read
from portal.delivery.models import Delivery, Purpose
from tests.conftest import build_app
from tests.delivery.post import Post

NAMES = [
    "Ada Lovelace",
    'O\'Brien, Jr. "The Gate"',
    "Zoë Ångström-Müller",
    "Елена Богданова",
    "Αικατερίνη Παπαδοπούλου",
    "مريم الخطيب",
    "דבורה כהן",
    "渡辺 美咲",
    "김민준",
    "Nguyễn Thị Thảo",
    "Wolfeschlegelsteinhausenbergerdorff, " * 3 + "Ü",
    "🙂 Ada",
    "=?utf-8?q?trick?=",
]
LETTER = Letter(
    subject="{{first_name}}, a question about your work",
    body="Hello {{first_name}},\n\n{{note}}\n\nRead [the page]({{landing_link}}) or {{landing_link}}\n\n"
    "## A [story](/stories/welder)\n\nGood wishes\n\n{{sender_name}}",
    values={
        "first_name": "Ada",
        "note": "First.\n\nSecond,\nwith a break.",
        "landing_link": "http://portal.test/l/abc",
        "sender_name": "Marit",
    },
    sender_name="Marit Folkerts",
    reply_to="marit@sielwerk.example",
    footer=("Sielwerk GmbH, Emden", "[Stop](http://portal.test/u/t0ken)"),
    one_click="http://portal.test/u/" + "x" * 150 + "/one-click",
    list_id="news.portal.test",
)


@pytest.fixture(scope="module")
def wordsmith(tmp_path_factory):
    """An application without a database: letters need none."""
    app = build_app(tmp_path_factory.mktemp("mime"))
    with app.app_context():
        yield app


@pytest.fixture
def row(wordsmith) -> Delivery:
    return mail_to("Ada")


def mail_to(name: str, purpose: Purpose = Purpose.OUTREACH) -> Delivery:
    candidate = Candidate(full_name=name, greeting_name=name, email="ada.l@candidate.example")
    return Delivery(purpose=purpose, candidate=candidate, message_id="<a5e0@portal.test>")


def lines(raw: bytes) -> list[bytes]:
    assert b"\n" not in raw.replace(b"\r\n", b""), "only CRLF ends lines"
    return raw.split(b"\r\n")


def mailbox(raw: bytes, header: str) -> tuple[str, str]:
    """Name and address by the older parser: the newer one of Python 3.11 puts blanks between encoded words."""
    name, address = parseaddr(email.message_from_bytes(raw)[header])
    return str(make_header(decode_header(name))), address


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_arrive_as_they_are_written(wordsmith, name):
    row = mail_to(name)
    letter = dataclasses.replace(LETTER, sender_name=name, values={**LETTER.values, "first_name": name, "sender_name": name})
    envelope = pack(row, letter)
    [mail] = Post(taken=[("", "", envelope.raw)]).mails()
    assert mailbox(envelope.raw, "To") == (name, row.candidate.email)
    assert mailbox(envelope.raw, "From") == (name, "people@sielwerk.example")
    assert mailbox(envelope.raw, "Reply-To") == (name, "marit@sielwerk.example")
    assert [len(mail[header].addresses) for header in ("To", "From", "Reply-To")] == [1, 1, 1]
    assert mail["Subject"] == f"{name}, a question about your work"
    assert f"Hello {name}," in mail.get_body(("plain",)).get_content()
    assert all(len(line) <= 998 for line in lines(envelope.raw))
    envelope.raw.decode("ascii")


def test_the_parts_say_the_same_in_html_and_in_text(row):
    reading = read(pack(row, LETTER).raw)
    assert "<p style" in reading.html
    assert ">First.</p><p" in reading.html
    assert "Second,<br>with a break." in reading.html
    assert 'href="http://portal.test/l/abc"' in reading.html
    assert 'href="http://portal.test/stories/welder"' in reading.html
    assert reading.text.startswith("Hello Ada,\n")
    assert "First.\n\nSecond,\nwith a break." in reading.text
    assert "the page (http://portal.test/l/abc)" in reading.text
    assert "http://portal.test/u/t0ken" in reading.text
    assert "{{" not in reading.html + reading.text
    assert "<" not in reading.text


def test_the_text_part_comes_first(row):
    raw = pack(row, LETTER).raw
    assert raw.index(b"text/plain") < raw.index(b"text/html")


def test_what_people_typed_is_never_markup(row):
    values = {
        **LETTER.values,
        "first_name": '<b>Ada</b> & "co" {{note}}',
        "note": "**x** <script>alert(1)</script>\n\n{{first_name}}",
    }
    reading = read(pack(row, dataclasses.replace(LETTER, values=values)).raw)
    assert "<script" not in reading.html
    assert "<b>" not in reading.html
    assert "**x** &lt;script&gt;" in reading.html
    assert "{{first_name}}" in reading.html
    assert '<b>Ada</b> & "co" {{note}}' in reading.text


def test_an_empty_value_takes_its_fallback(row):
    letter = Letter(subject="Hi", body="Hello {{first_name|and thank you}},\n\nx", values={"first_name": ""})
    reading = read(pack(row, letter).raw)
    assert "Hello and thank you," in reading.text
    assert "Hello and thank you," in reading.html


def test_headers_for_machines_stay_on_one_line(row):
    raw = pack(row, LETTER).raw
    assert f"\r\nList-Unsubscribe: <{LETTER.one_click}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nList-Id: <news.portal.test>\r\n" in raw
    assert f"\r\nMessage-ID: {row.message_id}\r\n".encode() in raw


def test_the_date_is_that_of_our_clock(row):
    with clock.standing_at(datetime(2027, 1, 4, 8, 30, tzinfo=UTC)):
        assert b"\r\nDate: Mon, 04 Jan 2027 08:30:00 +0000\r\n" in pack(row, LETTER).raw


def test_only_what_answers_by_itself_says_so(wordsmith):
    for purpose, expected in ((Purpose.CONFIRMATION, True), (Purpose.OUTREACH, False), (Purpose.MAILING, False)):
        raw = pack(mail_to("Ada", purpose), LETTER).raw
        assert (b"\r\nAuto-Submitted: auto-replied\r\n" in raw) is expected


BREAKS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\x00"]


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize(
    "place", ["subject", "value", "sender_name", "reply_to", "one_click", "list_id", "header", "name of header", "to"]
)
def test_a_line_break_in_the_head_is_refused(row, place, line_break):
    evil = f"x{line_break}Bcc: mallory@evil.example"
    changes = {
        "value": {"values": {**LETTER.values, "first_name": evil}},
        "header": {"headers": {"X-Tag": evil}},
        "name of header": {"headers": {evil: "x"}},
        "to": {},
    }.get(place, {place: evil})
    if place == "to":
        row.candidate.full_name = evil
    with pytest.raises(BadHeader):
        pack(row, dataclasses.replace(LETTER, **changes))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=120))
def test_any_subject_survives(row, text):
    subject = " ".join(text.split())
    letter = Letter(subject="{{first_name}}", body="x", values={"first_name": subject or "x"})
    head = dict(read(pack(row, letter).raw).head)
    assert head["Subject"] == (subject or "x")


def test_a_text_with_dots_and_long_lines_arrives_unchanged(send, post, make):
    text = "One line.\n\n.\n\n..two dots\n\n" + "long " * 800 + "\n\nFrom here on."
    app_letter = Letter(subject="Dots", body=text, values={}, notice=True, own_page=False)
    current_app.extensions["composers"] = {Purpose.OUTREACH: lambda _row: app_letter}
    send(make.candidate("Ada"))
    [mail] = post.mails()
    body = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert re.sub(r"\s+", " ", body) == re.sub(r"\s+", " ", text) + " "
    assert all(len(line) <= 76 for line in post.taken[0][2].split(b"\r\n\r\n", 1)[1].split(b"\r\n"))


def test_a_signed_mail_verifies(wordsmith, row, tmp_path, monkeypatch):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = Path(tmp_path / "dkim.pem")
    path.write_bytes(key.private_bytes(*kinds))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    setting = SecretStr(f"gate:sielwerk.example:{path}")
    monkeypatch.setitem(wordsmith.config, "SETTINGS", wordsmith.config["SETTINGS"].model_copy(update={"dkim_key": setting}))
    raw = pack(row, LETTER).raw
    assert dkim.verify(raw, dnsfunc=lambda *_arguments, **_more: record)
    assert not dkim.verify(raw.replace(b"List-Id: <news", b"List-Id: <spam"), dnsfunc=lambda *_a, **_m: record)
