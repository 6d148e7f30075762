"""The public site as plain files: every link works on a file server, and forms lead to the portal."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import html5lib
import pytest

from portal.content import front, queries
from portal.errors import Conflict
from tests.conftest import ROOT

PORTAL = "http://portal.test"
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "form": "action", "source": "src", "button": "formaction"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None:
        """Nothing to the terminal."""


@pytest.fixture
def sample(open_folder):
    app = open_folder(ROOT / "content")
    with app.app_context():
        yield app


@pytest.fixture
def served(sample, tmp_path):
    """The address of a plain file server that shows an export of the sample company."""
    front.export(sample, tmp_path / "site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "site"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _links(page: bytes) -> list[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [
        element.get(LINKS[element.tag]) for element in tree.iter() if element.tag in LINKS and element.get(LINKS[element.tag])
    ]


def test_every_link_works_and_every_form_leads_to_the_portal(served, sample):
    seen, todo, to_portal = set(), [served + "/"], set()
    while todo:
        address = todo.pop().partition("#")[0]
        if address in seen:
            continue
        seen.add(address)
        with urlopen(address, timeout=10) as answer:
            body, kind = answer.read(), answer.headers.get_content_type()
        for link in _links(body) if kind == "text/html" else []:
            whole = urljoin(address, link)
            (to_portal.add if whole.startswith(PORTAL) else todo.append)(whole) if whole.startswith((PORTAL, served)) else None
    pages = {page.url for page in queries.list_pages()}
    assert pages <= {urlsplit(address).path for address in seen}
    assert {PORTAL + path for path in ("/search", "/ask", "/interest", "/feedback", "/what-matters")} <= {
        link.partition("?")[0] for link in to_portal
    }
    client = sample.test_client()
    for link in {link.removeprefix(PORTAL).partition("#")[0] for link in to_portal} - {"/me", "/feedback", "/what-we-changed"}:
        assert client.get(link).status_code in {200, 308}, link


def test_what_is_missing_has_a_page_that_helps(served, tmp_path):
    assert "There is nothing at this address" in (tmp_path / "site" / "404.html").read_text()
    with pytest.raises(HTTPError):
        urlopen(served + "/nowhere", timeout=10)


def test_a_second_export_writes_what_changed_and_takes_away_what_is_gone(open_folder, folder, tmp_path):
    folder.write("pages/a.md", "# A\n")
    folder.write("pages/Größe & mehr.md", "# G\n")
    app, site = open_folder(folder.root), tmp_path / "site"
    with app.app_context():
        front.export(app, site)
        (site / "mine.txt").write_text("not the portal's")
        before = {file: file.stat().st_mtime_ns for file in site.rglob("*") if file.is_file()}
        assert (site / "Größe & mehr" / "index.html").is_file()
        (folder.root / "pages" / "a.md").unlink()
        folder.write("pages/b.md", "# B\n")
        app.extensions["content"].next_look = 0.0
        front.export(app, site)
    assert not (site / "a" / "index.html").exists()
    assert (site / "b" / "index.html").is_file()
    assert (site / "mine.txt").is_file()
    assert before[site / "site.css"] == (site / "site.css").stat().st_mtime_ns


def test_a_folder_with_something_else_in_it_is_left_alone(sample, tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(Conflict, match="holds something that is no export"):
        front.export(sample, tmp_path)
    assert [file.name for file in tmp_path.iterdir() if file.name != "portal"] != []
    assert (tmp_path / "precious.txt").read_text() == "mine"
