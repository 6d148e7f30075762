"""A mailing on its way out, durable record included, against Postfix's own test sender that keeps no record at all."""

import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.load import LOAD_CORE, SERVER_CORE, require
from portal import clock, create_app
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.emails import Letter, pack
from portal.delivery.models import Delivery, Purpose, Status
from portal.extensions import alembic
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin
from tests.services import free_port, wait_until

MAILS = 5000
LINKS = "".join(f"\n\n[Page {n}]({{{{base}}}}/l/{n}-{{{{token}}}})" for n in range(5))
BODY = (
    "Hello {{first_name}},\n\n"
    + "We build a platform for people who write software, and plan, ship and learn together. " * 48
    + LINKS
)


def main() -> None:
    """Measure and print the ratio; five personal links a mail."""
    require("smtp-sink", "smtp-source", "taskset")
    port = free_port()
    sink = subprocess.Popen(["taskset", "-c", LOAD_CORE, "smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"])
    try:
        wait_until(lambda: _source(port, 1) > 0, 20, "smtp-sink")
        ours, size = _ours(port)
        source = _source(port, MAILS, size)
    finally:
        sink.terminate()
        sink.wait(10)
    print(f"{size:,} bytes a mail; a mailing of {MAILS:,} {ours:8.0f} a second")
    print(f"smtp-source -s 10 (no record of anything)  {source:8.0f} a second")
    print(f"ratio                                      {ours / source:8.2f}")


def _source(port: int, mails: int, size: int = 13_000) -> float:
    """Mails a second of smtp-source over ten connections; 0 when nobody answers."""
    command = ["smtp-source", "-s", "10", "-l", str(size), "-m", str(mails), "-f", "a@x.example", "-t", "b@x.example"]
    began = time.perf_counter()
    run = subprocess.run(["taskset", "-c", SERVER_CORE, *command, f"127.0.0.1:{port}"], check=False, capture_output=True)
    return mails / (time.perf_counter() - began) if run.returncode == 0 else 0.0


def _write(row: Delivery) -> Letter:
    values = {"first_name": row.person.greeting_name, "base": "https://jobs.example", "token": f"{row.id:024d}"}
    return Letter("News for {{first_name}}", BODY, values, list_id="news.jobs.example", about=("mailing", 1))


def _ours(port: int) -> tuple[float, int]:
    """Mails a second of a whole mailing by one worker, and the bytes of one of them."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"data_dir": Path(folder), "secret_key": "x" * 40, "smtp_url": f"smtp://127.0.0.1:{port}"})
        app.extensions["composers"] = dict.fromkeys(Purpose, _write)
        with app.app_context():
            alembic.upgrade()
            ids = _people()
            delivery.enqueue(Purpose.CONFIRMATION, 1, ids)
            began = time.perf_counter()
            while delivery.send_due():
                pass
            seconds = time.perf_counter() - began
            [row] = db.session.scalars(select(Delivery).filter_by(status=Status.SENT).limit(1))
            size = len(pack(row, _write(row)).raw)
            db.session.remove()
    return MAILS / seconds, size


def _people() -> list[int]:
    now = clock.now()
    source = sourcing.add_source("List", Origin.EVENT, data_note="a list")
    with transaction() as session:
        one = {"source_id": source.id, "collected_at": now, "created_at": now}
        rows = [
            one | {"full_name": f"Person {n}", "greeting_name": f"P{n}", "email": f"p{n}@x.example", "public_id": f"p{n}"}
            for n in range(MAILS)
        ]
        return list(session.scalars(insert(Candidate).returning(Candidate.id), rows))
