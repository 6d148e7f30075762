"""The day on which most tests of mailings take place."""

from datetime import UTC, datetime

import pytest
import time_machine

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def monday():
    """It is Monday, 23 November 2026, noon in UTC."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
