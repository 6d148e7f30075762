"""The worker: runs the chores that the features registered, on time and when woken early."""

import logging
import signal
import threading
import time
from datetime import datetime

from flask import Flask
from huey.consumer import Consumer

from portal import clock
from portal.extensions import jobs
from portal.privacy import services as privacy

TICK_SECONDS = 1.0
_LOG = logging.getLogger(__name__)


class _Consumer(Consumer):  # type: ignore[misc]
    """The queue's consumer on threads of this process; signals stay with us, chores by time come from `_tick`."""

    def _set_signal_handlers(self) -> None:
        pass


def run(app: Flask, stop: threading.Event | None = None) -> None:
    """Work until `stop` is set or SIGTERM or SIGINT comes; what is being done is finished first."""
    stop = stop or _stop_on_signals()
    consumer = _Consumer(
        app.extensions["huey"], workers=1, periodic=False, initial_delay=0.1, max_delay=1.0, check_worker_health=True
    )
    with app.app_context():
        privacy.replay_once()
    consumer.start()
    _LOG.info("worker.started")
    due: dict[str, datetime] = {}
    while not stop.is_set():
        _tick(app, due)
        stop.wait(TICK_SECONDS)
    consumer.stop(graceful=True)
    _LOG.info("worker.stopped")


def run_until_empty(app: Flask, rounds: int = 1000) -> int:
    """Do all that is due, again and again until nothing is; returns how much was done. Errors are not swallowed."""
    total = 0
    with app.app_context():
        privacy.replay_once()
        for _round in range(rounds):
            done = sum(jobs.run(name) for name in jobs.all)
            total += done
            if not done:
                return total
    raise RuntimeError(f"Work does not end: after {rounds} rounds something is always due.")


def _tick(app: Flask, due: dict[str, datetime]) -> None:
    """Run each chore whose time has come; one that fails is logged and waits for its next time."""
    for job in jobs.all.values():
        now = clock.now()
        if now < due.get(job.name, now):
            continue
        due[job.name] = now + job.every
        started = time.perf_counter()
        try:
            with app.app_context():
                done = jobs.run(job.name)
        except Exception:  # noqa: BLE001 - whatever it was, the other chores go on
            _LOG.exception("job.failed", extra={"job": job.name})
            continue
        if done:
            took = round((time.perf_counter() - started) * 1000)
            _LOG.info("job.done", extra={"job": job.name, "count": done, "ms": took})


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
