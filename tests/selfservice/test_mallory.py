"""Mallory tries to see Ada's data by every address the application has, with every token she can get. She sees nothing."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.queries import find_by_address
from portal.delivery.emails import own_page_link
from portal.delivery.queries import list_deliveries
from portal.outreach import services as outreach
from portal.security import form_token
from portal.selfservice import queries
from portal.selfservice.services import addresses, doors
from tests.selfservice.visits import enter, fresh_link, letters, press, token_in

ADA, MALLORY = "ada.lovelace-private@candidate.example", "mallory@candidate.example"
# What nobody but Ada may read. Her first name stands on the landing page, whose link is hers to forward.
SECRETS = (ADA, "Quillfeather", "Hafenwerk Wismar", "confided that she is looking", "+49 170 555", "sensor talk in Emden")
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def ada(make):
    """Ada, with something of everything."""
    ada = make.candidate(
        "Ada Quillfeather",
        email=ADA,
        greeting_name="Ada",
        company="Hafenwerk Wismar",
        phone="+49 170 555 0199",
        evidence="sensor talk in Emden",
    )
    candidates.add_note(ada, "confided that she is looking")
    return ada


@pytest.fixture
def mallory(client, make):
    """Mallory, on her own page."""
    make.candidate("Mallory", email=MALLORY)
    assert "Mallory" in enter(client, MALLORY).text
    return client


def public_rules(app) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(("console.", "security.", "static")):
            yield rule


def all_tokens(ada, message, foreign_access) -> dict[str, str]:
    """Every kind of token that was ever made for Ada and may get into other hands, and forged ones."""
    delivery_id = next((row.id for row in list_deliveries(ada.id)), 1)
    spent = doors.ask(ada.id)
    change = addresses.ask_for_address(ada, "elsewhere@candidate.example")
    return {
        "landing": outreach.token_of(message.link),
        "unsubscribe": tokens.sign("unsubscribe", [ada.id, delivery_id]),
        "foot": own_page_link(ada.id).partition("for=")[2],
        "old address": tokens.derive(queries.OLD, change.nonce),
        "new address": tokens.derive(queries.NEW, change.nonce),
        "form": form_token("own page"),
        "receipt": tokens.sign("receipt", ["X", clock.now().isoformat(), {}]),
        "stay": tokens.sign("stay", ["guess", clock.now().timestamp()]),
        "derived for something else": tokens.derive("landing", spent.nonce),
        "public id": ada.public_id,
        "row number": str(ada.id),
        "empty-ish": "-",
        "her own": foreign_access,
    }


def address_of(rule: Rule, token: str, numbers: dict[str, int]) -> str:
    values = {}
    for name in rule.arguments:
        converter = rule._converters.get(name)
        words = sorted(getattr(converter, "items", ()))
        values[name] = words[0] if words else numbers.get(name, 1) if isinstance(converter, IntegerConverter) else token
    return rule.build(values, append_unknown=False)[1]


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


def test_no_address_with_any_token_shows_anything_of_ada(app, ada, mallory, make):
    ada = find_by_address(ADA)
    message = make.message(ada)
    mine = make.candidate("Mallory", email=MALLORY, or_existing=True)
    numbers = {"candidate_id": ada.id}
    held = all_tokens(ada, message, "x" * 22)
    forms = {"form_token": form_token("own page")}
    app.test_client_class = FlaskClient  # a thousand answers are not validated again
    stranger, neighbour = app.test_client(), app.test_client()
    neighbour.set_cookie("own_page", mallory.get_cookie("own_page", path="/me").value, path="/me")
    assert mine.id != ada.id
    tried = 0
    for rule in public_rules(app):
        for kind, token in held.items():
            for client in (stranger, neighbour) if rule.rule.startswith("/me") else (stranger,):
                url = address_of(rule, token, numbers)
                queried = f"{url}?for={held['foot']}&candidate_id={ada.id}&id={ada.public_id}"
                pages = [client.get(queried)] if "GET" in rule.methods else []
                if client is stranger or kind == "foot":
                    pages += [client.open(url, method=method, data=forms) for method in rule.methods - SAFE]
                for page in pages:
                    tried += 1
                    assert page.status_code < 500, (rule, kind)
                    assert not leaks(page.get_data().decode("utf-8", "replace")), (rule, kind)
            if not rule.arguments:
                break
    assert tried > 500


def test_a_token_opens_what_it_was_made_for_and_no_door_to_a_page(app, ada, make):
    held = all_tokens(ada, make.message(ada), "x" * 22)
    for kind, token in held.items():
        mallory = app.test_client()
        assert mallory.get(f"/me/links/{token}").status_code == 404, kind
        answer = mallory.post(f"/me/links/{token}/stays", data={"form_token": form_token("own page")})
        assert answer.status_code == 404, kind
        assert "Set-Cookie" not in answer.headers, kind
        opens = mallory.get(f"/me/addresses/{token}").status_code == 200
        assert opens == (kind in {"old address", "new address"}), kind
        mallory.set_cookie("own_page", token, path="/me")
        assert not leaks(mallory.get("/me").text), kind
        assert (mallory.get(f"/me?for={token}").text.count('name="foot" type="hidden" value="W') == 0) or kind == "foot"


def test_a_forwarded_landing_link_or_mail_foot_never_opens_the_page(app, ada, make):
    link = make.link(ada)
    mallory = app.test_client()
    landing = mallory.get(f"/l/{link}").text
    assert "Ada" in landing
    assert not leaks(landing.replace("sensor talk in Emden", ""))
    for path in re.findall(r'href="(/[^"]*)"', landing):
        assert not leaks(mallory.get(path).text.replace("sensor talk in Emden", "")), path
    foot = own_page_link(ada.id).removeprefix("http://portal.test")
    page = mallory.get(foot)
    mallory.post("/me/links", data={"form_token": token_in(page.text), "foot": foot.partition("for=")[2]})
    assert {mail.recipient for mail in letters()} == {ADA}, "the key goes to Ada's mailbox, whoever presses"


def test_a_replayed_link_a_kept_cookie_and_a_borrowed_form_open_nothing(app, ada, mallory):
    browser, ada_id = app.test_client(), find_by_address(ADA).id
    link = fresh_link(browser, ADA)
    form = token_in(browser.get(link).text)
    scanner = app.test_client()
    assert scanner.head(link).status_code == scanner.get(link).status_code == 200
    assert "Set-Cookie" not in scanner.get(link).headers
    assert browser.post(f"{link}/stays", data={"form_token": form}).status_code == 303
    assert mallory.post(f"{link}/stays", data={"form_token": form}).status_code == 404
    hers = token_in(browser.get("/me").text, "/me/objections")
    own = token_in(mallory.get("/me").text, "/me/objections")
    # A page of Mallory's that makes Ada's browser post: with no token, a public one, or Mallory's own.
    for token in ("", form_token("own page"), form_token("responses"), own, tokens.sign("own page", ada_id)):
        for path in ("/me/objections", "/me/erasures", "/me/exports", "/me/addresses", "/me/restrictions"):
            answer = browser.post(path, data={"form_token": token, "sure": "y", "format": "json", "email": MALLORY, "on": "yes"})
            assert answer.status_code in {400, 403}, (path, token[:5])
    assert find_by_address(ADA).objected_at is find_by_address(ADA).restricted_at is None
    # Ada's form with Mallory's cookie.
    assert mallory.post("/me/exports", data={"form_token": hers, "format": "json"}).status_code == 403
    kept = browser.get_cookie("own_page", path="/me").value
    press(browser, "/me", "/me/endings")
    mallory.set_cookie("own_page", kept, path="/me")
    assert not leaks(mallory.get("/me").text)
    assert mallory.post("/me/exports", data={"form_token": hers, "format": "json"}).status_code == 303


def test_mails_and_lists_of_ada_do_not_open_on_mallorys_page(app, ada, mallory):
    browser = app.test_client()
    enter(browser, ADA)
    names = re.findall(r'href="/me/mails/([^"]+)"', browser.get("/me/mails").text)
    assert names
    for name in names:
        for path in (f"/me/mails/{name}", f"/me/mails/{name}/frame"):
            assert browser.get(path).status_code == 200
            assert mallory.get(path).status_code == 404
            assert app.test_client().get(path).status_code == 303
    for path in re.findall(r'href="(/me/held/[^"]+)"', browser.get("/me").text):
        assert not leaks(mallory.get(path).text)
    copy = press(mallory, "/me", "/me/exports", format="json").text
    assert "Mallory" in copy
    assert not leaks(copy)


def test_staff_sessions_and_own_pages_are_two_things(app, ada, hana, mallory):
    ada_id = find_by_address(ADA).id
    assert not leaks(hana.get("/me").text), "a member of staff has no candidate's page"
    assert mallory.get(f"/console/pipeline/{ada_id}").status_code == 303
    enter(hana, MALLORY)
    assert hana.get(f"/console/pipeline/{ada_id}").status_code == 200
    cookies = {cookie.key for cookie in hana._cookies.values() if cookie.path == "/me"}
    assert cookies == {"own_page"}
