"""The one clock."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal import clock

PORTAL = Path(__file__).parents[1] / "portal"
FORBIDDEN = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def test_the_environment_can_shift_it(monkeypatch):
    monkeypatch.setenv("PORTAL_CLOCK_SHIFT", "86400")
    assert timedelta(hours=23) < clock.now() - datetime.now(UTC) < timedelta(hours=25)


def test_it_can_stand_and_goes_on_afterwards():
    moment = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    with clock.standing_at(moment):
        assert clock.now() == moment
        assert str(clock.today("Asia/Tokyo")) == "2026-03-01"
    assert clock.now() != moment


def test_nobody_asks_another_clock():
    others = []
    for path in PORTAL.rglob("*.py"):
        if path.name == "clock.py":
            continue
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
        asked = [node for node in nodes if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in FORBIDDEN]
        others += [f"{path.name}:{node.lineno}" for node in asked]
    assert others == []
