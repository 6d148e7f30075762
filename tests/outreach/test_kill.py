"""A web server that is killed under load, again and again: every visit whose page was answered is in the database, once."""

import contextlib
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import sqlalchemy as sa

from portal.db import db
from portal.outreach.models import Visit
from portal.outreach.queries import proof_keys
from tests.live import ROOT, answers, environment
from tests.outreach import BROWSER
from tests.services import free_port, wait_until

KILLS = {"sqlite": 50, "postgresql": 10}
READERS, ANSWERS = 12, 40
PROOF = re.compile(rb'data-visit="([^"]+)"')
# The application is loaded once; each line names the port of one more server, run as `portal serve` does, in a group of its own.
SERVERS = """
import os, signal, sys
from portal import config, server
from portal.content.queries import library
from portal.wsgi import app
with app.app_context():
    library()  # reading the content folder takes a second; nothing here touches the database before the fork
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for port in sys.stdin:
    child = os.fork()
    if child == 0:
        os.setsid()
        os.environ["PORTAL_PORT"] = port.strip()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.serve(config.read())
        os._exit(0)
    print(child, flush=True)
"""


def test_every_answered_visit_survives_fifty_killed_servers_once(app, make, tmp_path, database, database_url):
    token = make.link()
    db.session.commit()
    settings = {"PORTAL_SECRET_KEY": app.config["SECRET_KEY"], "PORTAL_DATABASE_URL": database_url}
    seen: list[str] = []
    with servers(environment(tmp_path, free_port(), **settings)) as start:
        for _kill in range(KILLS[database]):
            before, port = len(seen), free_port()
            group = start(port)
            try:
                read_until(port, token, seen, before + ANSWERS, group)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
    kept = db.session.scalars(sa.select(Visit.proof_hash)).all()
    assert len(seen) >= KILLS[database] * ANSWERS
    assert len(kept) == len(set(kept))
    assert {proof_keys(proof)[0] for proof in seen} <= set(kept)
    assert len(kept) - len(seen) <= READERS * KILLS[database], "more visits are kept than were asked for"
    if database == "sqlite":
        assert db.session.scalar(sa.text("PRAGMA integrity_check")) == "ok"


@contextlib.contextmanager
def servers(env: dict[str, str]) -> Iterator:
    """What starts one server after another; yields a function that returns the process group of the next."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVERS], env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline().strip() == "ready"

        def start(port: int) -> int:
            process.stdin.write(f"{port}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield start
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def read_until(port: int, token: str, seen: list[str], enough: int, group: int) -> None:
    """Many readers at once; when enough of them have been answered, the server is killed in the middle of the others."""
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 60, "the server")
    threads = [threading.Thread(target=read, args=(port, token, seen), daemon=True) for _number in range(READERS)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(seen) >= enough, 60, "some visits")
    time.sleep(random.uniform(0, 0.03))
    os.killpg(group, signal.SIGKILL)
    for thread in threads:
        thread.join(20)


def read(port: int, token: str, seen: list[str]) -> None:
    """Open the page again and again until the server is gone; keep the proof of every whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            connection.request("GET", f"/l/{token}", headers=BROWSER)
            response = connection.getresponse()
            body = response.read()
            if response.status == 200:
                seen.append(PROOF.search(body)[1].decode())
    connection.close()
