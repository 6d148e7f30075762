"""A landing visit, durable before the answer leaves, against the same route without the write; 64 connections, one worker."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import load
from tests import services
from tests.live import environment

CONNECTIONS = 64
WAYS = {"no write": "no_write", "group commit": "group_commit", "one commit each": "one_commit_each"}
MAKE_LINK = """
from portal import create_app
app = create_app()
with app.app_context():
    from portal.extensions import alembic
    alembic.upgrade()
    from tests.factories import Factory
    print("PATH", "/l/" + Factory().link())
"""


def main() -> None:
    """Measure and print the ratios on SQLite and, where there is one, on PostgreSQL."""
    load.require("wrk", "taskset")
    _on("SQLite, synchronous=FULL", "")
    with services.postgres(durable=True) as url:
        if url is None:
            print("PostgreSQL: left out, this machine has none")
        else:
            _on("PostgreSQL, synchronous_commit=on", url)


def _on(title: str, database: str) -> None:
    print(title)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        path = _make_link(folder, database)
        figures: dict[str, tuple[float, float]] = {}
        for way, factory in WAYS.items():
            with load.portal(folder, f"benchmarks.apps:{factory}", PORTAL_DATABASE_URL=database) as url:
                figures |= load.compare({way: url + path}, CONNECTIONS)
        load.report(figures, "no write")


def _make_link(folder: Path, database: str) -> str:
    env = environment(folder, 8000, PORTAL_DATABASE_URL=database)
    done = subprocess.run([sys.executable, "-c", MAKE_LINK], env=env, cwd=load.ROOT, check=True, capture_output=True, text=True)
    return done.stdout.split("PATH ")[1].strip()
