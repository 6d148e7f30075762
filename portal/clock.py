"""The one clock. Everything that asks what time it is asks here, so that a test, or an operator, can be anywhere in time."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current moment, aware, in UTC, moved by `PORTAL_CLOCK_SHIFT` seconds when that is set."""
    return datetime.now(UTC) + _shift()


def today(zone: str) -> date:
    """The calendar day it is now in an IANA time zone such as `Europe/Berlin`."""
    return now().astimezone(ZoneInfo(zone)).date()


def _shift() -> timedelta:
    return timedelta(seconds=float(os.environ.get("PORTAL_CLOCK_SHIFT") or 0))
