"""A compiled mail is the mail that Python's own library would have made, for any name."""

import dataclasses
import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.delivery.emails import Letter, compiled, lint, pack, pack_many, read, returns, sheet_of, write
from portal.delivery.models import Delivery, OutboxText, Purpose
from portal.errors import PortalError
from tests.delivery.test_mime import LETTER, lines, mail_to, wordsmith  # noqa: F401

# The first letters of thirty scripts, each with some that follow.
SCRIPTS = [
    (0x41, 25), (0xC0, 22), (0x391, 16), (0x410, 60), (0x531, 37), (0x5D0, 26), (0x620, 30), (0x710, 25),
    (0x780, 30), (0x905, 50),
    (0x985, 8), (0xA05, 6), (0xA85, 9), (0xB05, 8), (0xB85, 6), (0xC05, 8), (0xC85, 8), (0xD05, 8), (0xD85, 15), (0xE01, 40),
    (0xE81, 2), (0xF40, 7), (0x1000, 30), (0x10D0, 30), (0x1200, 60), (0x13A0, 60), (0x1780, 30), (0x3041, 80), (0x4E00, 900),
    (0xAC00, 900),
]  # fmt: skip
LETTERS = st.sampled_from(SCRIPTS).flatmap(
    lambda one: st.text(st.characters(min_codepoint=one[0], max_codepoint=one[0] + one[1]))
)
MARKS = st.sampled_from(
    ["", ".", "..", "=", "=2E", " ", "\t", '"', "<b>", "&amp;", "{{note}}", "'", "From ", "-- ", "x" * 80, "\u200f", "🙂"]
)
NAMES = st.lists(st.one_of(LETTERS, MARKS), min_size=1, max_size=6).map("".join).map(str.strip).filter(bool)
NO_TAB = NAMES.map(lambda name: name.replace("\t", " "))


def ordinary(letter: Letter) -> EmailMessage:
    """The same mail, built the usual way."""
    written = write(letter)
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = written.subject
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)


def parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [(one.get_content_type(), one.get_content().replace("\r\n", "\n")) for one in message.iter_parts()]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=NO_TAB, note=st.lists(NAMES, max_size=4).map("\n".join))
def test_any_name_in_thirty_scripts_makes_the_mail_that_the_library_makes(wordsmith, name, note):  # noqa: F811
    values = {**LETTER.values, "first_name": name, "note": note, "landing_link": f"http://portal.test/l/{name}"}
    letter = dataclasses.replace(LETTER, values=values, own_page=False)
    raw = pack(mail_to("Ada"), letter).raw
    ours = email.message_from_bytes(raw, policy=email.policy.default)
    assert parts(ours) == parts(ordinary(letter))
    assert not ours.defects
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert all(len(line) <= 76 and not line.startswith(b".") for line in lines(body))
    assert all(len(line) <= 998 and not line.startswith(b".") for line in lines(raw))
    body.decode("ascii")


def test_the_text_is_compiled_once_for_all_and_each_fills_its_own(wordsmith):  # noqa: F811
    pairs = [
        (mail_to(name), dataclasses.replace(LETTER, values={**LETTER.values, "first_name": name}))
        for name in ("Ada", "Bob", "Hana")
    ]
    texts = {mail.kept.text for mail in pack_many(pairs)}
    assert len(texts) == 1
    assert compiled.compile(sheet_of(LETTER)) is compiled.compile(sheet_of(LETTER))


def test_one_bad_name_does_not_keep_the_others_back(wordsmith):  # noqa: F811
    found = pack_many([(mail_to("Ada"), LETTER), (mail_to("Mallory\r\nBcc: x@evil.example"), LETTER), (mail_to("Bob"), LETTER)])
    assert [isinstance(one, PortalError) for one in found] == [False, True, False]


def test_a_copy_is_rebuilt_from_text_and_slots_and_opens_nothing(wordsmith):  # noqa: F811
    token = "AbCdEfGhIjKlMnOpQrStUv"
    letter = dataclasses.replace(
        LETTER,
        values={**LETTER.values, "landing_link": f"http://portal.test/l/{token}"},
        one_click=f"http://portal.test/u/{token}",
    )
    mail = pack(mail_to("Zoë"), letter)
    stored = OutboxText(version=mail.kept.text.version, pieces=mail.kept.text.frozen)
    rebuilt = stored.filled(list(mail.kept.slots))
    assert sum(map(len, mail.kept.slots)) < len(mail.raw) / 3
    assert token.encode() not in rebuilt.replace(b"=\r\n", b"")
    assert read(rebuilt).text == read(mail.raw).text.replace(token, "...")
    assert read(rebuilt).html == read(mail.raw).html.replace(token, "...")


@pytest.fixture
def mailboxes(wordsmith, monkeypatch):  # noqa: F811
    changed = {"bounce_address": "bounces@sielwerk.example", "reply_address": "reply@sielwerk.example"}
    monkeypatch.setitem(wordsmith.config, "SETTINGS", wordsmith.config["SETTINGS"].model_copy(update=changed))
    row = mail_to("Ada", Purpose.MAILING)
    row.id, row.subject_id = 4711, 7
    return row


def test_each_mail_comes_back_to_an_address_of_its_own(mailboxes):
    row: Delivery = mailboxes
    mail = pack(row, LETTER)
    assert mail.sender.startswith("bounces+")
    assert returns.delivery_of(mail.sender.upper()) == 4711
    assert returns.delivery_of_reply(returns.reply_address_for(row)) == 4711
    assert returns.delivery_of_stop(returns.stop_address_for(row)) == 4711
    assert returns.delivery_of(returns.reply_address_for(row)) is None, "an address is good for one purpose"
    assert returns.delivery_of(mail.sender.replace("+b3", "+b4")) is None, "nobody can make one up"
    assert returns.aligns()


def test_bulk_mail_has_what_big_receivers_ask_for(mailboxes):
    raw = pack(mailboxes, LETTER).raw
    stop = returns.stop_address_for(mailboxes)
    assert f"\r\nList-Unsubscribe: <{LETTER.one_click}>,\r\n <mailto:{stop}?subject=stop>\r\n".encode() in raw
    assert b"\r\nPrecedence: bulk\r\n" in raw
    assert b"\r\nFeedback-ID: mailing-7:mailing:overture:sielwerk.example\r\n" in raw
    assert dict(read(raw).head)["Reply-To"] == f"Marit Folkerts <{returns.reply_address_for(mailboxes)}>"
    assert raw.count(b"\r\nFrom: ") + raw.startswith(b"From: ") == 1


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"subject": " "}, "subject"),
        ({"body": "word " * 9000}, "size"),
        ({"body": "![](/pictures/boat)"}, "alt"),
        ({"one_click": ""}, "way out"),
        ({"footer": ()}, "source"),
    ],
)
def test_a_letter_that_lacks_something_is_told_so(wordsmith, changes, kind):  # noqa: F811
    assert kind in {problem.kind for problem in lint(dataclasses.replace(LETTER, **changes))}
