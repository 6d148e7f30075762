"""Saving a running installation and putting it back."""

import sqlite3
import stat
import tarfile
import threading

import pytest

from portal import backup
from portal.candidates.models import Candidate
from portal.config import SettingsError
from portal.db import db


@pytest.fixture
def _as_operator(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))


def test_a_backup_under_writes_is_whole_and_private(app, make, tmp_path, database):
    make.candidate("Ada")
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            for number in range(200):
                if stop.is_set():
                    break
                make.candidate(f"Person {number}", email=f"p{number}@mail.example")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup.save(tmp_path / "saved.tar.gz")
    finally:
        stop.set()
        writer.join()
    assert stat.S_IMODE((tmp_path / "saved.tar.gz").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "saved.tar.gz") as archive:
        names = archive.getnames()
        if database == "sqlite":
            archive.extract("portal.sqlite", tmp_path / "out", filter="data")
            with sqlite3.connect(tmp_path / "out" / "portal.sqlite") as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert copy.execute("SELECT count(*) FROM candidate").fetchone()[0] >= 1
        else:
            assert "portal.pgdump" in names


@pytest.mark.usefixtures("_as_operator")
def test_a_restored_installation_is_as_it_was(app, make, tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    ada = make.candidate("Ada").email
    backup.save(tmp_path / "saved.tar.gz")
    make.candidate("Bob", email="bob@mail.example")
    db.session.remove()
    db.engine.dispose()
    aside = backup.restore(tmp_path / "saved.tar.gz")
    assert [row.email for row in db.session.query(Candidate)] == [ada]
    if not database_url:
        assert count(aside / "portal.sqlite") == 2, "what was there before is kept"


@pytest.mark.usefixtures("_as_operator")
@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b broken"])
def test_a_file_that_is_no_backup_changes_nothing(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "portal.sqlite").write_bytes(b"precious")
    with pytest.raises(SettingsError, match=r"backup"):
        backup.restore(tmp_path / "file")
    assert (tmp_path / "portal.sqlite").read_bytes() == b"precious"


def count(path) -> int:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT count(*) FROM candidate").fetchone()[0]
