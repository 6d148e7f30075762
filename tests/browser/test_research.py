"""The queue by keyboard in a real browser: judge, write, save, next; and what survives a reload and a lost session."""

import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from portal.candidates.models import Judgement
from portal.candidates.queries.research import get_research
from portal.db import db
from portal.outreach import services
from portal.sourcing import services as sourcing
from tests.conftest import sign_in

NOTE = "You wrote down why. That is rare."


@pytest.fixture
def address(app):
    """The application on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_person_is_researched_and_written_to_without_a_mouse_and_nothing_typed_is_lost(app, make, address, page):
    persona = sourcing.add_persona("Welders", skills="MAG 135\nThick plate")
    people = [make.candidate(name, persona=persona) for name in ("Ada", "Bob")]
    ada, bob = services.draft(make.campaign(), [one.id for one in people])
    cookie = sign_in(app, make.user()).get_cookie("session")
    session = {"name": "session", "value": cookie.value, "url": address}
    db.session.commit()
    page.context.add_cookies([session])
    page.goto(f"{address}/console/outreach/messages/{ada.id}/research")
    page.keyboard.press("1")
    page.keyboard.press("3")
    fits = page.locator("[data-fit]")
    expect(fits.nth(0).locator("[value=fits]")).to_be_checked()
    expect(fits.nth(1).locator("[value=no]")).to_be_checked()
    page.keyboard.press("w")
    expect(page.get_by_label("Personal note")).to_be_focused()
    page.keyboard.type(NOTE + " n 1 4")
    expect(fits.nth(0).locator("[value=fits]")).to_be_checked()
    page.reload()
    expect(page.get_by_label("Personal note")).to_have_value(NOTE + " n 1 4")

    page.context.clear_cookies()
    page.get_by_label("Personal note").fill(NOTE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Personal note")).to_have_count(0)
    page.goto(f"{address}/sign-in")
    page.context.add_cookies([session])
    page.goto(f"{address}/console/outreach/messages/{ada.id}/research")
    expect(page.get_by_label("Personal note")).to_have_value(NOTE)

    page.get_by_label("Personal note").press("Control+Enter")
    expect(page).to_have_url(f"{address}/console/outreach/messages/{bob.id}/research")
    expect(page.get_by_label("Personal note")).to_have_value("")
    db.session.rollback()  # what the server has written meanwhile
    assert ada.note == NOTE
    assert [one.judgement for one in get_research(ada.candidate).fits] == [Judgement.FITS, Judgement.NO]
    page.keyboard.press("h")
    page.keyboard.type("Imke asks")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(f"{address}/console/outreach/{ada.campaign_id}/research")
    expect(page.get_by_text("The rest is set aside.")).to_be_visible()
    expect(page.get_by_text("Imke asks")).to_be_visible()
