"""Nothing is lost or read twice between a mailbox and the database, wherever the line breaks."""

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from portal import cli
from portal.db import db
from portal.delivery.emails import returns
from portal.errors import BrokenSetup
from portal.extensions import jobs
from portal.inbound import mailboxes
from portal.inbound.models import InboundMail, Kind, PoisonMail, Reply
from portal.inbound.services import read_mailbox
from tests.inbound import letters
from tests.inbound.conftest import configure
from tests.inbound.imap import imap_server


def count(table) -> int:
    return db.session.scalar(sa.select(sa.func.count(table.id)))


def reads(app, url: str) -> None:
    configure(app, inbound_url=SecretStr(str(url)))


def test_imap_mails_are_read_once_and_moved_and_a_broken_line_loses_none(left, ada, inbound_app):
    to = returns.reply_address_for(left(ada))
    with imap_server() as server:
        reads(inbound_app, server.url)
        for number in range(3):
            server.put(letters.written(to, f"Answer {number}."))
        server.hangs_up_before = "EXPUNGE"  # what comes of it is safe, and the mailbox does not know
        with pytest.raises(Exception):  # noqa: B017 - whatever the client calls a line that broke
            read_mailbox()
        assert (count(Reply), len(server.folders["INBOX"])) == (1, 3)
        assert jobs.run("inbound.read") == 3
        assert (count(Reply), len(server.folders["INBOX"])) == (3, 0)
        assert len(server.folders[mailboxes.READ]) == 3
        assert read_mailbox() == 0


def test_of_a_mail_that_is_too_large_only_the_beginning_is_fetched(inbound_app, monkeypatch):
    monkeypatch.setattr(mailboxes, "LARGEST", 100_000)
    with imap_server() as server:
        reads(inbound_app, server.url)
        server.put(letters.written("reply@sielwerk.example", "a" * 200_000))
        assert read_mailbox() == 1
        [row] = db.session.scalars(sa.select(PoisonMail))
        assert (row.whole, row.size > 200_000, len(row.raw)) == (False, True, 64 * 1024)
        assert server.folders["INBOX"] == {}


@pytest.mark.parametrize("maildir", [True, False], ids=["maildir", "eml"])
def test_a_folder_is_read_once_also_when_we_are_killed_between_database_and_folder(
    left, ada, inbound_app, tmp_path, monkeypatch, maildir
):
    box = tmp_path / "box"
    new = box / "new" if maildir else box
    for name in ("new", "cur", "tmp") if maildir else ("",):
        (box / name).mkdir(parents=True)
    reads(inbound_app, box)
    to = returns.reply_address_for(left(ada))
    (new / "1.eml").write_bytes(letters.written(to, "Yes."))
    (new / "2.eml").write_bytes(b"Content-Type: message/rfc822\r\n\r\n" * 200)
    with monkeypatch.context() as killed:
        killed.setattr(mailboxes._Files, "done", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            read_mailbox()
    assert (count(Reply), len(list(new.glob("*.eml")))) == (1, 2)
    assert read_mailbox() == 2
    assert (count(Reply), count(PoisonMail), count(InboundMail)) == (1, 1, 2)
    assert list(new.glob("*.eml")) == []
    assert read_mailbox() == 0


def test_when_the_database_is_away_the_mail_stays_in_the_mailbox(left, ada, inbound_app, tmp_path, monkeypatch):
    reads(inbound_app, tmp_path / "box")
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "1.eml").write_bytes(letters.written(returns.reply_address_for(left(ada)), "Yes."))
    with monkeypatch.context() as away:
        away.setattr(
            "portal.inbound.services.effects.reply", lambda *_: (_ for _ in ()).throw(sa.exc.OperationalError("", {}, OSError()))
        )
        with pytest.raises(sa.exc.OperationalError):
            read_mailbox()
    assert (count(InboundMail), (tmp_path / "box" / "1.eml").exists()) == (0, True)
    assert read_mailbox() == 1
    assert count(Reply) == 1


@pytest.mark.parametrize("url", ["/no/such/folder", "imap://u:p@elsewhere.example/INBOX", "imap://u:p@127.0.0.1:1/INBOX"])
def test_a_mailbox_that_cannot_be_opened_is_one_sentence_without_the_password(inbound_app, url):
    reads(inbound_app, url)
    with pytest.raises(BrokenSetup) as error:
        read_mailbox()
    assert "PORTAL_INBOUND_URL" in error.value.message
    assert "u:p" not in error.value.message


def test_without_a_mailbox_there_is_nothing_to_read(inbound_app):
    assert read_mailbox() == 0


def test_a_mail_server_hands_a_mail_to_the_command(left, ada, inbound_app, tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(cli, "create_app", lambda: inbound_app)
    raw = letters.report("somebody@relay.example", "5.1.1")
    to = returns.address_for(left(ada))
    told = CliRunner().invoke(cli.main, ["mail", "receive"], input=raw, env={"ORIGINAL_RECIPIENT": to})
    assert told.output.strip() == Kind.BOUNCE.value
    assert CliRunner().invoke(cli.main, ["mail", "receive", "--recipient", to], input=raw).output.strip() == "read before"
    assert CliRunner().invoke(cli.main, ["mail", "replay", "77"]).exit_code == 1
