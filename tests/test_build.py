"""The build hook, and what it made."""

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(__file__).parents[1]
LOCK = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))
DIST = ROOT / "static/dist"


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the sources whose bundle is up to date."""
    for folder in ("frontend/src", "static/css"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("package.json", "package-lock.json", "build.mjs"):
        shutil.copy(ROOT / "frontend" / name, tmp_path / "frontend" / name)
    (tmp_path / "static/dist").mkdir()
    (tmp_path / "static/dist/manifest.json").write_text("{}")
    hatch_build.stamp(tmp_path).write_text(hatch_build.digest(tmp_path))
    return tmp_path


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """An empty PATH, and a way to put pretended programs on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("PORTAL_SKIP_FRONTEND", raising=False)

    def add(name: str, script: str) -> str:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        return str(path)

    return add


@pytest.fixture
def dist() -> dict[str, dict[str, str]]:
    """The manifest of the bundle that was built when the project was installed."""
    if not (DIST / "manifest.json").is_file():
        pytest.skip("left out: the browser code was not built")
    found: dict[str, dict[str, str]] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return found


def hook(root: Path) -> hatch_build.FrontendHook:
    return hatch_build.FrontendHook(str(root), {}, None, None, "", "wheel")


def test_the_lock_names_no_registry_and_every_package_by_its_digest():
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]


def test_a_bundle_of_the_same_sources_is_not_built_again(checkout, tools):
    assert hook(checkout).dependencies() == []
    hook(checkout).initialize("standard", {})


@pytest.mark.parametrize("name", ["frontend/src/public/proof.js", "static/css/tokens.css", "frontend/package-lock.json"])
def test_any_changed_source_makes_the_bundle_stale_whatever_the_dates_say(checkout, name):
    manifest = checkout / "static/dist/manifest.json"
    (checkout / name).write_text((checkout / name).read_text("utf-8") + "\n")
    manifest.touch()
    assert not hatch_build.fresh(checkout)


def test_a_removed_source_makes_the_bundle_stale(checkout):
    (checkout / "frontend/src/console/poll.js").unlink()
    assert not hatch_build.fresh(checkout)


def test_a_bundle_that_came_without_its_sources_is_taken_as_it_is(checkout):
    shutil.rmtree(checkout / "frontend")
    assert hatch_build.fresh(checkout)


def test_half_a_bundle_is_stale(checkout):
    (checkout / "static/dist/manifest.json").unlink()
    assert not hatch_build.fresh(checkout)


@pytest.mark.parametrize(("version", "brought"), [("v20.1.0", False), ("v24.0.0", False), ("v18.19.0", True), ("nonsense", True)])
def test_node_is_brought_along_only_where_there_is_none_that_is_new_enough(checkout, tools, version, brought):
    (checkout / "static/dist/manifest.json").unlink()
    tools("npm", "exit 0")
    tools("node", f"echo {version}")
    assert bool(hook(checkout).dependencies()) is brought


def test_without_any_node_the_reason_is_one_sentence_that_says_what_to_do(checkout, tools):
    (checkout / "static/dist/manifest.json").unlink()
    assert hook(checkout).dependencies() == [hatch_build.NODE_WHEEL]
    with pytest.raises(RuntimeError, match="PORTAL_SKIP_FRONTEND=1"):
        hook(checkout).initialize("standard", {})


def test_an_operator_may_leave_the_browser_code_out(checkout, tools, monkeypatch):
    (checkout / "static/dist/manifest.json").unlink()
    monkeypatch.setenv("PORTAL_SKIP_FRONTEND", "1")
    assert hook(checkout).dependencies() == []
    hook(checkout).initialize("standard", {})


def test_a_download_that_breaks_off_is_tried_again(checkout, tools, monkeypatch):
    monkeypatch.setattr(hatch_build, "PAUSE", 0)
    log = checkout / "calls"
    npm = tools("npm", f'echo "$1" >> {log}\n[ "$1" = run ] || [ "$(while read -r l; do echo x; done < {log})" != x ]')
    hatch_build.build(npm, checkout / "frontend")
    assert log.read_text().split() == ["ci", "ci", "run"]


def test_a_download_that_never_works_ends_the_build(checkout, tools, monkeypatch):
    monkeypatch.setattr(hatch_build, "PAUSE", 0)
    log = checkout / "calls"
    npm = tools("npm", f'echo "$1" >> {log}; exit 1')
    with pytest.raises(subprocess.CalledProcessError):
        hatch_build.build(npm, checkout / "frontend")
    assert log.read_text().split() == ["ci"] * hatch_build.TRIES


def test_the_bundle_is_whole_and_its_names_carry_a_hash(dist):
    assert set(dist) == {"public", "console"}
    for name, files in dist.items():
        assert set(files) == {"js", "css"}
        for file in files.values():
            assert file.startswith(f"{name}-")
            assert (DIST / file).stat().st_size > 0


def test_nothing_in_the_bundle_asks_another_host(dist):
    for path in [*DIST.glob("*.js"), *DIST.glob("*.css")]:
        text = path.read_text("utf-8")
        assert "://" not in text, path.name
        assert "eval(" not in text, path.name


def test_a_public_page_loads_next_to_no_script(dist):
    # The search for a proof of work is a file of its own, which only forms that ask for it load.
    scripts = [path.stat().st_size for path in DIST.glob("*.js") if not path.name.startswith(("console-", "search-"))]
    assert sum(scripts) < 6 * 1024


def test_licences_of_what_is_bundled_travel_along(dist):
    notices = (DIST / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    assert "@noble/hashes" in notices
    assert "Permission is hereby granted" in notices
    assert "esbuild" not in notices
