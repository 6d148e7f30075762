"""A web server that is killed under load: every visit whose page was answered is in the database, once."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time

from portal import tokens
from portal.db import db
from portal.outreach.models import Visit
from tests.live import ROOT, answers, environment
from tests.outreach import BROWSER
from tests.services import free_port, wait_until

READERS = 12
PROOF = re.compile(rb'data-visit="([^"]+)"')


def read(port: int, token: str, seen: list[str]) -> None:
    """Open the page again and again until the server is gone; keep the proof of every whole answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", f"/l/{token}", headers=BROWSER)
            response = connection.getresponse()
            body = response.read()
            connection.close()
            if response.status == 200:
                seen.append(PROOF.search(body)[1].decode())


def test_every_answered_visit_survives_a_killed_server_once(app, make, tmp_path, database_url):
    token = make.link()
    db.session.commit()
    port = free_port()
    key = {"PORTAL_SECRET_KEY": app.config["SECRET_KEY"], "PORTAL_DATABASE_URL": database_url}
    env = environment(tmp_path, port, **key)
    command = [sys.executable, "-m", "portal.cli", "serve"]
    server = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    seen: list[str] = []
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 60, "the server")
        threads = [threading.Thread(target=read, args=(port, token, seen), daemon=True) for _number in range(READERS)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(seen) > 60, 60, "some visits")
        time.sleep(0.2)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)
    for thread in threads:
        thread.join(20)
    kept = [row[0] for row in db.session.query(Visit.proof_hash)]
    assert len(kept) == len(set(kept))
    assert {tokens.digest(proof) for proof in seen} <= set(kept)
    assert len(kept) - len(seen) <= READERS, "more visits are kept than were asked for"
