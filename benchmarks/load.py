"""Servers and load on a core each, on free ports of this machine."""

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.live import environment
from tests.services import free_port, wait_until

ROOT = Path(__file__).parents[1]
SERVER_CORE, LOAD_CORE = "0", str(min(1, (os.cpu_count() or 1) - 1))
ROUNDS, SECONDS = 3, 5
SERVE = """
import sys
from portal import config, server
server.serve(config.read(), sys.argv[1], factory=True)
"""


def require(*programs: str) -> None:
    """End with one sentence when a program is missing (Debian: nginx-light, wrk)."""
    if missing := [name for name in programs if shutil.which(name) is None]:
        raise SystemExit(f"These benchmarks need {', '.join(missing)}.")


@contextlib.contextmanager
def process(command: list[str], url: str, env: dict[str, str] | None = None) -> Iterator[None]:
    """Run a server on its core until the block ends; begin when it answers."""
    child = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], env=env, cwd=ROOT)
    try:
        wait_until(lambda: _answers(url), 60, command[0])
        yield
    finally:
        child.terminate()
        child.wait(30)


@contextlib.contextmanager
def portal(folder: Path, target: str = "portal.wsgi:create_app", **settings: str) -> Iterator[str]:
    """The portal's web server, one process, as `portal serve` runs it; yields its address. `target` is an application factory."""
    port = free_port()
    env = environment(folder, port, PORTAL_LOG_LEVEL="error", **settings)
    subprocess.run([sys.executable, "-m", "portal.cli", "db", "upgrade"], env=env, cwd=ROOT, check=True, capture_output=True)
    command = [sys.executable, "-c", SERVE, target]
    with process(command, f"http://127.0.0.1:{port}/healthz", env):
        yield f"http://127.0.0.1:{port}"


def measure(url: str, connections: int, headers: tuple[str, ...] = (), script: Path | None = None) -> tuple[float, float]:
    """Requests per second and the 99th percentile in milliseconds, by wrk; `script` is one of its own kind."""
    extra = [part for header in headers for part in ("-H", header)] + (["-s", str(script)] if script else [])
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "--timeout", "30s", *extra, url]
    text = subprocess.run(["taskset", "-c", LOAD_CORE, *command], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"The load saw errors at {url}:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def compare(
    contenders: dict[str, str], connections: int, headers: tuple[str, ...] = (), scripts: dict[str, Path] | None = None
) -> dict[str, tuple[float, float]]:
    """Measure all in turn, several rounds, so that what the machine does besides hits all alike; medians.

    One round before them is not counted: it opens connections and fills caches, which a server does once in its life.
    """
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for name, url in contenders.items():
        measure(url, connections, headers, (scripts or {}).get(name))
    for _round in range(ROUNDS):
        for name, url in contenders.items():
            seen[name].append(measure(url, connections, headers, (scripts or {}).get(name)))
    return {name: (statistics.median(r for r, _p in runs), statistics.median(p for _r, p in runs)) for name, runs in seen.items()}


def report(figures: dict[str, tuple[float, float]], yardstick: str) -> None:
    """Print each contender's throughput and p99 as ratios of the yardstick's."""
    base_rate, base_p99 = figures[yardstick]
    for name, (rate, p99) in figures.items():
        print(f"{name:<42} throughput {rate / base_rate:5.2f} of {yardstick}, p99 {p99 / base_p99:6.2f} times")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        time.sleep(0.05)
        return False
