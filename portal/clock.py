"""The one clock. Everything that asks what time it is asks here, so that a test, or an operator, can be anywhere in time."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

_FIXED: ContextVar[datetime | None] = ContextVar("fixed", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC, moved by `PORTAL_CLOCK_SHIFT` seconds when that is set."""
    return _FIXED.get() or datetime.now(UTC) + _shift()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware moment inside the block; the demo tells a year of history this way."""
    token = _FIXED.set(moment)
    try:
        yield
    finally:
        _FIXED.reset(token)


def today(zone: str) -> date:
    """The calendar day it is now in an IANA time zone such as `Europe/Berlin`."""
    return now().astimezone(ZoneInfo(zone)).date()


@functools.cache
def time_zones() -> frozenset[str]:
    """The names of all time zones. Listing them walks a folder of six hundred files, too slow for each row of an import."""
    return frozenset(available_timezones())


def _shift() -> timedelta:
    return timedelta(seconds=float(os.environ.get("PORTAL_CLOCK_SHIFT") or 0))
