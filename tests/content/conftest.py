"""A small content folder that tests may change, and an application on it. No database is asked for pages."""

from pathlib import Path

import pytest

from portal.content import front, library
from tests.conftest import build_app

SITE = """\
name: Sielwerk
accent: {light: "#17624f", dark: "#6fc7ad"}
navigation:
  - {label: Stories, path: /stories}
footer:
  - {label: Tell us how we treated you, path: /feedback}
promise: {working_days: 3, text: We answer within 3 working days.}
criteria:
  - {key: pay, label: Pay}
"""
STORY = """\
---
kind: story
title: Forty tonnes
description: A day in controls.
published: 2026-11-12
role: Control engineer
pay: {min: 66000, max: 79000, currency: EUR, note: "for 36 hours"}
drawback: Nights away.
people:
  - {name: Marit, does: Leads, photo: media/marit.svg}
---
## A day

It is long.
"""
MAIL = """\
---
kind: outreach
name: First letter
subject: "{{first_name}}, a word"
---
Hello {{first_name}},

{{note}}
"""
FACE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><title>Marit, drawn</title></svg>'


class Folder:
    """A content folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


@pytest.fixture
def folder(tmp_path) -> Folder:
    found = Folder(tmp_path / "content")
    found.write("site.yaml", SITE)
    found.write("pages/index.md", "---\ntitle: Come and look\nkind: home\ndescription: All.\n---\n[Stories](/stories)\n")
    found.write("pages/stories/control.md", STORY)
    found.write("media/marit.svg", FACE)
    found.write("mails/first.md", MAIL)
    return found


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """One application for all tests of this folder; building it takes longer than most of them."""
    return build_app(tmp_path_factory.mktemp("house"))


@pytest.fixture
def open_folder(house):
    """Opens a content folder: the application then stands on it, with a front door that has seen nothing yet."""

    def open_it(root: Path):
        house.config["CONTENT_DIR"] = root
        house.wsgi_app = type(house).wsgi_app.__get__(house)
        front.init_app(house)
        return house

    return open_it


@pytest.fixture
def site(folder, open_folder):
    """The application on the small folder, inside its context; it looks for changes at each request."""
    app = open_folder(folder.root)
    with app.app_context():
        yield app


@pytest.fixture
def reader(site):
    """Somebody with a browser."""
    return site.test_client()


@pytest.fixture(autouse=True)
def _look_always(monkeypatch):
    monkeypatch.setattr(library, "LOOK_EVERY_SECONDS", 0.0)
