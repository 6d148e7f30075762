"""Browsers that tests pretend to be, and many of them at once."""

import threading
from collections.abc import Callable

from flask import Flask

from portal.db import db

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Accept": "text/html,application/xhtml+xml",
}


def at_once(app: Flask, count: int, work: Callable[[], object]) -> list:
    """What `work` returned in so many threads that started together, each in a context of its own."""
    results: list = []
    ready = threading.Barrier(count)

    def run() -> None:
        with app.app_context():
            ready.wait(30)
            results.append(work())
            db.session.remove()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    db.session.rollback()
    return results
