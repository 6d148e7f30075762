"""The one place that commits."""

import pytest
from sqlalchemy import text

from portal import clock
from portal.db import after_commit, db, transaction
from portal.sourcing.models import Persona
from tests.conftest import build_app


def persona(name: str) -> Persona:
    return Persona(name=name, created_at=clock.now())


def count() -> int:
    db.session.rollback()
    return db.session.query(Persona).count()


def test_inner_blocks_join_the_outer_one(app):
    with pytest.raises(RuntimeError), transaction() as session:
        with transaction():
            session.add(persona("inner"))
        raise RuntimeError
    assert count() == 0


def test_the_outermost_block_commits(app):
    with transaction() as session:
        session.add(persona("one"))
    assert count() == 1


def test_what_waits_for_the_commit_runs_after_it_and_not_at_all_after_an_error(app):
    calls = []
    with transaction() as session:
        session.add(persona("one"))
        after_commit(lambda: calls.append(count()))
        assert calls == []
    with pytest.raises(RuntimeError), transaction():
        after_commit(lambda: calls.append("never"))
        raise RuntimeError
    after_commit(lambda: calls.append("at once"))
    assert calls == [1, "at once"]


def test_a_time_without_a_zone_is_refused(app):
    from datetime import datetime

    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="without a zone"), transaction() as session:
        session.add(Persona(name="naive", created_at=datetime(2026, 1, 1)))
        session.flush()


def test_times_come_back_aware_and_in_utc(app):
    with transaction() as session:
        session.add(persona("one"))
    db.session.expire_all()
    assert db.session.query(Persona).one().created_at.utcoffset().total_seconds() == 0


def test_what_the_data_folder_holds_is_for_nobody_else_on_the_machine(tmp_path):
    old = tmp_path / "there" / "queue.sqlite"
    old.parent.mkdir(mode=0o755)
    old.write_bytes(b"")
    old.chmod(0o644)
    for folder in (old.parent, tmp_path / "new"):
        app = build_app(folder)
        with app.app_context():
            db.session.execute(text("CREATE TABLE t (id INTEGER)"))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        assert [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077] == []
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
