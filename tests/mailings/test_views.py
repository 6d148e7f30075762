"""The way out: a GET changes nothing, one click is enough, and nobody else's link works."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.candidates.queries import find_candidate
from portal.db import db, transaction
from portal.timeline.models import Channel, Kind
from portal.timeline.queries import list_touchpoints


def link_of(candidate, delivery_id=1):
    return "/u/" + tokens.sign("unsubscribe", [candidate.id, delivery_id])


def form_token(client, url):
    return re.search(r'name="form_token" value="([^"]+)"', client.get(url).text)[1]


def press(client, url, to="", **fields):
    return client.post(url + to, data={"form_token": form_token(client, url), **fields}, follow_redirects=True)


def is_unsubscribed(candidate):
    db.session.expire_all()
    return find_candidate(candidate.id).unsubscribed_at is not None


def unsubscribed_by(candidate):
    return [row.channel for row in list_touchpoints(candidate.id) if row.kind is Kind.UNSUBSCRIBED]


def test_opening_the_link_unsubscribes_nobody(client, make):
    ada = make.reader()
    for address in (link_of(ada), link_of(ada) + "/one-click"):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert not is_unsubscribed(ada)


def test_the_button_unsubscribes_and_the_page_says_what_holds(client, make):
    ada = make.reader()
    page = press(client, link_of(ada))
    assert is_unsubscribed(ada)
    assert "No newsletter and no first message" in page.text
    assert unsubscribed_by(ada) == [Channel.WEB]


def test_unsubscribing_can_be_undone_on_the_same_page(client, make):
    ada = make.reader()
    press(client, link_of(ada))
    page = press(client, link_of(ada), "/returns")
    assert not is_unsubscribed(ada)
    assert "Or only less often" in page.text


def test_a_form_from_elsewhere_is_refused(client, make):
    ada = make.reader()
    assert client.post(link_of(ada)).status_code == 400
    assert client.post(link_of(ada) + "/returns", data={"form_token": "made up"}).status_code == 400
    assert not is_unsubscribed(ada)


def test_one_click_needs_nothing_but_the_link_and_answers_without_leading_on(client, make):
    ada = make.reader()
    answer = client.post(link_of(ada) + "/one-click", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Set-Cookie" not in answer.headers
    assert is_unsubscribed(ada)


def test_one_click_twice_is_one_unsubscription(client, make):
    ada = make.reader()
    first = client.post(link_of(ada) + "/one-click")
    since = find_candidate(ada.id).unsubscribed_at
    second = client.post(link_of(ada, delivery_id=2) + "/one-click")
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert find_candidate(ada.id).unsubscribed_at == since
    assert unsubscribed_by(ada) == [Channel.MAIL]


def test_a_link_works_for_a_year_and_not_for_ever(client, make):
    ada = make.reader()
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        link = link_of(ada)
        traveller.shift(timedelta(days=365))
        assert client.get(link).status_code == 200
        traveller.shift(timedelta(days=2))
        assert client.get(link).status_code == 404
        assert client.post(link + "/one-click").status_code == 404
    assert not is_unsubscribed(ada)


def test_a_link_still_answers_after_erasure(client, make):
    ada = make.reader()
    link = link_of(ada)
    with transaction():
        ada.erased_at, ada.email, ada.address_key, ada.full_name = clock.now(), None, None, ""
    assert "Your data was deleted" in client.get(link).text
    assert client.post(link + "/one-click").status_code == 200
    form = {"form_token": tokens.sign("form", ["wishes", "x", 1]), "pace": "weekly"}
    assert client.post(link + "/paces", data=form).status_code == 303


@pytest.mark.parametrize("end", ["", "/one-click", "/returns", "/paces"])
def test_forged_links_are_no_links(client, make, end):
    ada = make.reader()
    good = link_of(ada)
    form = {"form_token": form_token(client, good), "pace": "weekly"}
    others = (
        "/u/preview",
        good[:-2],
        good + "x",
        "/u/" + tokens.sign("form", [ada.id, 1]),
        "/u/" + tokens.sign("landing", [ada.id, 1]),
        "/u/" + tokens.sign("unsubscribe", ada.id),
        "/u/" + tokens.sign("unsubscribe", [str(ada.id), 1]),
        "/u/" + tokens.sign("unsubscribe", [ada.id, 1, 1]),
        "/u/%F0%28",
    )
    for link in others:
        assert client.post(link + end, data=form).status_code == 404, link
    assert not is_unsubscribed(ada)


def test_a_link_changes_only_the_person_it_was_sent_to(client, make):
    ada, bob = make.reader("Ada"), make.reader("Bob")
    press(client, link_of(bob))
    client.post(link_of(bob) + "/one-click")
    assert is_unsubscribed(bob)
    assert not is_unsubscribed(ada)


def test_a_forwarded_link_names_nobody(client, make):
    ada = make.reader("Ada Lovelace", email="ada@candidate.example", company="Analytical Engines")
    for _state in range(2):
        page = client.get(link_of(ada))
        assert not any(word in page.text for word in ("Lovelace", "ada@", "Analytical"))
        press(client, link_of(ada))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_reader_sets_the_pace_and_keeps_the_pause(client, make):
    until = clock.now().date() + timedelta(days=40)
    ada = make.reader(paused_until=until)
    page = press(client, link_of(ada), "/paces", pace="quarterly")
    db.session.expire_all()
    assert (find_candidate(ada.id).pace, find_candidate(ada.id).paused_until) == (Pace.QUARTERLY, until)
    assert re.search(r'<input[^>]*checked[^>]*value="quarterly"', page.text)


def test_a_pace_that_nobody_offers_is_said_beside_the_field(client, make):
    ada = make.reader()
    answer = press(client, link_of(ada), "/paces", pace="hourly")
    assert answer.status_code == 422
    assert find_candidate(ada.id).pace is Pace.ANY


def test_whom_we_do_not_contact_is_told_so(client, make):
    ada = make.reader()
    candidates.stop_contact(ada)
    assert "We write to you no more" in client.get(link_of(ada)).text
