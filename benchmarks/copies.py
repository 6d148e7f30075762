"""What a person with ten years of history waits for their copy, in seconds of processor time."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from portal import create_app, personal
from portal.db import Base, db
from portal.extensions import alembic
from portal.selfservice.front.copies import copy_of
from tests.factories import Factory
from tests.selfservice.histories import ten_years

ROUNDS = 5
TABLES = ("delivery", "outbox_mail", "visit", "touchpoint", "note", "stage_transition")


def main() -> None:
    """Print the time of both copies and of reading the page, and the ratio to dumping the same rows bare."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"data_dir": Path(folder), "log_level": "warning"})
        app.testing = True
        with app.app_context():
            alembic.upgrade()
            ada = Factory().candidate("Ada", email="ada@candidate.example")
            rows = ten_years(ada)
            with app.test_request_context("/me"):
                bare = _processor_time(_dump)
                things = sum(len(one.held(ada.id)) for one in personal.holders())
                print(f"{rows} rows of history, {things} things held; the same rows dumped bare: {bare:.2f} s")
                for name, make in (("JSON", lambda: copy_of(ada).as_json()), ("HTML", lambda: copy_of(ada).as_html())):
                    taken = _processor_time(make)
                    print(f"{name}: {taken:.2f} s of processor time, {taken / bare:.1f} times the bare rows")
            db.session.remove()
            db.engine.dispose()


def _dump() -> str:
    """The rows without words, order or anybody who could read them."""
    tables = [Base.metadata.tables[name] for name in TABLES]
    return json.dumps([[list(row) for row in db.session.execute(sa.select(table))] for table in tables], default=str)


def _processor_time(work: Callable[[], str]) -> float:
    """The median of some rounds, after one to warm up."""
    work()
    taken = []
    for _round in range(ROUNDS):
        db.session.expire_all()
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)
