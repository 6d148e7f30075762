"""A landing visit, durable before the answer leaves, against the same route without the write; 64 connections, one worker.

The three servers run side by side, each on data of its own, and are measured in turn: what else the machine does hits all alike.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

from benchmarks import load
from tests import services
from tests.live import environment

CONNECTIONS, LINKS = 64, 40
WAYS = {"no write": "no_write", "group commit": "group_commit", "one commit each": "one_commit_each"}
MAKE_LINKS = """
import sys
from portal import create_app
app = create_app()
with app.app_context():
    from portal.extensions import alembic
    alembic.upgrade()
    from tests.factories import Factory
    make = Factory()
    campaign = make.campaign()
    for number in range(int(sys.argv[1])):
        print("PATH", "/l/" + make.link(make.candidate(f"Reader {number}"), campaign))
"""
# wrk's way to ask for many addresses.
SCRIPT = """
local paths = {{ {paths} }}
local at = 0
request = function() at = at % #paths + 1; return wrk.format('GET', paths[at]) end
"""
HEADERS = ("User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Accept: text/html")


def main() -> None:
    """Measure and print the ratios on SQLite and, where there is one, on PostgreSQL."""
    load.require("wrk", "taskset")
    measure("SQLite, synchronous=FULL", None)
    with services.postgres(durable=True) as url:
        if url is None:
            print("PostgreSQL: left out, this machine has none")
        else:
            measure("PostgreSQL, synchronous_commit=on", url)


def measure(title: str, server: str | None) -> None:
    """One database: all ways in turn."""
    print(title)
    with contextlib.ExitStack() as stack:
        contenders, scripts = {}, {}
        for way, factory in WAYS.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            database = _database(server, factory)
            scripts[way] = _script(folder, database)
            portal = load.portal(folder / "data", f"benchmarks.apps:{factory}", PORTAL_DATABASE_URL=database)
            contenders[way] = stack.enter_context(portal)
        figures = load.compare(contenders, CONNECTIONS, HEADERS, scripts)
    load.report(figures, "no write")
    (group, group_p99), (alone, alone_p99) = figures["group commit"], figures["one commit each"]
    times = f"throughput {group / alone:5.2f} times, p99 {group_p99 / alone_p99:6.2f} times"
    print(f"{'group commit against one commit each':<42} {times}\n")


def _database(server: str | None, name: str) -> str:
    """An empty database of a server; "" is SQLite in the data folder."""
    if server is None:
        return ""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE bench_{name}"))
    engine.dispose()
    return sa.make_url(server).set(database=f"bench_{name}").render_as_string(hide_password=False)


def _script(folder: Path, database: str) -> Path:
    """Make people with links; a script for wrk that opens them one after another."""
    env = environment(folder / "data", 8000, PORTAL_DATABASE_URL=database)
    command = [sys.executable, "-c", MAKE_LINKS, str(LINKS)]
    done = subprocess.run(command, env=env, cwd=load.ROOT, check=True, capture_output=True, text=True)
    paths = [line.removeprefix("PATH ") for line in done.stdout.splitlines() if line.startswith("PATH ")]
    script = folder / "links.lua"
    script.write_text(SCRIPT.format(paths=", ".join(f"'{path}'" for path in paths)))
    return script
