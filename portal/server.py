"""The web server, and the one command that runs web server and worker together."""

import errno
import http.client
import os
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


def serve_with_worker(settings: Settings, announce: Callable[[], None]) -> int:
    """Answer requests, with a worker beside, until a signal comes or the worker fails. Returns the exit status.

    `announce` is called once, as soon as requests are answered.
    """
    # A session of its own: Ctrl-C reaches only us, and we stop it in order.
    worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "worker"], start_new_session=True)
    done = threading.Event()
    threading.Thread(target=_watch, args=(settings, worker, done, announce), daemon=True).start()
    try:
        serve(settings)
    finally:
        failed = worker.poll()
        done.set()
        _stop(worker)
    return failed or 0


def _watch(settings: Settings, worker: "subprocess.Popen[bytes]", done: threading.Event, announce: Callable[[], None]) -> None:
    """Say when the server answers; end it when the worker is gone."""
    while not done.wait(0.05):
        if is_answering(settings):
            announce()
            break
    while not done.wait(0.5):
        if worker.poll() is not None:
            os.kill(os.getpid(), signal.SIGTERM)
            return


def is_answering(settings: Settings) -> bool:
    """Whether the web server answers its health check."""
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=STOP_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
