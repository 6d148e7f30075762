"""Servers that tests talk to: found by environment, or started from what the machine has, on sockets and free ports."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

POSTGRES_URL = "PORTAL_TEST_POSTGRES_URL"
REDIS_URL = "PORTAL_TEST_REDIS_URL"


def free_port() -> int:
    """A port that was free a moment ago; whoever takes it must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready, seconds: float = 30.0, what: str = "a condition") -> None:
    """Poll until `ready()` is true; fail loudly when it never is."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds} s for {what}.")
        time.sleep(0.05)


def find_chromium() -> str | None:
    """The browser of this machine, if there is one."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@contextlib.contextmanager
def postgres(durable: bool = False) -> Iterator[str | None]:
    """The address of a PostgreSQL server on which databases may be made; None where there is none. Tests need no durable one."""
    if not durable and (url := os.environ.get(POSTGRES_URL)):
        yield url
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    try:
        yield _start_cluster(binaries[-1].parent, folder, durable)
    finally:
        _as_owner([str(binaries[-1].parent / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def empty(url: str, tables: list[str]) -> None:
    """Take all rows out of a PostgreSQL database, count from one again; deleting few rows is faster than truncating 90 files."""
    engine = sa.create_engine(url)
    counted = "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
    with engine.begin() as connection:
        # All rows go, so nobody need ask who points to whom (a superuser's right).
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(";".join(f'DELETE FROM "{table}"' for table in tables))
        connection.exec_driver_sql(counted)
    engine.dispose()


def _start_cluster(binaries: Path, folder: Path, durable: bool) -> str:
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    # A cluster that lives as long as one test run need not survive a power cut.
    fast = "" if durable else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200 {fast}"
    _as_owner(
        [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    )
    _as_owner([str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options, "-w", "start"])
    return f"postgresql+psycopg://portal@/postgres?host={folder}"


def _as_owner(command: list[str]) -> None:
    """PostgreSQL refuses to run as root; its own account runs it then."""
    if os.getuid() == 0:
        pwd.getpwnam("postgres")
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, capture_output=True, cwd="/")


@contextlib.contextmanager
def redis() -> Iterator[str | None]:
    """The address of a Redis server; None where there is none."""
    if url := os.environ.get(REDIS_URL):
        yield url
        return
    binary = shutil.which("redis-server")
    if binary is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    path = folder / "redis.sock"
    command = [binary, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(path.exists, what="Redis")
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
