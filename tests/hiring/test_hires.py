"""Hires are noted once, with days that make sense, end with a reason, and can be withdrawn and brought back."""

from datetime import timedelta

import pytest

from portal import clock
from portal.errors import Conflict, Invalid
from portal.hiring import queries, services
from portal.hiring.models import Leaving
from portal.hiring.services import Offer
from portal.pipeline import queries as pipeline
from portal.pipeline import services as moves
from portal.pipeline.models import StageName
from tests.hiring import MANAGER, offer_to, today
from tests.pages import press


def test_who_accepts_stands_at_hired_with_the_source_they_came_from(make):
    ada = make.candidate("Ada")
    hire = services.record(offer_to(ada.id), make.sender().id)
    assert hire.source_id == ada.source_id
    assert pipeline.find_placement(ada.id).stage is StageName.HIRED
    assert [step.actor_id for step in pipeline.list_transitions(ada.id)] == [make.sender().id]


def test_an_offer_is_noted_once_and_again_after_they_left(make):
    ada = make.candidate("Ada")
    first = services.record(offer_to(ada.id, starts_on=today(-200), accepted_on=today(-220)))
    with pytest.raises(Conflict):
        services.record(offer_to(ada.id))
    services.leave(first, today(-30), Leaving.RESIGNED)
    again = services.record(offer_to(ada.id))
    assert [hire.id for hire in queries.list_hires_of(ada.id)] == [again.id, first.id]
    with pytest.raises(Conflict):
        services.leave(first, None, None)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", {"role": " "}),
        ("accepted_on", {"accepted_on": 1}),
        ("considered_on", {"considered_on": 0, "accepted_on": -1}),
        ("starts_on", {"starts_on": -2, "accepted_on": -1}),
        ("source_id", {"source_id": None}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(app, make, field, wrong):
    days = {name: today(value) if isinstance(value, int) else value for name, value in wrong.items()}
    with pytest.raises(Invalid) as refused:
        services.record(Offer(**{"role": "Welder", "accepted_on": today(), "source_id": make.source().id} | days))
    assert refused.value.field == field


def test_leaving_needs_day_and_reason_and_comes_after_the_first_day(make):
    hire = services.record(offer_to(make.candidate("Ada").id, starts_on=today(-10), accepted_on=today(-40)))
    for day, why in ((today(), None), (None, Leaving.OTHER), (today(-11), Leaving.OTHER)):
        with pytest.raises(Invalid):
            services.leave(hire, day, why)
    services.leave(hire, today(-20), Leaving.NEVER_STARTED)
    assert (hire.left_on, hire.leaving) == (today(-20), Leaving.NEVER_STARTED)


def test_a_withdrawn_hire_is_gone_until_it_is_brought_back(make):
    ada = make.candidate("Ada")
    hire = services.record(offer_to(ada.id))
    services.withdraw(hire)
    assert queries.list_hires_of(ada.id) == []
    second = services.record(offer_to(ada.id))
    with pytest.raises(Conflict):
        services.withdraw(hire, False)
    services.withdraw(second)
    services.withdraw(hire, False)
    assert queries.list_hires_of(ada.id) == [hire]


def test_the_day_of_being_considered_is_that_of_the_last_move_that_was_no_mistake(make):
    ada = make.candidate("Ada").id
    with clock.standing_at(clock.now() - timedelta(days=20)):
        moves.move(ada, StageName.CONSIDERED, "Fits")
    moves.move(ada, StageName.ENGAGED, "Slower")
    moves.move(ada, StageName.CONSIDERED, "Wrong row")
    moves.judge_move(ada, pipeline.list_transitions(ada)[0].id, True)
    assert queries.considered_on(ada) == today(-20)


def test_a_move_to_hired_leads_hana_to_the_form_with_what_is_known(hana, make):
    ada = make.candidate("Ada")
    page = f"/console/pipeline/{ada.id}"
    answer = press(hana, page, "Move", follow=False, stage="hired", reason="Signed")
    assert answer.location == f"/console/hires/new?candidate_id={ada.id}"
    assert "Note when they accepted" in hana.get(page).text
    shown = press(hana, answer.location, "Note the hire", title="Welder", starts_on=today(30).isoformat(), **MANAGER)
    assert "Hires" in shown.text
    assert "Welder, accepted on" in shown.text
    assert queries.find_current(ada.id).manager_email == MANAGER["manager_email"]


def test_hana_mends_ends_withdraws_and_brings_back_a_hire(hana, make):
    assert "No hire is noted yet" in hana.get("/console/hires").text
    hire = services.record(offer_to(make.candidate("Ada").id, starts_on=today(-10), accepted_on=today(-40)))
    page = f"/console/hires/{hire.id}"
    assert "before they accepted" in press(hana, page, "Save changes", considered_on=today().isoformat()).text
    press(hana, page, "Save changes", title="Fitter", page="")
    assert "Name the day and the reason." in press(hana, page, "Note it", left_on=today().isoformat()).text
    press(hana, page, "Note it", left_on=today().isoformat(), leaving="resigned")
    press(hana, page, "Withdraw")
    assert "withdrawn" in hana.get("/console/hires").text
    press(hana, page, "Undo: it counts again")
    row = queries.get_hire(hire.id)
    assert (row.role, row.leaving, row.withdrawn_at) == ("Fitter", Leaving.RESIGNED, None)


def test_a_hire_from_elsewhere_has_no_name_but_a_source(hana, make):
    make.source()
    refused = press(hana, "/console/hires/new", "Note the hire", title="Welder")
    assert refused.status_code == 422
    assert "Say where they came from" in refused.text
    shown = press(hana, "/console/hires/new", "Note the hire", title="Welder", source_id=str(make.source().id))
    assert "From elsewhere" in shown.text
    assert [hire.candidate_id for hire in queries.list_hires()] == [None]
