"""The web server, and the one command that runs web server and worker together."""

import contextlib
import errno
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from portal.config import Settings, SettingsError
from portal.intake import WAITING_THREADS

STOP_SECONDS = 20
# The server counts connections, also those that only trickle headers or rest between two requests.
MOST_CONNECTIONS = 4096
# Slow readers and writers may not starve the others: headers must arrive in ten seconds.
_HTTP = HTTP1Settings(header_read_timeout=10_000, keep_alive=True, pipeline_flush=True)


def serve(settings: Settings, target: str = "portal.wsgi:app", *, factory: bool = False) -> None:
    """Answer requests until told to stop. `target` is a WSGI application, or what makes one, as `module:name`."""
    check_port(settings)
    _allow_connections()
    Granian(
        target,
        factory=factory,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads + WAITING_THREADS,
        backlog=2048,
        backpressure=MOST_CONNECTIONS,
        http1_settings=_HTTP,
        log_level="error",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


def _allow_connections() -> None:
    """Ask for as many open files as connections need, as far as the machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 512
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def check_port(settings: Settings) -> None:
    """SettingsError with one clear sentence when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(_bind_sentence(settings, error)) from error


def _bind_sentence(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is taken by another program. Stop it, or set PORTAL_PORT to another number."
    return f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set PORTAL_HOST and PORTAL_PORT."


def run_together(commands: list[list[str]], ready: Callable[[], bool], announce: Callable[[], None]) -> int:
    """Run `portal` subcommands side by side until one ends or a signal comes; then stop all of them. Returns the exit status.

    `announce` is called once, as soon as `ready` says yes.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # A session of their own: Ctrl-C reaches only us, and we stop them in order.
    children = [
        subprocess.Popen([sys.executable, "-m", "portal.cli", *command], start_new_session=True)  # noqa: S603
        for command in commands
    ]
    waiting = True
    while not stop.is_set() and all(child.poll() is None for child in children):
        if waiting and ready():
            announce()
            waiting = False
        stop.wait(0.1)
    failed = [child.returncode for child in children if child.poll() is not None and child.returncode != 0]
    for child in children:
        _stop(child)
    return failed[0] if failed and not stop.is_set() else 0


def is_answering(settings: Settings) -> bool:
    """Whether the web server takes connections."""
    with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=1):
        return True
    return False


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
