"""What every test can ask for: an application on a real database (each test runs on both), clients, the cast, the clock."""

import contextlib
import os
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from portal import create_app
from portal.db import Base, db
from portal.extensions import alembic
from tests import html, services, templates
from tests.factories import Factory
from tests.sharing import share, share_addresses

ROOT = Path(__file__).parents[1]
HANDBOOK = ROOT.parent / "shared" / "data" / "clef-handbook"
DATABASES = ("sqlite", "postgresql")
NEVER_RENDERED = pytest.StashKey[list[str]]()
_stack = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the first process; the workers of xdist find them in the environment."""
    share_addresses()
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    os.environ[services.POSTGRES_URL] = _stack.enter_context(services.postgres()) or ""
    os.environ[services.REDIS_URL] = _stack.enter_context(services.redis()) or ""


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _stack.close()


def available() -> dict[str, bool]:
    """Which services this machine has."""
    return {
        "postgresql": bool(os.environ.get(services.POSTGRES_URL)),
        "redis": bool(os.environ.get(services.REDIS_URL)),
        "chromium": services.find_chromium() is not None,
        "handbook": HANDBOOK.is_dir(),
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    have = available()
    for item in items:
        needed = [name for mark in item.iter_markers("needs") for name in mark.args]
        if "database" in getattr(item, "fixturenames", ()) and getattr(item, "callspec", None):
            needed += [item.callspec.params["database"]] if item.callspec.params.get("database") == "postgresql" else []
        if missing := [name for name in needed if not have[name]]:
            item.add_marker(pytest.mark.skip(reason="left out: this machine has no " + ", ".join(missing)))


def pytest_terminal_summary(terminalreporter) -> None:
    """Name what was left out, never silently."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"LEFT OUT: {count} tests ({reason})", yellow=True, bold=True)
    for name in terminalreporter.config.stash.get(NEVER_RENDERED, ()):
        terminalreporter.write_line(f"NEVER RENDERED: no test renders templates/{name}", red=True, bold=True)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """A worker of xdist is done: hear which templates its tests rendered."""
    templates.RENDERED.update(getattr(node, "workeroutput", {}).get("templates", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that was left out is a failure; in a whole run, so is a template that no test rendered."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["templates"] = sorted(templates.RENDERED)
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PORTAL_TEST_NOTHING_LEFT_OUT") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword and not session.testsfailed
    if whole and not config.option.collectonly and (missing := templates.never_rendered()):
        config.stash[NEVER_RENDERED] = missing
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Client(FlaskClient):
    """A browser without scripts: each request has an application context of its own, as in production."""

    def open(self, *args, **kwargs):
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.commit()
        db.session.expire_all()
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            assert not (wrong := html.problems(response.text, is_fragment(response))), f"{response.request.path}: {wrong}"
        return response


def is_fragment(response) -> bool:
    """Parts of pages, which scripts put in place, and mails in their preview frame say so in a header."""
    return "X-Fragment" in response.headers


def settings(folder: Path, url: str = "", **more) -> dict:
    """Settings of a test installation in `folder`."""
    return {
        "data_dir": folder,
        "content_dir": ROOT / "content",
        "database_url": url,
        "redis_url": "",
        "base_url": "http://portal.test",
        "secret_key": "test-key-" + "x" * 40,
        "log_level": "warning",
        **more,
    }


def build_app(folder: Path, url: str = "", **more):
    """An application for tests; the database must have been migrated."""
    app = create_app(settings(folder, url, **more))
    app.testing = True
    app.config["PREFERRED_URL_SCHEME"] = "http"
    app.test_client_class = Client
    templates.listen(app)
    share(app)
    return app


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory) -> Path:
    """A migrated, empty database file; each test gets a copy."""
    folder = tmp_path_factory.mktemp("blank")
    app = build_app(folder)
    with app.app_context():
        alembic.upgrade()
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(folder / "portal.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "portal.sqlite"


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory, worker_id) -> str:
    """A migrated database of this worker's own; each test empties it."""
    server = sa.make_url(os.environ[services.POSTGRES_URL])
    name = f"portal_{worker_id}_{os.getpid()}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = server.set(database=name).render_as_string(hide_password=False)
    app = build_app(tmp_path_factory.mktemp("postgres"), url)
    with app.app_context():
        alembic.upgrade()
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture(params=DATABASES)
def database(request) -> str:
    """Which database this run of the test uses."""
    return request.param


@pytest.fixture
def database_url(database, request, tmp_path) -> str:
    """The address of an empty database for this test alone ("" is the SQLite file in `tmp_path`)."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("blank_sqlite"), tmp_path / "portal.sqlite")
        return ""
    url = request.getfixturevalue("postgres_url")
    services.empty(url, [table.name for table in Base.metadata.sorted_tables])
    return url


@pytest.fixture
def app(database_url, tmp_path):
    """The application, inside its context."""
    app = build_app(tmp_path, database_url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app) -> Client:
    """Somebody who is not signed in: a stranger, a candidate, Mallory."""
    return app.test_client()


@pytest.fixture
def make(app) -> Factory:
    """Makes candidates, campaigns and so on through the same services as real use."""
    return Factory()


@pytest.fixture
def hana(app, make) -> Client:
    """Hana of HR, signed in as administrator."""
    return sign_in(app, make.user())


def sign_in(app, user) -> Client:
    """A client with a staff session, without going through the sign-in page (which has tests of its own)."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = user.fs_uniquifier
        session["_fresh"] = True
        session["fs_cc"] = "set"
        session["fs_paa"] = time.time()
        session["identity"] = user.fs_uniquifier
    return client
