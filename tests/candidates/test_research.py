"""Research before contact: what was looked up, where, and how somebody fits; judged by the lines of their persona."""

import pytest

from portal.candidates.models import Fit, Judgement, ResearchCheck, ResearchLink
from portal.candidates.personal import erase, held
from portal.candidates.queries.research import count_researched, get_research
from portal.candidates.services.research import Findings, research
from portal.db import db
from portal.errors import Invalid
from portal.sourcing import services as sourcing
from portal.sourcing.queries import CHECKLIST, list_criteria
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints

FITS, NO = Judgement.FITS, Judgement.NO


@pytest.fixture
def persona(app):
    return sourcing.add_persona("Welders", skills="MAG 135\nThick plate", deal_breakers="Travel for weeks")


@pytest.fixture
def ada(make, persona):
    return make.candidate("Ada", persona=persona)


def test_what_is_found_out_is_kept_with_who_and_when(ada, make, persona):
    hana = make.user()
    first, second, third = list_criteria(persona.id)
    before = get_research(ada)
    assert list(before.items) == [str(item) for item in CHECKLIST]
    assert (before.done, before.judged, before.complete) == (0, 0, False)
    links = [("Talk", "https://talks.example/1"), ("", "www.welds.example/ada"), ("", "")]
    fits = {first.id: (FITS, "Said so in the talk."), third.id: (NO, ""), 99: (FITS, "of nobody")}
    item = next(iter(before.items))
    research(ada, Findings(" Judged young welders. ", frozenset({item, "of another list"}), links, fits), hana.id)
    found = get_research(ada)
    assert ada.evidence == "Judged young welders."
    assert [(row.label, row.url) for row in found.links] == [links[0], ("www.welds.example", "https://www.welds.example/ada")]
    assert [(one.criterion, one.judgement, one.reason) for one in found.fits] == [
        (first, FITS, "Said so in the talk."),
        (second, Judgement.UNKNOWN, ""),
        (third, NO, ""),
    ]
    assert (found.done, found.judged, count_researched([ada.id])) == (1, 2, {ada.id: 3})
    assert {row.actor_id for table in (Fit, ResearchCheck, ResearchLink) for row in db.session.query(table)} == {hana.id}


def test_saving_again_replaces_and_leaves_one_touchpoint_a_sitting(ada, persona):
    [first, *_rest] = list_criteria(persona.id)
    findings = Findings("Why", frozenset({str(CHECKLIST[0])}), [("A", "https://a.example")], {first.id: (FITS, "")})
    research(ada, findings)
    [kept] = get_research(ada).links
    at = kept.at
    research(ada, findings)
    research(ada, Findings("Why", frozenset(), [("B", "https://b.example"), ("A", "https://a.example")], {}))
    found = get_research(ada)
    assert [row.label for row in found.links] == ["B", "A"]
    assert found.links[1].at == at
    assert (found.done, found.judged, db.session.query(Fit).count()) == (0, 0, 0)
    assert [row.kind for row in list_touchpoints(ada.id)].count(Kind.RESEARCHED) == 1


@pytest.mark.parametrize(
    ("findings", "field"),
    [
        (Findings(links=[("x", "javascript:alert(1)")]), "links-0-url"),
        (Findings(links=[("x", "https://a.example"), ("x", "ftp://a.example")]), "links-1-url"),
        (Findings(links=[("only a label", "")]), "links-0-url"),
        (Findings(links=[("x", "https://exa mple")]), "links-0-url"),
        (Findings(links=[("x", "https://a.example/" + "x" * 2000)]), "links-0-url"),
        (Findings(evidence="x" * 501), "evidence"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_place_and_nothing_changes(ada, findings, field):
    with pytest.raises(Invalid) as refused:
        research(ada, findings)
    assert refused.value.field == field
    assert db.session.query(ResearchLink).count() == 0


def test_criteria_follow_the_persona_and_judgements_follow_a_line_that_is_mended(ada, persona):
    skill, plate, travel = list_criteria(persona.id)
    research(ada, Findings(fits={skill.id: (FITS, "yes"), plate.id: (FITS, ""), travel.id: (NO, "")}))
    sourcing.edit_persona(
        persona, skills="Thick plates\nUltrasonic testing", checklist="Read a report\n\nRead a report\nAsked Imke"
    )
    found = get_research(ada)
    assert [(one.criterion.text, one.judgement) for one in found.fits] == [
        ("Thick plates", FITS),
        ("Ultrasonic testing", Judgement.UNKNOWN),
        ("Travel for weeks", NO),
    ]
    assert list(found.items) == ["Read a report", "Asked Imke"]
    assert db.session.query(Fit).count() == 3, "what was judged by a line that is gone stays"
    sourcing.edit_persona(persona, skills="Thick plates\nMAG 135")
    assert [one.judgement for one in get_research(ada).fits] == [FITS, FITS, NO], "and counts again when the line is back"


def test_personas_older_than_criteria_are_completed_by_the_worker(make):
    old = make.persona("Old")
    old.skills = "One\nTwo"
    db.session.commit()
    assert list_criteria(old.id) == []
    assert (sourcing.complete_personas(), sourcing.complete_personas()) == (1, 0)
    assert [row.text for row in list_criteria(old.id)] == ["One", "Two"]


def test_research_is_shown_to_its_person_and_erased_with_them(ada, persona):
    [first, *_rest] = list_criteria(persona.id)
    research(ada, Findings("Why", frozenset({str(CHECKLIST[0])}), [("A", "https://a.example")], {first.id: (FITS, "Because.")}))
    told = repr(held(ada.id))
    for words in ("https://a.example", "Because.", str(CHECKLIST[0]), "Why"):
        assert words in told
    erase(ada.id)
    assert [db.session.query(table).count() for table in (Fit, ResearchCheck, ResearchLink)] == [0, 0, 0]
