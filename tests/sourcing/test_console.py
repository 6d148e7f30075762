"""Personas and sources in the console."""

import re
from datetime import date

import pytest

from portal.accounts.models import RoleName
from portal.sourcing.models import Origin
from portal.sourcing.queries import checklist_of, get_persona, get_source, list_criteria, list_personas, list_sources
from portal.sourcing.services import add_cost
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind
from tests.conftest import sign_in
from tests.pages import press

TOKEN = r'name="csrf_token" value="([^"]+)"'
PERSONA = {"name": "Control engineers", "summary": "They keep plants running.", "skills": "PLC\r\nTwinCAT"}
SOURCE = {
    "name": "Oldenburg meetup",
    "origin": "event",
    "data_note": "the speaker list.",
    "cost": "1234.50",
    "currency": "EUR",
    "owner_id": "",
}


def test_a_persona_needs_a_name_only_and_nothing_typed_is_lost(hana, app):
    answer = post(hana, "/console/sourcing/personas/new", PERSONA | {"name": " "})
    assert answer.status_code == 422
    assert "They keep plants running." in answer.text
    assert "Give the persona a name." in answer.text
    assert post(hana, "/console/sourcing/personas/new", PERSONA).headers["Location"] == "/console/sourcing/personas"
    assert [(row.name, row.skills) for row in list_personas()] == [("Control engineers", "PLC\nTwinCAT")]


def test_a_taken_name_is_said_beside_the_field(hana, make):
    make.persona("Welders")
    answer = post(hana, "/console/sourcing/personas/new", {"name": "Welders"})
    assert (answer.status_code, "already a persona with this name" in answer.text) == (422, True)
    make.source("Fair")
    answer = post(hana, "/console/sourcing/sources/new", SOURCE | {"name": "Fair"})
    assert (answer.status_code, "already a source with this name" in answer.text) == (422, True)


def test_a_persona_keeps_its_own_name_when_edited(hana, make):
    persona = make.persona("Welders")
    assert post(hana, f"/console/sourcing/personas/{persona.id}", {"name": "Welders", "summary": "Steel."}).status_code == 302
    assert get_persona(persona.id).summary == "Steel."


def test_a_source_keeps_its_cost_in_cents_and_its_owner(hana, make):
    user = make.user("bea@sielwerk.example", RoleName.RECRUITER, "Bea")
    assert post(hana, "/console/sourcing/sources/new", SOURCE | {"owner_id": str(user.id)}).status_code == 302
    (source,) = list_sources()
    assert (source.cost_minor, source.currency, source.owner_id) == (123450, "EUR", user.id)
    assert (source.origin, source.data_note) == (Origin.EVENT, "the speaker list")
    page = hana.get(f"/console/sourcing/sources/{source.id}").text
    assert 'value="1234.50"' in page
    assert "€1,234.50" in hana.get("/console/sourcing/sources").text
    assert post(hana, f"/console/sourcing/sources/{source.id}", SOURCE | {"cost": ""}).status_code == 302
    assert (get_source(source.id).cost_minor, get_source(source.id).owner_id) == (0, None)


@pytest.mark.parametrize("broken", [{"cost": "-1"}, {"cost": "many"}, {"origin": "moon"}, {"data_note": ""}, {"owner_id": "99"}])
def test_a_broken_source_is_not_kept(hana, broken):
    assert post(hana, "/console/sourcing/sources/new", SOURCE | broken).status_code == 422
    assert not list_sources()


def test_lists_say_what_each_brought_and_hide_what_was_put_away(hana, make):
    persona, source = make.persona("Welders"), make.source("Fair")
    make.candidate("Ada", persona=persona, source=source)
    for kind, row in (("personas", persona), ("sources", source)):
        assert row.name in hana.get(f"/console/sourcing/{kind}").text
        post(hana, f"/console/sourcing/{kind}/{row.id}/archivings", {"archived": "yes"})
        assert row.name not in hana.get(f"/console/sourcing/{kind}").text.split("</thead>")[-1].replace("Fair is put", "")
        assert "put away" in hana.get(f"/console/sourcing/{kind}?archived=1").text
        post(hana, f"/console/sourcing/{kind}/{row.id}/archivings", {"archived": "no"})
        assert row.name in hana.get(f"/console/sourcing/{kind}").text


def test_an_empty_house_says_what_to_do_first(hana):
    assert "Write the first persona" in hana.get("/console/sourcing/personas").text
    assert "Write the first source" in hana.get("/console/sourcing/sources").text


@pytest.mark.parametrize("path", ["personas", "personas/new", "personas/1", "sources", "sources/new", "sources/1"])
def test_an_editor_sees_nothing_of_people(app, make, path):
    mallory = sign_in(app, make.user("mallory@sielwerk.example", RoleName.EDITOR, "Mallory"))
    assert mallory.get(f"/console/sourcing/{path}").status_code == 403


def test_lists_and_pages_show_what_each_brought_and_cost(hana, make):
    persona, source = make.persona("Welders"), make.source("Fair")
    ada = make.candidate("Ada", persona=persona, source=source)
    timeline.record(ada.id, Kind.RESPONDED, Direction.IN, Channel.WEB, answer="interested")
    add_cost(source, date(2026, 3, 2), 123450, "Stand")
    for address in ("sources", f"sources/{source.id}", "personas", f"personas/{persona.id}"):
        page = hana.get(f"/console/sourcing/{address}").text
        assert "€1,234.50" in page, address
        assert all(word in page for word in ("People", "Contacted", "Visits, raw", "By people", "Answered")), address


def test_costs_are_written_down_by_day_summed_by_month_and_period_and_taken_away(hana, make):
    source = make.source("Fair")
    address = f"/console/sourcing/sources/{source.id}"
    wrong = press(hana, address, "Add this cost", on="", amount="0", what="Stand")
    assert (wrong.status_code, "Stand" in wrong.text) == (422, True)
    for day, amount in (("2026-03-02", "100"), ("2026-03-30", "20.50"), ("2026-05-01", "7")):
        press(hana, address, "Add this cost", on=day, amount=amount, what="Stand")
    page = hana.get(address).text
    assert "March 2026" in page
    assert "€120.50" in page
    assert "€127.50" in page
    assert "€27.50" in hana.get(f"{address}?first=2026-03-03&last=2026-12-31").text
    assert hana.get(f"{address}?first=moon").status_code == 200
    assert "€120.50" in press(hana, address, "Take away").text
    assert "€127.50" not in hana.get(address).text


def test_a_persona_has_criteria_a_page_what_to_say_and_a_checklist_of_its_own(hana):
    fields = {
        "name": "Welders",
        "skills": "MAG 135\nThick plate",
        "deal_breakers": "Travel",
        "pitch": "No nights.",
        "checklist": "One",
    }
    press(hana, "/console/sourcing/personas/new", "Keep this persona", page="/stories/welder", **fields)
    [persona] = list_personas()
    assert [row.text for row in list_criteria(persona.id)] == ["MAG 135", "Thick plate", "Travel"]
    assert (persona.page, persona.pitch, checklist_of(persona)) == ("/stories/welder", "No nights.", ["One"])
    press(hana, f"/console/sourcing/personas/{persona.id}", "Save changes", skills="MAG 135", checklist="")
    assert [row.text for row in list_criteria(persona.id)] == ["MAG 135", "Travel"]
    assert len(checklist_of(persona)) == 5


def post(client, path, fields):
    """Send a form as the page would, with the token of the page."""
    token = getattr(client, "token", None) or re.search(TOKEN, client.get("/console/sourcing/personas").text)[1]
    client.token = token
    return client.post(path, data={"csrf_token": token, **fields})
