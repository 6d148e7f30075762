"""The front door: the same answer as Flask gives, from memory, with the right headers, and never somebody's private one."""

import gzip
import threading

import brotli
import pytest
from flask import g
from werkzeug.test import Client

from portal import security
from portal.content.front import door as front

PAGE = "/stories/control"


@pytest.fixture
def reader(site):
    """A browser that takes what it gets as it came: compressed, or nothing at all."""
    return Client(site)


@pytest.fixture
def calls(site, monkeypatch):
    """How often Flask itself was asked, by path."""
    seen: list[str] = []
    inner = type(site).wsgi_app.__get__(site)

    def counting(environ, start_response):
        seen.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    site.wsgi_app = counting
    front.init_app(site)
    return seen


def test_flask_is_asked_once_and_then_never_again(site, calls):
    reader = Client(site)
    first, second = reader.get(PAGE), reader.get(PAGE)
    assert first.status_code == second.status_code == 200
    assert "Forty tonnes" in first.text
    assert first.data == second.data
    assert calls == [PAGE]


def test_it_answers_as_flask_does_security_headers_included(site, reader):
    plain = Client(site)
    site.wsgi_app, door = type(site).wsgi_app.__get__(site), site.wsgi_app
    direct = plain.get(PAGE)
    site.wsgi_app = door
    remembered = reader.get(PAGE)
    assert remembered.data == direct.data
    for name, value in {**security.HEADERS, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"}.items():
        assert remembered.headers[name] == direct.headers[name] == value
    assert "Set-Cookie" not in remembered.headers


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_each_browser_gets_the_encoding_it_accepts(reader, accepted, used):
    plain = reader.get(PAGE).data
    for _again in range(2):
        response = reader.get(PAGE, headers={"Accept-Encoding": accepted})
        assert response.headers.get("Content-Encoding") == used
        assert response.headers["Vary"] == "Accept-Encoding"
        assert int(response.headers["Content-Length"]) == len(response.data)
        assert {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[used](response.data) == plain


def test_what_a_browser_has_already_is_not_sent_again(reader):
    tags = {encoding: reader.get(PAGE, headers={"Accept-Encoding": encoding}).headers["ETag"] for encoding in ("", "gzip", "br")}
    assert len(set(tags.values())) == 3
    for encoding, tag in tags.items():
        for header in (tag, f'"x", W/{tag}', "*"):
            response = reader.get(PAGE, headers={"Accept-Encoding": encoding, "If-None-Match": header})
            assert response.status_code == 304
            assert response.data == b""
            assert response.headers["ETag"] == tag
            assert response.headers["Cache-Control"] == "no-cache"
    assert reader.get(PAGE, headers={"If-None-Match": '"x"'}).status_code == 200


def test_head_has_the_headers_and_no_body(reader):
    full, head = reader.get(PAGE), reader.head(PAGE)
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(full.data))
    assert head.headers["ETag"] == full.headers["ETag"]


def test_a_change_in_the_folder_is_answered_anew(reader, folder):
    before = reader.get("/new")
    folder.write("pages/new.md", "# Soon there\n")
    after = reader.get("/new")
    assert (before.status_code, after.status_code) == (404, 200)
    folder.write("pages/new.md", "# There now\n")
    assert "There now" in reader.get("/new").text
    (folder.root / "pages" / "new.md").unlink()
    assert reader.get("/new").status_code == 404


def test_what_was_rendered_is_forgotten_after_minutes_for_the_sake_of_figures_from_elsewhere(site, calls, monkeypatch):
    reader = Client(site)
    monkeypatch.setattr(front, "FORGET_AFTER_SECONDS", 0.0)
    reader.get("/")
    reader.get(PAGE)
    reader.get(PAGE)
    assert calls.count(PAGE) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_go_on_to_flask(site, calls, method):
    reader = Client(site)
    reader.get(PAGE)
    reader.open(PAGE, method=method)
    assert calls == [PAGE, PAGE]


def test_a_foreign_host_gets_flask_s_refusal_and_never_a_page(reader):
    assert reader.get(PAGE).status_code == 200
    response = reader.get(PAGE, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "Forty tonnes" not in response.text


def test_cookies_of_a_reader_never_reach_what_is_remembered(site, reader):
    reader.set_cookie("session", "of-mallory", domain="portal.test")
    assert reader.get(PAGE).status_code == 200
    seen = []
    site.after_request_funcs.setdefault(None, []).append(lambda response: (seen.append(g.get("x")), response)[1])
    try:
        assert "Set-Cookie" not in Client(site).get(PAGE).headers
    finally:
        site.after_request_funcs[None].pop()
    assert seen == []


def test_an_answer_that_sets_a_cookie_is_never_remembered(site):
    def baking(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html"), ("Set-Cookie", "a=b")])
        return [b"private"]

    site.wsgi_app = baking
    front.init_app(site)
    reader = Client(site)
    assert reader.get(PAGE).headers["Set-Cookie"].startswith("a=b")
    assert site.wsgi_app._answers == {}


def test_pictures_and_built_files_come_from_memory_too(site, calls, monkeypatch, tmp_path):
    dist = tmp_path / "dist"
    (dist / "dist").mkdir(parents=True)
    (dist / "dist" / "public-ABCD2345.css").write_text("a{}" * 400)
    (dist / "dist" / "NOTICES.txt").write_text("x")
    monkeypatch.setattr(site, "static_folder", str(dist))
    reader = Client(site)
    for path, kept in (
        ("/media/marit.svg", "public, max-age=3600"),
        ("/static/dist/public-ABCD2345.css", "public, max-age=31536000, immutable"),
        ("/static/dist/NOTICES.txt", "no-cache"),
        ("/site.css", "no-cache"),
        ("/robots.txt", "public, max-age=3600"),
    ):
        reader.get(path)
        response = reader.get(path)
        assert response.headers["Cache-Control"] == kept
        assert response.status_code == 200
        assert calls.count(path) == 1
    assert reader.get("/static/dist/nothing.css").status_code == 404


def test_a_large_file_is_left_to_flask(site, calls, folder):
    folder.write("media/film.mp4", b"x" * (front.MAX_REMEMBERED_BYTES + 1))
    reader = Client(site)
    reader.get("/media/film.mp4")
    response = reader.get("/media/film.mp4", headers={"Range": "bytes=0-9"})
    assert response.status_code == 206
    assert response.data == b"x" * 10
    assert calls.count("/media/film.mp4") == 2


@pytest.mark.parametrize(
    "raw",
    [
        "/\xff\xfe",
        "/%00",
        "/..%2f..%2fetc/passwd",
        "/media/../site.yaml",
        "/\udcff",
        "/mails/first.md",
        "/site.yaml",
    ],
)
def test_odd_addresses_are_a_friendly_404_or_redirect(reader, raw):
    environ = {"PATH_INFO": raw.encode("utf-8", "surrogateescape").decode("latin-1")}
    assert reader.get("/", environ_overrides=environ).status_code in {301, 308, 400, 404}


def test_many_readers_at_once_get_the_same_page(site):
    bodies: set[bytes] = set()

    def read() -> None:
        for _time in range(20):
            bodies.add(Client(site).get(PAGE).data)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 1


SPELLINGS = ["/static/dist/./{name}", "/static/dist/x/../{name}", "/static/dist/{name}/", "/static/dist/.//./{name}"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_built_file_is_remembered_under_one_spelling_only(site, reader, tmp_path, monkeypatch, spelling):
    dist = tmp_path / "static" / "dist"
    dist.mkdir(parents=True)
    (dist / "a.css").write_text("main { margin: 0 }")
    monkeypatch.setattr(site, "static_folder", str(tmp_path / "static"))
    reader.get(spelling.format(name="a.css"))
    assert sorted(site.wsgi_app._answers) == []
    assert reader.get("/static/dist/a.css").status_code == 200
    assert sorted(site.wsgi_app._answers) == ["/static/dist/a.css"]
