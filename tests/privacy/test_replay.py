"""A backup that is restored brings nobody back: the journal is replayed before the first request."""

import json

import pytest

from portal import backup
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.db import db
from portal.privacy import services as privacy
from portal.privacy.models import Action, AuditEntry, Erasure, SuppressionReason
from portal.privacy.queries import find_suppression
from portal.privacy.queries.trail import verify
from portal.privacy.services import journal
from tests.conftest import build_app
from tests.privacy.life import ADDRESS, NAME
from tests.privacy.test_erasure import bytes_of


@pytest.fixture
def restored(app, make, tmp_path, database_url, monkeypatch):
    """An installation after: backup, erasure of Adelheid, objection of Bob, and the backup put back. Nothing has started yet."""
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    person, bob = make.candidate(NAME, email=ADDRESS), make.candidate("Bob", email="bob@elsewhere.example")
    candidates.add_note(person, "Adelheid likes zwiebelfisch")
    backup.save(tmp_path.parent / "saved.tar.gz")
    receipt = privacy.erase(person.id, "candidate")
    candidates.object_to_contact(bob)
    db.session.remove()
    db.engine.dispose()
    backup.restore(tmp_path.parent / "saved.tar.gz")
    return receipt


def start(tmp_path, database_url):
    """The installation as it comes up again, in a process of its own."""
    return build_app(tmp_path, database_url)


def test_who_was_erased_since_the_backup_is_gone_before_the_first_request(restored, tmp_path, database_url):
    app = start(tmp_path, database_url)
    with app.app_context():
        assert find_by_address(ADDRESS) is not None, "the backup has brought her back"
        db.session.remove()
        seen = []
        app.before_request(lambda: seen.append(find_by_address(ADDRESS)))
        assert app.test_client().get("/sign-in").status_code == 200
        assert seen == [None]
        assert find_suppression(ADDRESS).reason is SuppressionReason.ERASED
        assert find_suppression("bob@elsewhere.example").reason is SuppressionReason.OBJECTED
        assert db.session.query(Erasure).one().reference == restored.reference
        assert verify() == []
        assert Action.RESTORED in {row.action for row in db.session.query(AuditEntry)}
        db.session.remove()
        db.engine.dispose()
    if not database_url:
        kept = {path.name for path in tmp_path.glob("before-restore-*/*")}
        assert {line.split(":")[0] for line in bytes_of(tmp_path)} <= kept, "only what was set aside holds her still"


def test_the_worker_waits_for_the_journal_too(restored, tmp_path, database_url):
    from portal import worker

    app = start(tmp_path, database_url)
    worker.run_until_empty(app)
    with app.app_context():
        assert find_by_address(ADDRESS) is None
        db.session.remove()
        db.engine.dispose()


def test_replaying_again_changes_nothing(app, make):
    ada, lines = make.candidate("Ada"), lambda: list(journal.read())
    privacy.erase(ada.id, "candidate")
    before = lines()
    assert privacy.replay() == 0
    assert lines() == before
    assert db.session.query(Erasure).count() == 1


def test_an_erasure_that_the_journal_missed_is_written_into_it(app, make):
    ada = make.candidate("Ada")
    receipt = privacy.erase(ada.id, "candidate")
    journal.path().unlink()
    privacy.replay()
    (line,) = journal.read()
    assert (line["what"], line["reference"]) == ("erased", receipt.reference)


def test_a_line_that_was_cut_off_spoils_no_other(app, make):
    ada = make.candidate("Ada")
    privacy.erase(ada.id, "candidate")
    with journal.path().open("a") as file:
        file.write('{"what": "erased", "refer')
    assert [line["what"] for line in journal.read()] == ["suppressed", "erased"]
    assert privacy.replay() == 0


def test_the_journal_names_nobody(app, make):
    ada = make.candidate("Ada", email="ada@mail.example")
    privacy.erase(ada.id, "candidate")
    text = journal.path().read_text()
    assert "ada" not in text.replace('"address', "")
    assert all(len(one) == 64 for line in map(json.loads, text.splitlines()) for one in line.get("persons", ()))
    assert db.session.query(Candidate).one().erased_at
