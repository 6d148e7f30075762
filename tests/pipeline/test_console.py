"""Staff pages of the pipeline, asked for as a browser would."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import RoleName
from portal.delivery import services as delivery
from portal.delivery.front import PURPOSES
from portal.delivery.models import Purpose
from portal.delivery.personal import KINDS
from portal.pipeline import queries, services
from portal.pipeline.models import StageName
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind
from tests.conftest import sign_in


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def post(client, url, **fields):
    """Send a form of a page with the token that stands in it."""
    page = client.get(fields.pop("page", url)).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post(url, data={"csrf_token": token, **fields})


def test_the_table_shows_people_with_their_stage(hana, make):
    ada = make.person("Ada", headline="Control engineer", company="Wattwerk")
    services.move(ada.id, StageName.ENGAGED, "met")
    page = text_of(hana.get("/console/pipeline"))
    assert "Control engineer, Wattwerk Engaged" in page
    assert "All 1 Waits for us 0" in page


def test_an_empty_pipeline_says_what_to_do_and_an_empty_filter_how_to_get_back(hana, make):
    assert "Nobody is here yet" in text_of(hana.get("/console/pipeline"))
    make.person("Ada")
    assert "Nobody fits" in text_of(hana.get("/console/pipeline?q=zzz"))


def test_filters_stand_in_the_address_and_each_can_be_taken_away(hana, make):
    make.person("Ada", persona=make.persona("Welders"))
    bob = make.person("Bob")
    url = f"/console/pipeline?persona={bob.persona_id}&stage=identified&sort=-name"
    page = hana.get(url).get_data(as_text=True)
    assert "Bob" in page
    assert "Ada" not in page
    assert "/console/pipeline?stage=identified&amp;sort=-name" in page


NONSENSE = ["stage=nonsense", "persona=x", "owner=99999", "segment=9", "sort=password", "at=x&sort=touched", "q=%25&at=%F0%28"]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_with_nonsense_in_it_still_shows_a_page(hana, make, query):
    make.person("Ada")
    assert hana.get(f"/console/pipeline?{query}").status_code == 200


def test_who_waits_is_one_step_away(hana, make):
    ada, _bob = make.person("Ada"), make.person("Bob")
    services.move(ada.id, StageName.INTERESTED, "")
    assert "One person waits for us." in text_of(hana.get("/console/pipeline"))
    waiting = hana.get("/console/pipeline?waits=y").get_data(as_text=True)
    assert "said yes" in waiting
    assert "Bob" not in waiting


def test_a_saved_segment_is_a_tab_with_its_count(hana, make):
    make.person("Ada")
    post(hana, "/console/pipeline/segments/new", name="New ones", stages=["identified"])
    page = text_of(hana.get("/console/pipeline"))
    assert "New ones 1" in page


def test_a_candidate_page_tells_the_whole_story_in_sentences(hana, make):
    ada = make.candidate("Ada")
    services.move(ada.id, StageName.CONTACTED, "first message left")
    page = text_of(hana.get(f"/console/pipeline/{ada.id}"))
    assert "Placed at Contacted" in page
    assert "first message left" in page
    assert "Added" in page


def test_moving_needs_a_reason_and_keeps_what_was_chosen(hana, make):
    ada = make.person("Ada")
    url = f"/console/pipeline/{ada.id}/moves"
    refused = post(hana, url, page=f"/console/pipeline/{ada.id}", stage="considered", reason=" ", seen="identified")
    assert refused.status_code == 422
    assert '<option selected value="considered">' in refused.get_data(as_text=True)
    moved = post(hana, url, page=f"/console/pipeline/{ada.id}", stage="considered", reason="strong", seen="identified")
    assert moved.status_code == 302
    assert queries.find_placement(ada.id).stage is StageName.CONSIDERED


def test_the_later_of_two_recruiters_is_told_and_can_decide_again(hana, make):
    ada = make.person("Ada")
    services.move(ada.id, StageName.DECLINED, "no", make.user("imke@sielwerk.example", name="Imke Redenius").id)
    url = f"/console/pipeline/{ada.id}"
    told = post(hana, f"{url}/moves", page=url, stage="considered", reason="strong", seen="identified")
    assert told.status_code == 409
    page = told.get_data(as_text=True)
    assert "Imke Redenius moved this person" in page
    assert 'value="strong"' in page
    assert 'name="seen" type="hidden" value="declined"' in page


def test_a_next_step_is_noted(hana, make):
    ada = make.person("Ada")
    on = clock.now().date() + timedelta(days=9)
    post(hana, f"/console/pipeline/{ada.id}/next-steps", page=f"/console/pipeline/{ada.id}", text="call", on=on.isoformat())
    placement = queries.find_placement(ada.id)
    assert (placement.next_step, placement.next_step_on) == ("call", on)


def test_segments_are_made_changed_and_removed(hana, make):
    make.person("Ada")
    assert "No segment yet" in text_of(hana.get("/console/pipeline/segments"))
    assert post(hana, "/console/pipeline/segments/new", name="").status_code == 422
    post(hana, "/console/pipeline/segments/new", name="All")
    segment = queries.find_segment("All")
    url = f"/console/pipeline/segments/{segment.id}"
    assert "1 person" in text_of(hana.get(url))
    post(hana, url, name="Engaged", stages=["engaged"])
    assert queries.find_segment("Engaged").rule == {"stages": ["engaged"]}
    assert post(hana, f"{url}/removals", page=url).status_code == 302
    assert queries.find_segment("Engaged") is None


def test_what_the_table_shows_can_be_saved_as_a_view(hana, make):
    make.person("Ada")
    page = hana.get("/console/pipeline?stage=identified").get_data(as_text=True)
    link = re.search(r'"(/console/pipeline/segments/new[^"]*)"', page)[1]
    form = hana.get(link).get_data(as_text=True)
    assert len(re.findall(r"<input checked", form)) == 1
    assert hana.get("/console/pipeline/segments/new?stages=x&personas=y").status_code == 200


def test_analysts_see_no_candidates(app, make):
    analyst = sign_in(app, make.user("okko@sielwerk.example", RoleName.ANALYST))
    assert analyst.get("/console/pipeline").status_code == 403


def test_names_in_every_script_keep_their_direction_and_are_escaped(hana, make):
    make.person("مريم <b>الخطيب")
    assert "<bdi>مريم &lt;b&gt;الخطيب</bdi>" in hana.get("/console/pipeline").get_data(as_text=True)


def test_a_segment_begins_with_what_is_on_offer_and_passes_over_the_rest(hana, make):
    persona = make.persona()
    number = 10**25
    page = hana.get(f"/console/pipeline/segments/new?stages=hired&personas={persona.id}&personas={number}&sources={number}")
    assert page.status_code == 200
    assert re.search(rf'name="personas"[^>]*value="{persona.id}"', page.text)
    assert str(number) not in page.text


def test_the_page_of_a_person_has_words_for_every_kind_of_mail_and_touchpoint(hana, make):
    ada = make.candidate("Ada")
    for number, purpose in enumerate(Purpose):
        delivery.enqueue(purpose, number, [ada.id])
    for kind in Kind:
        timeline.record(ada.id, kind, Direction.IN, Channel.WEB, to_stage="engaged", answer="no", page="/", fields=["email"])
    response = hana.get(f"/console/pipeline/{ada.id}")
    assert response.status_code == 200
    page = text_of(response)
    assert all(str(label) in page for label in PURPOSES.values())
    assert set(PURPOSES) == set(Purpose) == set(KINDS)
    assert hana.get("/console/outbox").status_code == 200
