"""A move by mistake reaches nothing, can be taken back, and both stand in the timeline with who did it."""

import pytest

from portal.errors import NotFound
from portal.pipeline import queries, services
from portal.pipeline.models import StageName
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints
from tests.pages import press, press_on


@pytest.fixture
def ada(make) -> int:
    number = make.candidate("Ada").id
    services.move(number, StageName.INTERESTED, "Wrote back", make.sender().id)
    services.move(number, StageName.HIRED, "Wrong row", make.sender().id)
    return number


def stage_of(candidate_id: int) -> StageName:
    return queries.stage_of(queries.find_placement(candidate_id))


def test_a_mistaken_last_move_puts_the_person_back_and_undo_puts_them_forward(ada, make):
    hired, interested = queries.list_transitions(ada)
    services.judge_move(ada, hired.id, True, make.sender().id)
    assert stage_of(ada) is StageName.INTERESTED
    assert queries.find_placement(ada).since == interested.at
    services.judge_move(ada, hired.id, False, make.sender().id)
    assert stage_of(ada) is StageName.HIRED
    assert queries.list_transitions(ada)[0].mistaken_at is None


def test_a_mistake_before_a_later_move_leaves_the_person_where_they_are(ada, make):
    _hired, interested = queries.list_transitions(ada)
    services.judge_move(ada, interested.id, True, make.sender().id)
    assert stage_of(ada) is StageName.HIRED


def test_who_was_only_ever_moved_by_mistake_is_identified(ada, make):
    for step in queries.list_transitions(ada):
        services.judge_move(ada, step.id, True, make.sender().id)
    assert stage_of(ada) is StageName.IDENTIFIED


def test_each_judgement_is_one_line_with_its_author_and_saying_it_twice_adds_none(ada, make):
    step = queries.list_transitions(ada)[0]
    for mistaken in (True, True, False):
        services.judge_move(ada, step.id, mistaken, make.sender().id)
    said = [point for point in list_touchpoints(ada) if point.kind is Kind.MOVE_JUDGED]
    assert [point.details["mistaken"] for point in said] == [False, True]
    assert {point.actor_id for point in said} == {make.sender().id}


def test_a_move_of_somebody_else_is_none_of_theirs(ada, make):
    other = make.candidate("Bob").id
    services.move(other, StageName.ENGAGED, "Met", make.sender().id)
    with pytest.raises(NotFound):
        services.judge_move(ada, queries.list_transitions(other)[0].id, True)


def test_hana_marks_a_move_in_the_timeline_and_takes_it_back(ada, hana):
    page = f"/console/pipeline/{ada}"
    shown = press(hana, page, "This move was a mistake").text
    assert "a mistake, counts nowhere" in shown
    assert stage_of(ada) is not StageName.HIRED
    press_on(hana, shown, page, "It was no mistake")
    assert [step.mistaken_at for step in queries.list_transitions(ada)] == [None, None]
