"""Extension objects, created unbound so that any module can import them, and the list of background jobs."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app, g, request
from flask_alembic import Alembic
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from huey import Huey, RedisHuey, SqliteHuey

from portal import languages
from portal.config import HERE, Settings
from portal.db import after_commit, db

csrf = CSRFProtect()
babel = Babel()
alembic = Alembic(run_mkdir=False, command_name="")
logging.getLogger("alembic").setLevel(logging.WARNING)  # the extension turned its chatter on
limiter = Limiter(get_remote_address, headers_enabled=True, in_memory_fallback_enabled=True)


@dataclass(frozen=True)
class Job:
    """A chore of the worker: `run` does a slice and returns how much it did; 0 means nothing is left to do now."""

    name: str
    run: Callable[[], int]
    every: timedelta


class Jobs:
    """All chores, and the queue that wakes the worker early. The queue may lose or repeat a wake-up without harm."""

    def __init__(self) -> None:
        self.all: dict[str, Job] = {}

    def job(self, name: str, every: timedelta = timedelta(minutes=1)) -> Callable[[Callable[[], int]], Callable[[], int]]:
        """Register a function of a feature's `jobs` module under a name such as `delivery.send`."""

        def register(run: Callable[[], int]) -> Callable[[], int]:
            self.all[name] = Job(name, run, every)
            return run

        return register

    def init_app(self, app: Flask) -> None:
        huey = make_queue(app.config["SETTINGS"])
        app.extensions["huey"] = huey
        app.extensions["wake"] = huey.task(name="wake")(_Runner(app, self).wake)

    def kick(self, name: str) -> None:
        """Have the worker run a job as soon as the present transaction is committed. Several kicks become one."""
        if not current_app.testing:
            after_commit(lambda: _enqueue(name))

    def run(self, name: str) -> int:
        """Run one job until nothing is left; returns how much was done."""
        _forget_kick(name)
        done = 0
        while count := self.all[name].run():
            done += count
            db.session.remove()
        db.session.remove()
        return done


jobs = Jobs()


class _Runner:
    """What the queue calls: runs a job inside an application context; a failure is logged and tried at the next tick."""

    def __init__(self, app: Flask, registry: Jobs) -> None:
        self.app = app
        self.registry = registry

    def wake(self, name: str) -> int:
        with self.app.app_context():
            return self.registry.run(name)


def make_queue(settings: Settings) -> Huey:
    """Redis when it is set, else a file of its own beside the database."""
    if settings.redis_url:
        return RedisHuey("portal", url=settings.redis_url, results=False)
    return SqliteHuey("portal", filename=str(settings.data_dir / "queue.sqlite"), results=False)


def _enqueue(name: str) -> None:
    """One wake-up waits at a time. Should it be lost, the next regular run of the job clears the mark."""
    try:
        if current_app.extensions["huey"].put_if_empty(_kick_key(name), True):
            current_app.extensions["wake"](name)
    except Exception:  # a queue that is away costs a minute, never the request
        logging.getLogger(__name__).warning("queue.unreachable", exc_info=True)


def _forget_kick(name: str) -> None:
    with contextlib.suppress(Exception):  # a queue that is away holds no mark that matters
        current_app.extensions["huey"].delete(_kick_key(name))


def _kick_key(name: str) -> str:
    return f"kicked.{name}"


def init_app(app: Flask) -> None:
    """Bind every extension to the application."""
    settings: Settings = app.config["SETTINGS"]
    app.config.setdefault("ALEMBIC", {"script_location": str(HERE / "migrations")})
    app.config.setdefault("ALEMBIC_CONTEXT", {"render_as_batch": True, "compare_type": True, "transactional_ddl": True})
    app.config.setdefault("RATELIMIT_STORAGE_URI", _limits_url(settings.redis_url))
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # portal.security asks it, after the public forms had their turn
    db.init_app(app)
    alembic.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(languages.compile_into(settings.data_dir / "languages")))
    babel.init_app(app, locale_selector=lambda: _best_language(settings), timezone_selector=lambda: g.get("time_zone"))
    jobs.init_app(app)


def _limits_url(redis_url: str) -> str:
    """Where rate limits are counted; the limiter has its own word for a Redis on a socket."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url else "memory://"


def _best_language(settings: Settings) -> str:
    """What somebody set for themselves (`g.language`, as `g.time_zone` for the clock).

    Pages about nobody in particular speak as the company's own texts do, unless they follow the browser (`g.language_asked`).
    """
    languages = [name.strip() for name in settings.languages.split(",")]
    if g.get("language") in languages:
        return str(g.language)
    asked = request.accept_languages.best_match(languages) if request and g.get("language_asked") else None
    return asked or languages[0]
