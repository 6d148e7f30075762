"""What somebody finds behind a landing link."""

import re
from datetime import timedelta

import pytest

from portal import clock, tokens
from portal.db import db
from portal.outreach import services
from portal.pipeline.queries import find_placement
from portal.submissions.models import Response
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.outreach.visiting import body_of, visits

NAMES = ["Zoë", "Łukasz", "Ελένη", "Юлия", "陳大文", "ゆき", "김민준", "עדה", "فاطمة", "अनन्या", "கவிதா", "Անի"]


def test_the_page_greets_by_first_name_with_note_sender_and_the_facts_of_the_role(client, make):
    token = make.link(make.candidate("Ada Novak", email="ada@firm.example"))
    page = body_of(client.get(f"/l/{token}", headers=BROWSER))
    for words in (
        "Ada",
        "Your talk stayed with me.",
        "Marit Folkerts",
        "€66,000",
        "€79,000",
        "Emden, two days a week at home",
        "About 25 nights",
    ):
        assert words in page
    assert 'value="interested"' in page
    assert f"/l/{token}/answer/not-now" in page
    assert f"/l/{token}/answer/no" in page
    assert "the public speaker list of the Oldenburg meetup" in page


def test_a_forwarded_link_shows_nobodys_private_data(client, make):
    ada = make.candidate(
        "Ada Novak", email="ada@firm.example", phone="+49 491 555 123", company="Firm of Hers", evidence="Knows tanks"
    )
    token = make.link(ada)
    for path in (
        "",
        "/interest",
        "/feedback",
        "/answer/no",
        "/answer/not-now",
        "/answer/interested",
        "/ask",
        "/refer",
        "/thanks?after=interested",
    ):
        page = body_of(client.get(f"/l/{token}{path}", headers=BROWSER))
        for secret in ("Novak", "ada@firm.example", "555 123", "Firm of Hers", "Knows tanks", ada.public_id):
            assert secret not in page, (path, secret)


def test_the_answer_is_for_one_person_and_sets_no_cookie(client, make):
    response = client.get(f"/l/{make.link()}", headers=BROWSER)
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_links_inside_the_page_keep_the_token_and_pictures_do_not(client, make):
    token = make.link()
    page = body_of(client.get(f"/l/{token}", headers=BROWSER))
    assert f'href="/l/{token}/value/pay"' in page
    assert f'href="/l/{token}/interest"' in page
    assert 'src="/l/' not in page


def test_another_page_behind_the_link_is_shown_and_counted(client, make):
    token = make.link()
    assert client.get(f"/l/{token}/value/pay", headers=BROWSER).status_code == 200
    assert [visit.page for visit in visits()] == ["/value/pay"]


def test_a_page_that_is_not_there_is_a_friendly_404(client, make):
    assert client.get(f"/l/{make.link()}/nowhere", headers=BROWSER).status_code == 404
    assert visits() == []


def test_unknown_expired_and_paused_links_show_the_same_page(client, make):
    unknown = client.get("/l/" + "x" * 22, headers=BROWSER)
    expired, paused = make.message(make.candidate("Ada")).link, make.message(make.candidate("Bob")).link
    expired.expires_at = clock.now() - timedelta(seconds=1)
    db.session.commit()
    services.pause_link(paused)
    pages = {
        re.sub(r"portal\.test\S*", "", body_of(client.get(f"/l/{services.token_of(link)}", headers=BROWSER)))
        for link in (expired, paused)
    }
    assert pages == {body_of(unknown)}
    assert unknown.status_code == 404
    assert 'href="/"' in body_of(unknown)
    assert visits() == []


def test_a_token_of_another_purpose_opens_nothing(client, make):
    message = make.message()
    for token in (
        tokens.derive("proof", message.link.nonce),
        tokens.sign("unsubscribe", [message.candidate_id, 1]),
        tokens.sign("form", ["responses", "x", 1]),
    ):
        assert client.get(f"/l/{token}", headers=BROWSER).status_code == 404


def test_a_channels_link_greets_nobody_and_leads_to_the_open_form(client, make):
    link = services.channel_link(make.campaign(), "Poster at the station")
    token = services.token_of(link)
    page = body_of(client.get(f"/l/{token}", headers=BROWSER))
    assert "Forty tonnes" in page
    assert f"/l/{token}/interest" in page
    assert "/responses" not in page
    assert client.get(f"/l/{token}/answer/no", headers=BROWSER).status_code == 404


def test_a_link_of_a_newsletter_greets_and_answers_without_a_note(client, make):
    token = services.token_of(services.link_for(make.candidate("Ada Novak").id, None, "/stories/welder", "newsletter"))
    page = body_of(client.get(f"/l/{token}", headers=BROWSER))
    assert "<bdi>Ada</bdi>" in page
    assert "a note for you" not in page
    assert f"/l/{token}/answer/no" in page
    assert "Novak" not in page


def test_opening_every_page_behind_a_link_answers_nothing(client, make):
    message = make.message()
    token = services.token_of(message.link)
    for path in ("", "/value", "/answer/not-now", "/answer/no", "/interest", "/feedback", "/thanks?after=no"):
        for method in ("GET", "HEAD"):
            assert client.open(f"/l/{token}{path}", method=method, headers=BROWSER).status_code == 200
    services.classify()
    db.session.refresh(message.candidate)
    assert db.session.query(Response).count() == 0
    assert find_placement(message.candidate_id) is None
    assert message.candidate.unsubscribed_at is None
    assert not {touchpoint.kind for touchpoint in db.session.query(Touchpoint)} - {Kind.ADDED}


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_are_greeted_as_they_are(client, make, name):
    token = make.link(make.candidate(name))
    assert f"<bdi>{name}</bdi>" in body_of(client.get(f"/l/{token}", headers=BROWSER))


def test_html_in_name_and_note_is_shown_as_typed(client, make):
    message = make.message(
        make.candidate("<script>alert(1)</script>"), note="<img src=x onerror=alert(1)> {{first_name}} {% raw %}"
    )
    page = body_of(client.get(f"/l/{services.token_of(message.link)}", headers=BROWSER))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {{first_name}} {% raw %}" in page


def test_an_erased_persons_link_is_closed(client, make):
    message = make.message()
    message.candidate.erased_at = clock.now()
    db.session.commit()
    assert client.get(f"/l/{services.token_of(message.link)}", headers=BROWSER).status_code == 404
