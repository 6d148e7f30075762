"""A list of 20,000 people: the transaction that writes them against a bare INSERT of the same rows into the same tables."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import delete, insert, select

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal import create_app
from portal.candidates import queries, services
from portal.candidates.models import Candidate, ImportRow
from portal.candidates.services import Assignment
from portal.db import db, transaction
from portal.extensions import alembic, jobs
from portal.privacy.models import LawfulBasis
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin
from portal.timeline.models import Touchpoint

ROWS = 20_000
TABLES = (Candidate, LawfulBasis, Touchpoint)


def main() -> None:
    """Measure and print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"data_dir": Path(folder), "secret_key": "x" * 40})
        with app.app_context():
            alembic.upgrade()
            whole = _timed(_check)
            write = _timed(services.run)
            bare = _bare()
            db.session.remove()
    print(f"take apart and check {ROWS:,} rows   {whole:6.1f} s, in slices that let others write")
    print(f"write them, all or none        {write:6.2f} s in one transaction")
    print(f"bare INSERT of the same rows   {bare:6.2f} s")
    print(f"ratio                          {bare / write:6.2f}")


def _check() -> None:
    source = sourcing.add_source("List", Origin.EVENT, data_note="a list")
    lines = [f"Person {n};p{n}@x{n % 977}.example;Firm {n % 977};+49 4921 {100000 + n};talk {n}" for n in range(ROWS)]
    assignment = Assignment(source.id)
    imported = services.upload("x.csv", "\n".join(["Name;Mail;Company;Phone;Why", *lines]).encode(), assignment)
    jobs.run("candidates.import_read")
    imported = queries.get_import(1)
    services.confirm_mapping(imported, imported.mapping, assignment)
    jobs.run("candidates.import_check")
    services.confirm(queries.get_import(1))


def _bare() -> float:
    """The same rows once more, as they stand, after they were taken out."""
    rows = {table: [dict(row._mapping) for row in db.session.execute(select(table.__table__))] for table in TABLES}
    with transaction() as session:
        session.execute(ImportRow.__table__.update().values(candidate_id=None))
        for table in reversed(TABLES):
            session.execute(delete(table))

    def write() -> None:
        with transaction() as session:
            for table, values in rows.items():
                session.execute(insert(table.__table__), values)

    return _timed(write)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
