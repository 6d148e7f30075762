"""The queue: research, write, hold, next; one page for each message, and nothing typed is lost."""

import re

import pytest

from portal.candidates.queries.research import get_research
from portal.db import db
from portal.outreach import queries, services
from portal.outreach.models import MessageStatus, SetAside
from portal.outreach.queries.research import first_turn, turn_of
from portal.sourcing import services as sourcing
from portal.sourcing.queries import CHECKLIST
from tests.pages import press, press_on


@pytest.fixture
def queue(make):
    """Ada, Bob and Eve wait for a note."""
    persona = sourcing.add_persona("Welders", skills="MAG 135\nThick plate", pitch="One hall, no nights.")
    campaign = make.campaign()
    people = [make.candidate(name, persona=persona, place="Leer") for name in ("Ada", "Bob", "Eve")]
    return services.draft(campaign, [one.id for one in people])


def page_of(message) -> str:
    return f"/console/outreach/messages/{message.id}/research"


def test_each_message_has_a_page_with_facts_checklist_links_fit_evidence_and_note(hana, queue):
    ada = queue[0]
    listed = hana.get(f"/console/outreach/{ada.campaign_id}/research").text
    assert "3 people wait for a note" in listed
    assert page_of(ada) in listed
    page = hana.get(page_of(ada)).text
    for words in ("Ada", "Leer", str(CHECKLIST[0]), "MAG 135", "Thick plate", "One hall, no nights.", "1 of 3", "https://"):
        assert words in page, words
    assert {"n", "s", "w", "h", "e"} <= set(re.findall(r'data-key="(\w)"', page))
    assert "data-keep" in page
    assert "data-ctrl-enter" in page


def test_saving_goes_on_to_the_next_until_nobody_waits(hana, queue):
    ada, bob, eve = queue
    [skill, plate] = [one.criterion for one in get_research(ada.candidate).fits]
    fields = {
        "evidence": "Judged young welders.",
        "note": "You wrote down why. That is rare.",
        "checked": [str(CHECKLIST[0]), str(CHECKLIST[2])],
        "links-0-label": "Her report",
        "links-0-url": "https://welds.example/report",
        f"fit-{skill.id}": "fits",
        f"reason-{skill.id}": "Says so.",
        f"fit-{plate.id}": "no",
    }
    went = press(hana, page_of(ada), "Save, next", follow=False, **fields)
    assert went.location.endswith(page_of(bob))
    found = get_research(ada.candidate)
    assert (found.done, found.judged, found.links[0].label, found.fits[0].reason) == (2, 2, "Her report", "Says so.")
    assert (ada.status, ada.note, ada.candidate.evidence) == (MessageStatus.READY, fields["note"], fields["evidence"])
    shown = hana.get(page_of(ada)).text
    assert 'href="https://welds.example/report"' in shown
    assert "1 written" in shown
    assert press(hana, page_of(bob), "Save, next", follow=False, note="For Bob.").location.endswith(page_of(eve))
    last = press(hana, page_of(eve), "Save, next", note="For Eve.")
    assert "nobody waits for a note any more" in last.text
    assert "Everybody here has a note." in last.text


def test_who_is_set_aside_comes_last_and_does_not_leave(hana, queue):
    ada, bob, eve = queue
    refused = press(hana, page_of(ada), "Set aside, next", note="Half a note")
    assert (refused.status_code, "Say in a few words" in refused.text, "Half a note" in refused.text) == (422, True, True)
    went = press(hana, page_of(ada), "Set aside, next", follow=False, note="A note", hold="Imke asks her")
    assert went.location.endswith(page_of(bob))
    assert (ada.status, ada.note) == (MessageStatus.HELD, "A note"), "however good its note"
    services.write_note(ada, "A better note")
    assert ada.status is MessageStatus.HELD, "written elsewhere, it still waits"
    services.write_evidence(ada, "Her talk")
    shown = hana.get(f"/console/outreach/{ada.campaign_id}?show=aside").text
    assert ("set aside" in shown, "Imke asks her" in shown) == (True, True)
    assert "Imke asks her" in hana.get(f"/console/outreach/messages/{ada.id}").text
    assert queries.count_unsent()[ada.campaign_id] == queries.Unsent(lacking=2, aside=1, ready=0)
    assert services.queue(ada.campaign) == 0
    assert first_turn(ada.campaign_id) is bob
    assert (turn_of(bob).number, turn_of(ada).number, turn_of(bob).aside) == (1, 3, 1)
    press(hana, page_of(bob), "Save, next", note="For Bob.")
    assert press(hana, page_of(eve), "Save, next", follow=False, note="For Eve.").location.endswith(page_of(ada))
    assert "Imke asks her" in hana.get(f"/console/outreach/{ada.campaign_id}/research").text
    assert press(hana, page_of(ada), "Save", hold="").status_code == 200
    assert (ada.status, db.session.query(SetAside).count()) == (MessageStatus.READY, 0)


def test_an_error_keeps_all_that_was_typed_and_saves_none_of_it(hana, queue):
    ada = queue[0]
    [skill, _plate] = [one.criterion for one in get_research(ada.candidate).fits]
    fields = {
        "evidence": "Why her",
        "note": "A note",
        "checked": [str(CHECKLIST[1])],
        f"fit-{skill.id}": "partly",
        f"reason-{skill.id}": "So",
    }
    wrong = press(hana, page_of(ada), "Save, next", **fields, **{"links-1-label": "Bad", "links-1-url": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert 'href="#links-1-url"' in wrong.text
    assert 'href="javascript' not in wrong.text
    db.session.expire_all()
    assert (ada.note, ada.candidate.evidence, get_research(ada.candidate).done) == ("", "", 0)
    kept = press_on(hana, wrong.text, page_of(ada), "Save, next", follow=False, **{"links-1-url": "https://good.example"})
    assert kept.status_code == 303
    found = get_research(ada.candidate)
    assert (ada.note, found.links[0].label, found.fits[0].reason, found.done) == ("A note", "Bad", "So", 1)


def test_what_the_browser_keeps_is_named_after_what_is_saved(hana, queue):
    """Otherwise what was typed before a save would come back over what is saved."""
    ada = queue[0]

    def name() -> str:
        return re.search(r'data-keep="([^"]+)"', hana.get(page_of(ada)).text)[1]

    first = name()
    assert first == name()
    press(hana, page_of(ada), "Save", note="A note")
    assert name() != first


def test_a_message_on_its_way_keeps_its_note_and_still_takes_research(hana, queue):
    ada = queue[0]
    page = hana.get(page_of(ada)).text
    ada.status, ada.note = MessageStatus.QUEUED, "As sent"
    db.session.commit()
    press_on(hana, page, page_of(ada), "Save, next", note="Too late", evidence="Later found")
    assert (ada.note, ada.candidate.evidence) == ("As sent", "Later found")
    assert "on its way already" in hana.get(page_of(ada)).text
    assert turn_of(ada).number == 0


def test_somebody_in_no_campaign_is_researched_on_a_page_of_their_own(hana, make):
    ada = make.candidate("Ada", persona=None)
    address = f"/console/outreach/candidates/{ada.id}/research"
    assert "Choose a persona" in hana.get(address).text
    assert "links-0-url" in press(hana, address, "Save", **{"links-0-url": "no"}).text
    shown = press(hana, address, "Save", evidence="Her talk", checked=[str(CHECKLIST[0])], **{"links-0-url": "https://a.example"})
    assert "https://a.example" in shown.text, "on the candidate’s page"
    assert get_research(ada).done == 1


def test_an_empty_queue_says_what_to_do(hana, make):
    assert "Nobody waits here" in hana.get(f"/console/outreach/{make.campaign().id}/research").text
