"""Chromium against the running portal."""

import pytest

from tests import live as servers
from tests.services import find_chromium


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's browser, quiet: it may ask nobody on the network."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *quiet],
    }


@pytest.fixture
def live(tmp_path):
    """A fresh portal with web server and worker."""
    with servers.running(tmp_path / "data", "serve", "worker") as running:
        yield running
