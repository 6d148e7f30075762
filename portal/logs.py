"""Structured logs: one line per request with its id; never a token, an address or a query."""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from portal.config import Settings

# Begins at the start of a word only: tried from each of its letters, a word of a megabyte would take hours.
_ADDRESS = re.compile(r"(?<![^\s@\"'()<>=,;:/\\])[^\s@\"'()<>=,;:/\\]+@[^\s@\"'()<>=,;:/\\]+")
_LINK = re.compile(r"(/(?:renewals|l|welcome|u|unsubscribe|preferences|asked|unnamed)/)[^\s\"'/?]+")
# Libraries that tell of failures, with what failed in them: through the same filter, or they would write as they like.
OTHERS = ("huey", "flask-limiter", "sqlalchemy")
_LOG = structlog.stdlib.get_logger("portal.requests")


def init_app(app: Flask) -> None:
    """Configure logging once for the process and log every request."""
    settings: Settings = app.config["SETTINGS"]
    configure(settings)
    app.after_request(_log_request)


def configure(settings: Settings) -> None:
    """Send all logs to standard error, as JSON lines or for reading."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_people,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    for name, level in {"portal": settings.log_level.upper(), **dict.fromkeys(OTHERS, "WARNING")}.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _without_people(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Databases and libraries put values into their errors; addresses and personal links do not belong in a log."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = _LINK.sub(r"\1[token]", _ADDRESS.sub("[address]", value))
    return line


def _log_request(response: Response) -> Response:
    # The rule, not the path: paths carry tokens.
    rule = request.url_rule.rule if request.url_rule else "-"
    took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    _LOG.info(
        "request", method=request.method, rule=rule, status=response.status_code, ms=took, request_id=g.get("request_id", "-")
    )
    return response
