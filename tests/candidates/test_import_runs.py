"""A list comes in whole or not at all: slices, failures, killed workers, second presses, and what is thrown away."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import func, select

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal import clock
from portal.candidates import queries, services
from portal.candidates.models import Import, ImportRow, ImportStatus, RowOutcome
from portal.candidates.services import Assignment, imports, uploads
from portal.db import db
from portal.errors import Conflict, NotFound
from portal.extensions import jobs
from portal.outreach import services as outreach
from portal.outreach.models import Visit
from portal.privacy.models import LawfulBasis
from portal.timeline import services as timeline
from tests.candidates.lists import SIX_SCRIPTS, bring_in, check, outcomes, people, write
from tests.conftest import ROOT
from tests.outreach import BROWSER


def test_a_check_goes_on_where_it_stopped(make, monkeypatch):
    monkeypatch.setattr(uploads, "PART", 1)
    monkeypatch.setattr(imports, "PART", 1)
    rows = [*SIX_SCRIPTS, ["Again", "VELU@x.example", "", "", ""]]
    assignment = Assignment(make.source().id)
    imported = services.confirm_mapping(upload := services.upload("x.csv", write(rows), assignment), upload.mapping, assignment)
    for done in (2, 4, 6):
        assert services.check_slice() == 2
        db.session.remove()  # as if another worker took over
        imported = queries.get_import(imported.id)
        assert (imported.done, imported.total, imported.status) == (done, 7, ImportStatus.CHECKING)
    assert (services.check_slice(), services.check_slice()) == (1, 0)
    assert outcomes(imported)[8] == ("already known", "The same address as in row 6.")


def test_changing_the_columns_checks_anew(make):
    imported = check(make, SIX_SCRIPTS)
    other = {**imported.mapping, "Firma": "place"}
    services.confirm_mapping(imported, other, Assignment(imported.source_id))
    jobs.run("candidates.import_check")
    assert queries.list_rows(imported.id)[0].values["place"] == "NTUA"
    assert (queries.get_import(imported.id).done, imported.persona_id) == (6, None)


def test_a_failure_leaves_nobody_and_says_why_and_a_second_try_works(make, monkeypatch):
    imported = services.confirm(check(make, SIX_SCRIPTS))
    with monkeypatch.context() as patch:
        patch.setattr(timeline, "record_selected", lambda *args, **more: 1 / 0)
        jobs.run("candidates.import_run")
    imported = queries.get_import(imported.id)
    assert (imported.status, people()) == (ImportStatus.FAILED, 0)
    assert "Nothing was written" in imported.error
    assert db.session.scalar(select(func.count()).select_from(LawfulBasis)) == 0
    services.confirm(imported)
    jobs.run("candidates.import_run")
    assert (queries.get_import(imported.id).status, people()) == (ImportStatus.DONE, 6)


KILLED = """
import os, signal, sys
from portal import create_app
from portal.candidates import jobs as _chores
from portal.extensions import jobs
from portal.timeline import services as timeline
from tests.conftest import settings
from pathlib import Path
timeline.record_selected = lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL)
with create_app(settings(Path(sys.argv[1]), sys.argv[2])).app_context():
    jobs.run("candidates.import_run")
"""


def test_a_killed_worker_leaves_nobody_behind_and_the_next_one_brings_all(make, tmp_path, database_url):
    imported = services.confirm(check(make, SIX_SCRIPTS))
    db.session.remove()
    command = [sys.executable, "-c", KILLED, str(tmp_path), database_url]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (people(), queries.get_import(imported.id).status) == (0, ImportStatus.RUNNING)
    db.session.remove()
    jobs.run("candidates.import_run")
    assert (people(), queries.get_import(imported.id).status) == (6, ImportStatus.DONE)


def test_while_a_list_is_written_visits_and_answers_wait_and_none_is_lost(app, make, monkeypatch):
    """SQLite lets one writer in at a time: others wait as long as the last step takes, and then go on."""
    message = make.message(make.candidate("Grace"))
    token, number, written = outreach.token_of(message.link), message.candidate_id, timeline.record_selected
    imported = services.confirm(check(make, SIX_SCRIPTS)).id
    inside, answered = threading.Event(), []

    def slowly(*args, **more):
        inside.set()
        time.sleep(1.5)
        return written(*args, **more)

    def visit():
        inside.wait(30)
        with app.app_context():
            answered.append(app.test_client().get(f"/l/{token}", headers=BROWSER).status_code)
            services.add_note(queries.get_candidate(number), "Came meanwhile")
            db.session.remove()

    monkeypatch.setattr(timeline, "record_selected", slowly)
    other = threading.Thread(target=visit)
    other.start()
    jobs.run("candidates.import_run")
    other.join(30)
    db.session.expire_all()
    assert (answered, people(), queries.get_import(imported).status) == ([200], 7, ImportStatus.DONE)
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1
    assert [note.text for note in queries.list_notes(number)] == ["Came meanwhile"]


def test_a_second_press_and_a_second_worker_add_nobody_twice(make):
    imported = check(make, SIX_SCRIPTS)
    services.confirm(imported)
    services.confirm(imported)
    assert jobs.run("candidates.import_run") > 6  # and tidied
    services.confirm(imported)
    assert jobs.run("candidates.import_run") == 0
    assert people() == 6
    with pytest.raises(Conflict):
        services.confirm_mapping(imported, imported.mapping, Assignment(imported.source_id))
    with pytest.raises(Conflict):
        services.discard(imported)


def test_an_unchecked_list_cannot_be_imported(make):
    assignment = Assignment(make.source().id)
    imported = services.upload("x.csv", write(SIX_SCRIPTS), assignment)
    with pytest.raises(Conflict):
        services.confirm(imported)


def test_when_it_is_done_the_file_and_all_values_are_gone(make):
    imported = bring_in(make, [*SIX_SCRIPTS, ["Bob", "bob@", "", "", ""]])
    assert db.session.scalar(select(Import.content).filter_by(id=imported.id)) == b""
    assert not [row for row in queries.list_rows(imported.id) if row.values or row.address_key]


def test_lists_that_nobody_confirms_are_thrown_away_after_a_week(make):
    forgotten = check(make, SIX_SCRIPTS).id
    done = bring_in(make, [["Ada", "ada@x.example", "", "", ""]]).id
    jobs.run("candidates.import_expire")
    assert queries.get_import(forgotten)
    with clock.standing_at(clock.now() + uploads.timedelta(days=8)):
        jobs.run("candidates.import_expire")
    with pytest.raises(NotFound):
        queries.get_import(forgotten)
    assert queries.get_import(done).status is ImportStatus.DONE
    assert {row.import_id for row in db.session.scalars(select(ImportRow))} == {done}


def test_a_list_can_be_thrown_away(make):
    imported = check(make, SIX_SCRIPTS)
    services.discard(imported)
    assert (db.session.query(Import).count(), db.session.query(ImportRow).count()) == (0, 0)


def test_a_list_that_the_worker_reads_comes_in_well_under_a_minute(make):
    rows = [[f"Person {number}", f"person.{number}@x.example", "Werft", "talk", ""] for number in range(2500)]
    started = time.monotonic()
    imported = bring_in(make, rows)
    took = time.monotonic() - started
    print(f"\n2,500 rows in {took:.1f} s")
    assert (imported.status, people()) == (ImportStatus.DONE, 2500)
    assert queries.count_outcomes(imported.id)[RowOutcome.ADDED] == 2500
    assert took < 30
