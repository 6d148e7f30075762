"""Bad input of every kind ends in a friendly page with the right status, a log line, and nothing lost or given away."""

import io
import json
import logging
import re
import time

import pytest
from flask.testing import FlaskClient

from portal import logs, security
from portal.accounts.models import RoleName, User
from portal.config import Settings
from portal.db import db
from portal.errors import Refused
from tests.conftest import build_app

COLD = "base-uri 'none'"


def friendly(response, status: int) -> str:
    """A whole page of ours with this status, the request's id on it, and nothing of the machine."""
    assert response.status_code == status
    assert response.mimetype == "text/html"
    page = response.text
    assert response.headers["X-Request-ID"] in page
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-ID"])
    assert COLD in response.headers["Content-Security-Policy"]
    for given_away in ("Traceback", "werkzeug", "sqlalchemy", "/portal/", "Error:"):
        assert given_away not in page
    return page


@pytest.mark.parametrize("path", ["/nothing/here", "/console/nothing", "/welcome/unknown", "/stories/nobody"])
def test_an_unknown_page_or_token_is_not_found(client, path):
    friendly(client.get(path), 404)


def test_a_foreign_host_is_refused_and_not_repeated(client):
    page = friendly(client.get("/", headers={"Host": "evil.example"}), 400)
    assert "evil" not in page
    assert "evil" not in friendly(client.get("/console", headers={"Host": "evil.example"}), 400)


@pytest.mark.parametrize("host", ["portal.test:80@evil.example", "", "a b", "[", "portal.test.evil.example"])
def test_a_broken_host_is_refused(client, host):
    friendly(client.get("/sign-in", headers={"Host": host}), 400)


def test_a_method_that_an_address_does_not_take_is_named(client):
    answer = client.get("/sign-out")
    friendly(answer, 405)
    assert answer.headers["Allow"] == "POST"
    answer = client.delete("/")
    friendly(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_form_without_token_or_with_a_wrong_one_is_refused(client):
    friendly(client.post("/sign-in", data={"email": "hana@sielwerk.example", "password": "x"}), 400)
    page = friendly(client.post("/sign-in", data={"csrf_token": "forged", "email": "hana@sielwerk.example"}), 400)
    assert "CSRF" not in page


def test_an_oversized_form_is_refused(client):
    friendly(client.post("/sign-in", data={"email": "x" * (3 * 1024 * 1024)}), 413)
    friendly(client.post("/sign-in", data={"file": (io.BytesIO(b"x" * (3 * 1024 * 1024)), "big")}), 413)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\x00"])
def test_broken_text_in_any_part_of_a_request_breaks_nothing(client, raw):
    quoted = "".join(f"%{byte:02X}" for byte in raw)
    assert client.get(f"/{quoted}").status_code in {400, 404}
    assert client.get(f"/console/accounts/{quoted}").status_code in {303, 400, 404}
    assert client.get(f"/?q={quoted}").status_code in {200, 400}
    assert client.get(f"/sign-in?next=/{quoted}").status_code in {200, 400}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    body = f"csrf_token={token}&email=".encode() + raw + b"@x.example&password=" + raw
    for sent in (body, body.replace(raw, quoted.encode())):
        answer = client.post("/sign-in", data=sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 400}
    parts = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode()
    parts += b'\r\n--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + raw + b"\r\n--b--\r\n"
    assert client.post("/sign-in", data=parts, content_type="multipart/form-data; boundary=b").status_code in {200, 400}


def test_a_zero_byte_in_an_address_is_refused(client):
    friendly(client.get("/a%00b"), 400)
    friendly(client.get("/sign-in?next=a%00"), 400)


def test_control_characters_are_dropped_from_what_staff_type(hana):
    page = hana.get("/console/accounts/profile").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    hana.post("/console/accounts/profile", data={"csrf_token": token, "full_name": " Ha\x00na\x1b ", "title": "\ttail\x7f"})
    user = db.session.query(User).one()
    assert (user.full_name, user.title) == ("Hana", "tail")


def test_an_error_of_ours_is_a_page_without_its_cause(app, client, caplog):
    _break(app, "/system/broken", RuntimeError("ada@example.org at /l/secret-token"))
    with caplog.at_level(logging.ERROR, "portal"):
        page = friendly(client.get("/system/broken"), 500)
    assert "ada" not in page


def test_a_refusal_of_ours_says_why(app, client):
    _break(app, "/system/refused", Refused("Only on Mondays."))
    assert "Only on Mondays." in friendly(client.get("/system/refused"), 403)


def test_a_database_that_is_away_is_said_and_the_page_needs_none(tmp_path):
    app = build_app(tmp_path)  # never migrated: every table is missing
    app.test_client_class = FlaskClient
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "somebody"
    broken = client.get("/console")
    assert broken.status_code == 503
    assert "Try again in a few minutes" in broken.text
    assert app.test_client().get("/nothing").status_code == 404
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").status_code == 503


def test_an_error_page_that_breaks_itself_still_answers(app, client, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "get_template", lambda *_names: 1 / 0)
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] in answer.text


def test_head_and_options_are_answered_without_a_body(client):
    for path in ("/", "/sign-in", "/healthz"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.data == b""
    options = client.options("/sign-in")
    assert options.status_code == 200
    assert {"GET", "POST"} <= set(options.headers["Allow"].split(", "))


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/sign-in", "/nothing", "/healthz", "/static/img/overture.svg"):
        headers = client.get(path).headers
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
            assert name in headers, (path, name)
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_strict_transport_is_promised_where_the_address_is_https(tmp_path):
    app = build_app(tmp_path, base_url="https://portal.test")
    app.test_client_class = FlaskClient
    answer = app.test_client().get("/healthz")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_staff_pages_are_never_kept(client, hana):
    for answer in (client.get("/sign-in"), hana.get("/console"), hana.get("/account/password")):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_log_line_has_the_request_id_and_no_token_address_or_query(app, client, capsys):
    logs.configure(Settings(log_level="info", data_dir=app.config["DATA_DIR"]))
    _break(app, "/system/<token>", RuntimeError("DETAIL: Key (email)=(ada@example.org) exists, /l/tok-en123, /welcome/abc"))
    answer = client.get("/system/secret-token?email=bob@example.org", headers={"Referer": "http://portal.test/l/tok-en123"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logs.configure(app.config["SETTINGS"])
    assert {"request", "request.failed", "request.refused"} <= {line["event"] for line in lines}
    for line in lines:
        assert line["request_id"] == answer.headers["X-Request-ID"]
        for secret in ("secret-token", "ada@", "bob@", "tok-en123", "welcome/abc"):
            assert secret not in json.dumps(line)


@pytest.mark.parametrize("path", ["/a", "/a/b?c=d#e", "/console?next=%2F", "/ä"])
def test_own_paths_are_recognised(app, path):
    security.check_own_path(path)


def _break(app, rule: str, error: Exception) -> None:
    def view(**_arguments):
        raise error

    app._got_first_request = False
    app.add_url_rule(rule, rule, view)


def test_text_is_cleaned_and_a_chosen_value_stays_what_it_is():
    assert security.clean(" a\x00b ") == "ab"
    assert security.clean(RoleName.EDITOR) is RoleName.EDITOR


@pytest.mark.parametrize("path", ["/console/pipeline/{}", "/console/outreach/{}", "/console/mailings/{}", "/console/imports/{}"])
@pytest.mark.parametrize("number", [2**31, 2**63, 10**25])
def test_a_number_beyond_all_rows_is_not_found(hana, path, number):
    friendly(hana.get(path.format(number)), 404)


def test_a_number_beyond_all_rows_in_a_query_or_form_names_nothing(hana, make):
    make.mailing(), make.campaign()
    assert hana.get(f"/console/mailings/1?as={10**25}").status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', hana.get("/console/accounts/profile").text)[1]
    data = {"csrf_token": token, "candidate": [10**25, 2**31, "x"]}
    assert hana.post("/console/outreach/1/messages", data=data).status_code == 303


def test_a_long_word_costs_the_log_no_time(app, capsys):
    logs.configure(Settings(log_level="info", data_dir=app.config["DATA_DIR"]))
    started = time.perf_counter()
    logging.getLogger("portal.errors").warning("%s ada@example.org", "a" * 200_000)
    assert time.perf_counter() - started < 1
    logs.configure(app.config["SETTINGS"])
    assert "ada@" not in capsys.readouterr().err


def test_libraries_log_through_the_same_filter(app, capsys):
    logs.configure(Settings(log_level="info", data_dir=app.config["DATA_DIR"]))
    for name in ("huey", "huey.consumer", "flask-limiter", "sqlalchemy.pool"):
        try:
            raise RuntimeError("550 no such person: ada@example.org, see /l/tok-en123")
        except RuntimeError:
            logging.getLogger(name).exception("Unhandled exception in task")
    logs.configure(app.config["SETTINGS"])
    written = capsys.readouterr().err
    assert len([json.loads(line) for line in written.splitlines()]) == 4
    assert "ada@" not in written
    assert "tok-en123" not in written
