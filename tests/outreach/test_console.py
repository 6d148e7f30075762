"""What staff see and press: from an empty page to messages on their way."""

import re

import pytest

from portal import clock
from portal.accounts.models import RoleName
from portal.db import db
from portal.delivery.models import Delivery
from portal.outreach import services
from portal.outreach.models import Campaign, LandingLink, MessageStatus, OutreachMessage
from tests.conftest import sign_in


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.get_data(as_text=True)


def press(client, shown: str, path: str, /, **fields):
    """Post with the token of a page that was really shown."""
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', text_of(client.get(shown)))[1]
    return client.post(path, data={"csrf_token": csrf, **fields})


def plan_in(page: str) -> dict[str, str]:
    """What the form of a new campaign holds before anybody typed."""
    fields = {"body": re.search(r'<textarea[^>]*name="body"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)[1].strip()}
    fields["subject"] = re.search(r'name="subject"[^>]*value="([^"]*)"', page)[1]
    for name in ("persona_id", "source_id", "owner_id", "page"):
        options = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)[0]
        chosen = re.search(r'<option selected value="([^"]+)"', options) or re.search(r'value="([^"]+)"', options)
        fields[name] = chosen[1]
    return fields


def test_an_empty_page_says_what_a_campaign_is(hana):
    assert "No campaign yet" in text_of(hana.get("/console/outreach"))


def test_without_persona_and_source_the_form_says_where_to_begin(hana):
    page = text_of(hana.get("/console/outreach/new"))
    assert "There is no persona yet." in page
    assert "There is no source yet." in page


def test_the_defaults_make_a_campaign_with_nothing_but_a_name(hana, make):
    make.persona(), make.source()
    fields = plan_in(text_of(hana.get("/console/outreach/new")))
    assert "{{landing_link}}" in fields["body"]
    response = press(hana, "/console/outreach/new", "/console/outreach/new", name="Gates", **fields)
    campaign = db.session.query(Campaign).one()
    assert response.location.endswith(f"/console/outreach/{campaign.id}/candidates")
    assert campaign.owner.full_name == "Hana Ubben"
    assert campaign.page.startswith("/stories/")


def test_another_starter_can_be_chosen(hana, make):
    make.persona(), make.source()
    page = text_of(hana.get("/console/outreach/new?starter=outreach-trades"))
    assert "We build lock gates" in page


def test_an_unknown_placeholder_comes_back_beside_the_text_with_its_position(hana, make):
    make.persona(), make.source()
    fields = plan_in(text_of(hana.get("/console/outreach/new"))) | {"name": "Gates"}
    fields["body"] += "\n{{salary}}"
    page = text_of(press(hana, "/console/outreach/new", "/console/outreach/new", **fields), 422)
    assert "{{salary}}" in page
    assert re.search(r"Line \d+, column 1", page)
    assert db.session.query(Campaign).count() == 0


def test_people_are_chosen_written_to_and_sent(hana, make):
    ada = make.candidate("Ada Novak", evidence="Her talk about the tank")
    campaign = make.campaign()
    url = f"/console/outreach/{campaign.id}"
    assert "Her talk about the tank" in text_of(hana.get(f"{url}/candidates"))
    press(hana, f"{url}/candidates", f"{url}/messages", candidate=str(ada.id))
    message = db.session.query(OutreachMessage).one()
    assert "1 message: note missing" in text_of(hana.get(url))
    note = f"/console/outreach/messages/{message.id}"
    assert "Her talk about the tank" in text_of(hana.get(note))
    assert press(hana, note, note, note="Your tank made me laugh.").status_code == 303
    assert "Your tank made me laugh." in text_of(hana.get(note))
    assert "Your tank made me laugh." in text_of(hana.get(f"{note}/frame"))
    assert "Send 1 ready" in text_of(hana.get(url))
    press(hana, url, f"{url}/runs")
    db.session.expire_all()
    assert message.status is MessageStatus.QUEUED
    assert db.session.query(Delivery).one().candidate_id == ada.id


def test_save_and_next_leads_to_the_next_without_a_note(hana, make):
    campaign = make.campaign()
    first, second = (make.message(make.candidate(name), campaign, note="") for name in ("Ada", "Bob"))
    url = f"/console/outreach/messages/{first.id}"
    assert press(hana, url, url, note="A reason", next="1").location.endswith(f"/messages/{second.id}")
    url = f"/console/outreach/messages/{second.id}"
    assert press(hana, url, url, note="A reason", next="1").location.endswith(f"/outreach/{campaign.id}")


def test_the_preview_shows_the_mail_without_a_link_that_works_for_stopping(hana, make):
    message = make.message(make.candidate("Ada Novak"))
    page = text_of(hana.get(f"/console/outreach/messages/{message.id}/frame"))
    assert "Ada, a question about your work" in page
    assert "the public speaker list" in page
    assert services.token_of(message.link) not in page
    assert "/l/preview" in page
    assert "/u/preview" in page


def test_a_message_that_is_sent_is_shown_and_cannot_be_typed_into(hana, make):
    message = make.message()
    services.queue(message.campaign)
    assert "<textarea" not in text_of(hana.get(f"/console/outreach/messages/{message.id}"))


def test_html_of_a_candidate_is_shown_as_typed(hana, make):
    nasty = "<script>alert(1)</script>"
    message = make.message(make.candidate(nasty, evidence=nasty, headline=nasty), note=nasty)
    for url in (
        f"/console/outreach/messages/{message.id}",
        f"/console/outreach/messages/{message.id}/frame",
        f"/console/outreach/{message.campaign_id}",
    ):
        assert "<script>alert" not in text_of(hana.get(url))


def test_a_channels_link_is_made_paused_and_opened(hana, make):
    campaign = make.campaign()
    url = f"/console/outreach/{campaign.id}"
    assert "Say where the link will be" in text_of(press(hana, url, f"{url}/links", label=""), 422)
    press(hana, url, f"{url}/links", label="Poster at the station")
    link = db.session.query(LandingLink).one()
    assert f"/l/{services.token_of(link)}" in text_of(hana.get(url))
    press(hana, url, f"/console/outreach/links/{link.id}/pauses")
    assert "paused" in text_of(hana.get(url))
    press(hana, url, f"/console/outreach/links/{link.id}/pauses")
    db.session.expire_all()
    assert link.paused_at is None


def test_a_campaign_ends_and_is_opened_again(hana, make):
    campaign = make.campaign()
    url = f"/console/outreach/{campaign.id}"
    press(hana, url, f"{url}/ends")
    assert "This campaign has ended." in text_of(hana.get(url))
    press(hana, url, f"{url}/ends", reopen="1")
    db.session.expire_all()
    assert campaign.ended_at is None


def test_changing_a_campaign_keeps_its_messages(hana, make):
    message = make.message()
    url = f"/console/outreach/{message.campaign_id}/edit"
    fields = plan_in(text_of(hana.get(url)))
    press(hana, url, url, name="Renamed", **fields)
    db.session.expire_all()
    assert message.campaign.name == "Renamed"


def test_somebody_can_be_taken_out_again(hana, make):
    message = make.message()
    url = f"/console/outreach/messages/{message.id}"
    press(hana, url, f"{url}/removals")
    assert db.session.query(OutreachMessage).count() == 0


def test_the_choice_warns_who_wrote_and_when(hana, make):
    message = make.message(make.candidate("Ada Novak"))
    message.status, message.sent_at = MessageStatus.SENT, clock.now()
    db.session.commit()
    other = make.campaign("Second")
    page = text_of(hana.get(f"/console/outreach/{other.id}/candidates?persona=0&source=0&stage=&reached=any"))
    assert "Marit Folkerts wrote" in page
    assert "Nobody fits" in text_of(hana.get(f"/console/outreach/{other.id}/candidates"))


@pytest.mark.parametrize("query", ["persona=x", "stage=<b>", "persona=99999", "reached=later"])
def test_a_choice_that_makes_no_sense_filters_nothing(hana, make, query):
    make.candidate("Ada Novak")
    assert "Ada Novak" in text_of(hana.get(f"/console/outreach/{make.campaign().id}/candidates?{query}"))


def test_analysts_may_not_send(app, make):
    campaign = make.campaign()
    analyst = sign_in(app, make.user("ana@sielwerk.example", RoleName.ANALYST, "Ana"))
    assert analyst.get(f"/console/outreach/{campaign.id}").status_code == 403
    assert analyst.get("/console/outreach/new").status_code == 403
