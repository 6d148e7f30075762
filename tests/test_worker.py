"""The worker: woken early by the queue, on time without it, and nothing hides in it."""

import os
import threading
import uuid
from datetime import timedelta

import pytest

from portal import worker
from portal.db import transaction
from portal.extensions import jobs
from tests import services
from tests.conftest import build_app
from tests.services import wait_until


@pytest.fixture
def chore():
    """A chore that counts how often it is called; by time it would come in an hour only."""
    calls: list[int] = []

    def count() -> int:
        calls.append(1)
        return 0

    jobs.job("tests.count", every=timedelta(hours=1))(count)
    yield calls
    del jobs.all["tests.count"]


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.needs("redis"))])
def app(request, tmp_path, database_url):
    redis = os.environ[services.REDIS_URL] + "?db=1" if request.param == "redis" else ""
    app = build_app(tmp_path, database_url, redis_url=redis)
    app.extensions["huey"].flush()
    app.testing = False
    with app.app_context():
        yield app


@pytest.fixture
def running(app):
    """A worker in this process."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(app, stop))
    thread.start()
    yield
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_a_kick_wakes_the_worker_at_once_and_several_become_one(app, chore, running):
    wait_until(lambda: len(chore) == 1, 20, "the chore's first round")
    with transaction():
        jobs.kick("tests.count")
        jobs.kick("tests.count")
        assert len(chore) == 1, "not before the commit"
    wait_until(lambda: len(chore) >= 2, 20, "the chore being woken")
    assert app.extensions["huey"].pending_count() == 0


def test_a_lost_wake_up_costs_nothing_but_time(app, chore):
    jobs.kick("tests.count")
    assert app.extensions["huey"].dequeue() is not None
    assert worker.run_until_empty(app) == 0
    assert len(chore) == 1
    jobs.kick("tests.count")
    assert app.extensions["huey"].pending_count() == 1, "the mark of the lost one is gone"


def test_work_that_never_ends_is_an_error_not_a_silent_loop(app):
    name = f"tests.{uuid.uuid4().hex}"
    rounds = iter([1, 0] * 100)
    jobs.job(name)(lambda: next(rounds))
    try:
        with pytest.raises(RuntimeError, match="does not end"):
            worker.run_until_empty(app, rounds=3)
    finally:
        del jobs.all[name]


def test_a_queue_that_is_away_never_costs_the_request(app, monkeypatch):
    def broken(*_args, **_more):
        raise ConnectionError("away")

    monkeypatch.setattr(app.extensions["huey"].storage, "put_if_empty", broken)
    jobs.kick("tests.count")
