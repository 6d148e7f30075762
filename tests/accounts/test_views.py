"""The way in: invitation, password, codes, recovery codes, passkey; and who is kept out."""

import base64
import hmac
import html
import json
import re
import struct
import time

import pytest

from portal.accounts import queries, services
from portal.accounts.models import RoleName, User
from portal.db import db
from tests.accounts.passkey import Passkey
from tests.conftest import sign_in

EMAIL, PASSWORD = "hana@sielwerk.example", "drei grüne Schleusen"


@pytest.fixture
def staff(app) -> User:
    app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=1024)  # tests need no slow hash
    return services.add_user(EMAIL, PASSWORD, "Hana Ubben", "people and pay", [RoleName.ADMINISTRATOR])


def token(client, url: str = "/sign-in") -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(url).text)[1]


def enter(client, password: str = PASSWORD, email: str = EMAIL, to: str = ""):
    data = {"csrf_token": token(client), "email": email, "password": password}
    return client.post(f"/sign-in?next={to}" if to else "/sign-in", data=data)


def code_for(secret: str, at: float | None = None) -> str:
    """The six digits of RFC 6238 for a key as it is shown on the page."""
    key = base64.b32decode(re.sub(r"[^A-Z2-7]", "", secret.upper()) + "=" * (-len(re.sub(r"[^A-Z2-7]", "", secret.upper())) % 8))
    mac = hmac.digest(key, struct.pack(">Q", int((time.time() if at is None else at) // 30)), "sha1")
    return f"{struct.unpack('>I', mac[mac[-1] & 15 :][:4])[0] % 2**31 % 10**6:06}"


def ask_for_codes(client) -> str:
    """Set an app up, and return its key."""
    data = {"csrf_token": token(client, "/account/authenticator"), "setup": "authenticator"}
    page = client.post("/account/authenticator", data=data)
    key = re.search(r"<code>(.*?)</code>", page.text)[1]
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page.text)[1]
    done = client.post(action, data={"csrf_token": _token(page), "code": code_for(key)})
    assert done.location == "/account/recovery-codes"
    return key


def _token(response) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', response.text)[1]


def test_an_invitation_leads_into_the_console_and_offers_a_safer_account(app, client):
    _invitation, secret = services.invite(RoleName.ADMINISTRATOR, EMAIL)
    page = client.get(f"/welcome/{secret}")
    assert f'value="{EMAIL}"' in page.text
    answer = client.post(
        f"/welcome/{secret}", data={"csrf_token": _token(page), "full_name": "Hana", "email": EMAIL, "password": PASSWORD}
    )
    assert answer.location == "/account/safety"
    offer = client.get("/account/safety").text
    assert "/account/passkeys" in offer
    assert "/account/authenticator" in offer
    assert 'href="/console"' in offer


def test_a_mistake_in_an_invitation_loses_nothing_but_the_password(app, client):
    _invitation, secret = services.invite(RoleName.EDITOR)
    data = {"full_name": "Ida", "title": "pages", "email": EMAIL, "password": "short"}
    answer = client.post(f"/welcome/{secret}", data={"csrf_token": token(client, f"/welcome/{secret}"), **data})
    assert answer.status_code == 422
    assert 'value="Ida"' in answer.text
    assert 'value="pages"' in answer.text
    assert "short" not in answer.text


def test_used_and_unknown_invitations_show_the_same_page(app, client):
    _invitation, secret = services.invite(RoleName.EDITOR)
    services.accept(secret, EMAIL, PASSWORD, "Ida")
    pages = {re.sub(r"[0-9a-f]{16}", "", client.get(f"/welcome/{name}").text) for name in (secret, "never-made")}
    assert len(pages) == 1
    assert client.get(f"/welcome/{secret}").status_code == 404


def test_signing_in_leads_to_where_one_wanted_to_go(client, staff):
    wanted = client.get("/console/accounts/profile?tab=2")
    assert wanted.location == "/sign-in?next=/console/accounts/profile?tab%3D2"
    assert enter(client, to="/console/accounts/profile%3Ftab=2").location == "/console/accounts/profile?tab=2"
    assert enter(client.application.test_client()).location == "/console"


@pytest.mark.parametrize("email", ["HANA@Sielwerk.example", EMAIL])
def test_capitals_in_the_address_do_not_matter(client, staff, email):
    assert enter(client, email=email).location == "/console"


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, staff):
    wrong, unknown = enter(client, "something else entirely"), enter(client, email="mallory@example.org")
    said = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (wrong, unknown)]
    assert wrong.status_code == unknown.status_code == 200
    assert said[0] == said[1]
    assert "Address and password do not belong together." in wrong.text
    assert client.get("/console").status_code == 303


ELSEWHERE = ["//evil.example", "https://evil.example/", "/\\evil.example", "/a%0d%0aSet-Cookie:x=1", "%20//evil.example", "js:x"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(client, staff, target):
    assert client.get(f"/sign-in?next={target}").status_code == 400
    data = {"csrf_token": token(client), "email": EMAIL, "password": PASSWORD}
    assert client.post(f"/sign-in?next={target}", data=data).status_code == 400


def test_ten_wrong_tries_close_an_account_for_a_while_and_only_that_one(client, staff):
    for _try in range(10):
        assert enter(client, "wrong").status_code == 200
    closed = enter(client)
    assert closed.status_code == 429
    assert int(closed.headers["Retry-After"]) > 0
    assert enter(client.application.test_client(), "wrong", "ida@sielwerk.example").status_code == 200


def test_who_is_shut_out_is_out_at_once(client, staff, make):
    make.user("ida@sielwerk.example", name="Ida")
    enter(client)
    assert client.get("/account/safety").status_code == 200
    services.deactivate(queries.get_user(staff.id))
    assert client.get("/account/safety").status_code == 303
    assert enter(client).status_code == 200


def test_signing_out_is_a_post_and_ends_the_session(client, staff):
    enter(client)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out", data={"csrf_token": token(client, "/account/password")}).location == "/sign-in"
    assert client.get("/account/safety").status_code == 303


def test_a_new_password_ends_all_other_sessions(client, staff):
    elsewhere = client.application.test_client()
    enter(client)
    enter(elsewhere)
    data = {"password": PASSWORD, "new_password": "vier graue Schleusen", "new_password_confirm": "vier graue Schleusen"}
    answer = client.post("/account/password", data={"csrf_token": token(client, "/account/password"), **data})
    assert answer.location == "/console/accounts/profile"
    assert client.get("/account/safety").status_code == 200
    assert elsewhere.get("/account/safety").status_code == 303
    assert enter(elsewhere, "vier graue Schleusen").location == "/console"


def test_with_an_app_the_password_alone_opens_nothing(client, staff):
    enter(client)
    key = ask_for_codes(client)
    fresh = client.application.test_client()
    assert enter(fresh, to="/console/accounts").location == "/sign-in/code?next=/console/accounts"
    assert fresh.get("/console").status_code == 303
    wrong = fresh.post("/sign-in/code", data={"csrf_token": token(fresh, "/sign-in/code"), "code": "000000"})
    assert wrong.status_code == 200
    assert fresh.get("/console").status_code == 303
    right = {"csrf_token": token(fresh, "/sign-in/code"), "code": code_for(key)}
    assert fresh.post("/sign-in/code?next=/console/accounts", data=right).location == "/console/accounts"
    assert fresh.get("/account/safety").status_code == 200


def test_a_recovery_code_works_once_in_place_of_the_app(client, staff):
    enter(client)
    ask_for_codes(client)
    page = client.post("/account/recovery-codes", data={"csrf_token": token(client, "/account/recovery-codes")})
    code = re.findall(r"<code>(.*?)</code>", page.text)[0]
    for expected in (302, 200):
        fresh = client.application.test_client()
        enter(fresh)
        data = {"csrf_token": token(fresh, "/sign-in/recovery-code"), "code": code}
        assert fresh.post("/sign-in/recovery-code", data=data).status_code == expected


def test_secrets_of_the_second_step_are_not_readable_in_the_database(client, staff):
    enter(client)
    key = ask_for_codes(client)
    page = client.post("/account/recovery-codes", data={"csrf_token": token(client, "/account/recovery-codes")})
    code = re.findall(r"<code>(.*?)</code>", page.text)[0]
    user = queries.get_user(staff.id)
    assert re.sub(r"[^A-Z2-7]", "", key) not in user.tf_totp_secret
    assert code not in user.mf_recovery_codes
    assert user.password.startswith("$argon2id$")


def options_of(page) -> dict:
    return json.loads(html.unescape(re.search(r'data-options="([^"]*)"', page.text)[1]))


def make_passkey(client) -> Passkey:
    key = Passkey()
    page = client.post("/account/passkeys", data={"csrf_token": token(client, "/account/passkeys"), "name": "Laptop"})
    action = re.search(r'action="(/account/passkeys/[^"]+)"', page.text)[1]
    options = options_of(page)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    done = client.post(action, data={"csrf_token": _token(page), "credential": key.register(options)})
    assert done.location == "/account/passkeys"
    assert "<bdi>Laptop</bdi>" in client.get("/account/passkeys").text
    return key


def use_passkey(client, key: Passkey, handle: str):
    page = client.post("/sign-in/passkey", data={"csrf_token": token(client)})
    action = re.search(r'action="(/sign-in/passkey/[^"]+)"', page.text)[1]
    return client.post(action, data={"csrf_token": _token(page), "credential": key.sign_in(options_of(page), handle)})


def test_a_passkey_signs_in_by_itself_until_it_is_removed(client, staff):
    enter(client)
    key = make_passkey(client)
    handle = queries.get_user(staff.id).fs_webauthn_user_handle
    fresh = client.application.test_client()
    assert use_passkey(fresh, key, handle).location == "/console"
    assert fresh.get("/account/safety").status_code == 200
    client.post("/account/passkeys/removals", data={"csrf_token": token(client, "/account/passkeys"), "name": "Laptop"})
    stranger = client.application.test_client()
    assert use_passkey(stranger, key, handle).location == "/sign-in/passkey"
    assert "We do not know this passkey." in stranger.get("/sign-in/passkey").text
    assert stranger.get("/console").status_code == 303


def test_a_passkey_of_another_site_is_refused(client, staff):
    enter(client)
    key = make_passkey(client)
    key.origin = "http://localhost.evil.example"
    stranger = client.application.test_client()
    use_passkey(stranger, key, queries.get_user(staff.id).fs_webauthn_user_handle)
    assert stranger.get("/console").status_code == 303


def test_delicate_pages_ask_again_when_signing_in_was_long_ago(app, staff):
    client = sign_in(app, staff)
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - 3 * 3600
    asked = client.get("/account/authenticator")
    assert asked.location == "/sign-in/again?next=/account/authenticator"
    data = {"csrf_token": token(client, asked.location), "password": PASSWORD}
    assert client.post(asked.location, data=data).location == "/account/authenticator"
    assert client.get("/account/authenticator").status_code == 200


@pytest.mark.parametrize("path", ["/sign-in/help", "/sign-in/second-step", "/register", "/reset", "/login", "/fs-static/x.js"])
def test_doors_that_are_not_used_are_shut(client, path):
    assert client.get(path).status_code == 404


def test_a_get_signs_nobody_out(client, staff):
    enter(client)
    client.get("/sign-in/code")
    client.get("/sign-in")
    assert client.get("/account/safety").status_code == 200


def test_a_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(client, staff):
    cookie = enter(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie
    assert db.session.get(User, staff.id).active


def test_a_code_that_was_used_to_sign_in_signs_nobody_in_again(client, staff):
    enter(client)
    key = ask_for_codes(client)
    code = code_for(key)
    for location in ("/console", None):
        fresh = client.application.test_client()
        enter(fresh)
        answer = fresh.post("/sign-in/code", data={"csrf_token": token(fresh, "/sign-in/code"), "code": code})
        assert answer.location == location
        assert fresh.get("/console").status_code == (200 if location else 303)


@pytest.mark.parametrize("spelling", ["hana@SIELWERK.example", "hana@sielwerk\uff0eexample"])
def test_another_spelling_of_an_address_gives_no_further_tries(client, staff, spelling):
    for _try in range(10):
        enter(client, "wrong")
    assert enter(client, "wrong", spelling).status_code == 429
