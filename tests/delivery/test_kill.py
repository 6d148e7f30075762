"""A worker is killed in the middle of 200 mails, again and again. The ledger of the server says what really happened."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import sqlalchemy as sa

from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from tests.conftest import ROOT

MAILS, KILLS, SHIFT_SECONDS = 200, 3, 1200


def test_a_killed_worker_neither_loses_nor_repeats_a_mail(app, database_url, tmp_path, make, post):
    people = [make.person(f"Person {number}") for number in range(MAILS)]
    delivery.enqueue(Purpose.CONFIRMATION, 1, [person.id for person in people])
    addresses = {person.id: person.email for person in people}
    post.before_answer = lambda _recipient: time.sleep(0.004)
    rng, kills, shift = random.Random(7), 0, 0
    while kills < KILLS:
        goal = len(post.taken) + rng.randrange(5, 40)
        worker = start(tmp_path, database_url, post.url, shift)
        wait_for(post, goal, worker)
        time.sleep(rng.random() * 0.02)
        assert worker.poll() is None, "the worker was through before it could be killed"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        kills, shift = kills + 1, shift + SHIFT_SECONDS
    assert start(tmp_path, database_url, post.url, shift).wait(120) == 0

    db.session.rollback()  # a new look at the database
    status = dict(db.session.execute(sa.select(Delivery.status, sa.func.count()).group_by(Delivery.status)).all())
    uncertain = set(db.session.scalars(sa.select(Delivery.candidate_id).filter_by(status=Status.UNCERTAIN)))
    lost = {number for number, address in addresses.items() if address not in post.recipients}
    assert max(Counter(post.recipients).values()) == 1, "nobody got it twice"
    assert lost <= uncertain, "nobody was forgotten"
    assert len(uncertain) <= KILLS * 4  # at most one for each connection
    assert set(status) <= {Status.SENT, Status.UNCERTAIN}
    assert sum(status.values()) == MAILS


def start(folder, database_url, smtp_url, shift) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.delivery.worker", str(folder), database_url, smtp_url]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORTAL_CLOCK_SHIFT": str(shift)})


def wait_for(post, goal: int, worker, seconds: float = 60) -> None:
    """Until so many mails were taken, or the worker is through."""
    end = time.monotonic() + seconds
    while len(post.taken) < goal and worker.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.002)
