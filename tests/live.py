"""The real thing for tests: web server and worker as processes of their own, as `portal up` runs them."""

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.services import free_port, wait_until

ROOT = Path(__file__).parents[1]


@dataclass
class Live:
    """A running portal: its address, its data folder, its environment."""

    url: str
    folder: Path
    env: dict[str, str]

    def portal(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a `portal` subcommand against the same installation."""
        command = [sys.executable, "-m", "portal.cli", *arguments]
        return subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=check, timeout=120)

    def empty_the_worker(self) -> None:
        """Have everything done that is due."""
        self.portal("worker", "--until-empty")


def environment(folder: Path, port: int, **settings: str) -> dict[str, str]:
    """The environment of an installation in `folder`, without what the caller's own shell may hold."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    own = {
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_CONTENT_DIR": str(ROOT / "content"),
        "PORTAL_PORT": str(port),
        "PORTAL_LOG_LEVEL": "warning",
        "PYTHONUNBUFFERED": "1",
    }
    return base | own | settings


def answers(url: str) -> bool:
    """Whether a server answers there, with whatever status."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def running(folder: Path, *commands: str, **settings: str) -> Iterator[Live]:
    """Migrate and run `serve` (and `worker` when asked for) on a free port until the block ends."""
    for _attempt in range(3):
        port = free_port()
        live = Live(f"http://127.0.0.1:{port}", folder, environment(folder, port, **settings))
        live.portal("db", "upgrade")
        with contextlib.ExitStack() as stack:
            processes = [stack.enter_context(_process(command, live)) for command in commands or ("serve",)]
            with contextlib.suppress(TimeoutError):
                # A port taken in between ends the server at once; then another one is tried.
                wait_until(
                    lambda live=live, first=processes[0]: first.poll() is not None or answers(f"{live.url}/healthz"),
                    30,
                    "the server",
                )
            if processes[0].poll() is None:
                yield live
                return
    raise RuntimeError("The server did not start.")


@contextlib.contextmanager
def _process(command: str, live: Live) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", command], env=live.env, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=25)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
