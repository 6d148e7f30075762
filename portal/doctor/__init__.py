"""`portal doctor`: what this installation has, lacks and should change, in words for the person who runs it."""

import socket
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import redis
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from portal import config, create_app
from portal.config import BASE, Settings
from portal.content import services as content
from portal.db import db
from portal.doctor.findings import Finding
from portal.doctor.mail import examine_mail
from portal.extensions import alembic

__all__ = ["Finding", "examine", "examine_mail"]


def examine() -> list[Finding]:
    """All findings, in the order in which a person would look."""
    settings = config.read()
    app = create_app()
    with app.app_context():
        return [finding for look in LOOKS for finding in look(settings)]


def _data(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", f"The data folder is {settings.data_dir} and can be written to.")


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "PostgreSQL" if settings.database_url else "SQLite"
    try:
        behind = [revision.revision for revision in alembic.heads() if revision not in alembic.current()]
        db.session.connection()
    except (SQLAlchemyError, CommandError) as error:
        yield Finding("fault", f"{kind} does not answer: {str(error).splitlines()[0]}")
        return
    if behind:
        yield Finding("fault", "The tables are older than this version. Run: portal db upgrade")
    else:
        yield Finding("ok", f"{kind} answers and its tables are of this version.")
    if not settings.database_url and settings.workers > 1:
        yield Finding("fault", "PORTAL_WORKERS is above 1 with SQLite. Use one web process, or set PORTAL_DATABASE_URL.")


def _queue(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding("ok", "The job queue is a file in the data folder (fine for one machine).")
        return
    try:
        redis.Redis.from_url(settings.redis_url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        yield Finding("fault", f"Redis does not answer: {error}")
    else:
        yield Finding("ok", "Redis answers.")


def _mail(settings: Settings) -> Iterator[Finding]:
    url = settings.smtp_url.get_secret_value()
    if not url:
        yield Finding("advice", "No SMTP server is set: mail stays in the outbox page. Set PORTAL_SMTP_URL to send.")
        return
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)), timeout=5):
            yield Finding("ok", f"The mail server {parts.hostname} answers.")
    except OSError as error:
        yield Finding("fault", f"The mail server {parts.hostname} cannot be reached: {error.strerror or error}.")


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.base_url.startswith("https://"):
        yield Finding("ok", f"People reach the portal at {settings.base_url}.")
    else:
        yield Finding(
            "advice", f"{settings.base_url} is not encrypted. Put a TLS proxy in front and set PORTAL_BASE_URL to https://…"
        )


def _site(settings: Settings) -> Iterator[Finding]:
    problems = content.check()
    level: Literal["ok", "advice"] = "advice" if problems else "ok"
    yield Finding(level, f"{settings.content_dir}: {len(problems)} problems in the site's texts. Details: portal content check")


def _browser_code(settings: Settings) -> Iterator[Finding]:  # noqa: ARG001
    if (BASE / "static" / "dist" / "manifest.json").exists():
        yield Finding("ok", "Style sheets and scripts are built.")
    else:
        yield Finding("advice", "Scripts are not built, pages work without them. Reinstall with npm reachable to have them.")


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_data, _database, _queue, _mail, _address, _site, _browser_code)
