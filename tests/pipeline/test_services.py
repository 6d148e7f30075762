"""Rules of moving people and of keeping segments."""

import threading
from datetime import date

import pytest
import sqlalchemy as sa

from portal import clock
from portal.db import db, transaction
from portal.errors import Conflict, Invalid, NotFound
from portal.mailings.models import Mailing
from portal.pipeline import queries, services
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline import queries as timeline
from portal.timeline.models import Kind


def test_the_first_move_places_somebody_and_leaves_a_transition_and_a_touchpoint(make):
    ada, hana = make.person("Ada"), make.user()
    services.move(ada.id, StageName.ENGAGED, "met at the harbour fair", hana.id)
    step = queries.list_transitions(ada.id)[0]
    assert (step.from_stage, step.to_stage, step.actor, step.reason) == (None, StageName.ENGAGED, hana, "met at the harbour fair")
    moved = [t for t in timeline.list_touchpoints(ada.id) if t.kind is Kind.MOVED]
    assert [(t.details["from_stage"], t.details["to_stage"], t.actor_id) for t in moved] == [(None, "engaged", hana.id)]


def test_a_person_who_moves_somebody_says_why_and_a_rule_need_not(make):
    ada, hana = make.person("Ada"), make.user()
    with pytest.raises(Invalid) as refused:
        services.move(ada.id, StageName.ENGAGED, "  ", hana.id)
    assert refused.value.field == "reason"
    assert queries.find_placement(ada.id) is None
    assert services.move(ada.id, StageName.ENGAGED, "").stage is StageName.ENGAGED


def test_a_move_to_the_same_stage_leaves_no_trace(make):
    ada = make.person("Ada")
    services.move(ada.id, StageName.ENGAGED, "")
    services.move(ada.id, StageName.ENGAGED, "again")
    assert len(queries.list_transitions(ada.id)) == 1


def test_a_rule_moves_people_forward_only(make):
    ada = make.person("Ada")
    services.advance(ada.id, StageName.INTERESTED, "answered")
    services.advance(ada.id, StageName.CONTACTED, "a late delivery report")
    assert queries.find_placement(ada.id).stage is StageName.INTERESTED


@pytest.mark.parametrize("outcome", sorted(services.OUTCOMES))
def test_no_rule_takes_anybody_out_of_an_outcome(make, outcome):
    ada = make.person("Ada")
    services.move(ada.id, outcome, "")
    services.advance(ada.id, StageName.CONSIDERED, "a visit")
    assert queries.find_placement(ada.id).stage is outcome


def test_nobody_is_advanced_to_an_outcome_beside_the_order(make):
    with pytest.raises(Invalid):
        services.advance(make.person("Ada").id, StageName.DECLINED, "")


def test_the_second_of_two_recruiters_is_told_who_moved_the_person_meanwhile(make):
    ada, hana = make.person("Ada"), make.user()
    other = make.user("imke@sielwerk.example", name="Imke Redenius")
    services.move(ada.id, StageName.CONSIDERED, "strong", hana.id, seen=StageName.IDENTIFIED)
    with pytest.raises(Conflict, match="Hana Ubben"):
        services.move(ada.id, StageName.DECLINED, "wrong place", other.id, seen=StageName.IDENTIFIED)
    assert queries.find_placement(ada.id).stage is StageName.CONSIDERED


def test_of_two_moves_at_the_same_moment_one_wins_and_one_is_told(app, make):
    ada = make.person("Ada")
    start, results = threading.Barrier(2), []

    def decide(stage):
        with app.app_context():
            start.wait()
            try:
                services.move(ada.id, stage, "", seen=StageName.IDENTIFIED)
                results.append("moved")
            except Conflict:
                results.append("told")
            db.session.remove()

    threads = [threading.Thread(target=decide, args=(stage,)) for stage in (StageName.ENGAGED, StageName.DECLINED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["moved", "told"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StageTransition)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Placement)) == 1


def test_nobody_is_moved_who_is_not_there(app):
    with pytest.raises(NotFound):
        services.move(4711, StageName.ENGAGED, "")


def test_a_next_step_needs_no_move_before_it_and_goes_when_emptied(make):
    ada = make.person("Ada")
    services.set_next_step(ada.id, " call about the barrier ", date(2026, 12, 1))
    placement = queries.find_placement(ada.id)
    assert (placement.stage, placement.next_step, placement.next_step_on) == (
        StageName.IDENTIFIED,
        "call about the barrier",
        date(2026, 12, 1),
    )
    services.set_next_step(ada.id, "", date(2026, 12, 1))
    assert (placement.next_step, placement.next_step_on) == ("", None)


def test_a_segment_selects_by_stage_persona_and_source_and_counts_the_unplaced_as_identified(make):
    ada, bob = make.person("Ada"), make.person("Bob")
    services.move(ada.id, StageName.ENGAGED, "")
    everybody = {ada.id, bob.id}

    def found(rule):
        return set(db.session.scalars(queries.rule_candidate_ids(rule)))

    assert found({}) == everybody
    assert found({"stages": ["engaged"]}) == {ada.id}
    assert found({"stages": ["identified"]}) == {bob.id}
    assert found({"stages": ["identified", "engaged"]}) == everybody
    assert found({"sources": [ada.source_id], "stages": ["engaged"]}) == {ada.id}
    assert found({"personas": [ada.persona_id + 1]}) == set()


def test_a_segment_keeps_only_what_selects(make):
    persona = make.persona()
    segment = services.add_segment("Engaged", {"stages": ["engaged"], "personas": [str(persona.id)], "sources": [], "x": 1})
    assert segment.rule == {"stages": ["engaged"], "personas": [persona.id]}


def test_two_segments_never_share_a_name(make):
    first = services.add_segment("Engaged", {})
    with pytest.raises(Invalid):
        services.add_segment(" Engaged ", {})
    services.edit_segment(first.id, "Engaged", {"stages": ["engaged"]})
    assert queries.get_segment(first.id).rule == {"stages": ["engaged"]}


def test_a_segment_that_a_mailing_uses_stays(make):
    segment = services.add_segment("Engaged", {})
    with transaction() as session:
        session.add(Mailing(subject="News", body="News", segment_id=segment.id, created_at=clock.now()))
    with pytest.raises(Conflict):
        services.delete_segment(segment.id)
    assert queries.get_segment(segment.id)


def test_an_unused_segment_goes(make):
    segment = services.add_segment("Engaged", {})
    services.delete_segment(segment.id)
    with pytest.raises(NotFound):
        queries.get_segment(segment.id)
