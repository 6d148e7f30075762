"""Personas and sources are written down once, by name; what they brought is counted."""

from datetime import date

import pytest

from portal import clock
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.sourcing import queries, services
from portal.sourcing.models import Origin
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def test_two_of_one_name_would_be_mixed_up(app):
    services.add_persona("Welders")
    with pytest.raises(Conflict, match="Welders"):
        services.add_persona(" Welders ")
    services.add_source("Meetup", Origin.EVENT, "the list of speakers")
    with pytest.raises(Conflict, match="Meetup"):
        services.add_source("Meetup", Origin.OTHER, "somewhere")
    assert len(queries.list_personas()) == len(queries.list_sources()) == 1


def test_renaming_to_a_taken_name_changes_nothing(app):
    services.add_persona("Welders")
    other = services.add_persona("Planners")
    with pytest.raises(Conflict):
        services.edit_persona(other, name="Welders")
    assert [persona.name for persona in queries.list_personas()] == ["Planners", "Welders"]


@pytest.mark.parametrize(("name", "note"), [("", "a list"), ("  ", "a list"), ("Meetup", " ")])
def test_a_source_has_a_name_and_says_where_the_addresses_are_from(app, name, note):
    with pytest.raises(Invalid):
        services.add_source(name, Origin.EVENT, note)
    assert not queries.list_sources()


def test_the_sentence_of_a_source_has_no_full_stop_because_it_stands_inside_one(app):
    assert services.add_source("Meetup", Origin.EVENT, " the speaker list. ").data_note == "the speaker list"


def test_what_is_put_away_is_out_of_sight_and_stays(app):
    persona = services.add_persona("Welders")
    services.archive_persona(persona)
    assert not queries.list_personas()
    assert queries.list_personas(archived=True) == [persona]
    services.archive_persona(persona, archived=False)
    assert queries.list_personas() == [persona]
    source = services.archive_source(services.add_source("Meetup", Origin.EVENT, "a list"))
    assert not queries.list_sources()
    assert queries.get_source(source.id) is source


def test_what_is_not_there_is_not_found(app):
    for get in (queries.get_persona, queries.get_source):
        with pytest.raises(NotFound):
            get(99)


def test_a_source_counts_its_people_and_how_far_it_came_with_them(make):
    meetup, fair = make.source("Meetup"), make.source("Fair")
    ada, bob = make.candidate("Ada", source=meetup), make.candidate("Bob", source=meetup)
    eve = make.candidate("Eve", source=meetup, persona=None)
    for person, answers in ((ada, ("interested",)), (bob, ("interested", "no")), (eve, ())):
        timeline.record(person.id, Kind.OUTREACH_DELIVERED, Direction.OUT, Channel.MAIL)
        for answer in answers:
            timeline.record(person.id, Kind.RESPONDED, Direction.IN, Channel.WEB, answer=answer)
    assert queries.tallies_by_source() == {meetup.id: queries.Tally(3, 3, 0, 2, 1)}, "the last answer says who is interested"
    assert fair.id not in queries.tallies_by_source()
    assert queries.tallies_by_persona() == {make.persona().id: queries.Tally(2, 2, 0, 2, 1)}
    bob.erased_at = eve.erased_at = clock.now()
    db.session.commit()
    assert queries.tallies_by_source()[meetup.id].people == 3, "who was erased stays in counts of the past as nobody"
    bob.merged_into_id = ada.id
    db.session.commit()
    assert queries.tallies_by_source()[meetup.id].people == 2, "one person in two rows is one"


def test_costs_have_days_and_are_summed_as_a_whole_and_by_period(make):
    source = services.add_source("Meetup", Origin.EVENT, "a list", cost_minor=1000)
    for day, amount in ((date(2026, 1, 31), 500), (date(2026, 2, 1), 700), (date(2026, 2, 28), 800)):
        cost = services.add_cost(source, day, amount, "Fee")
    assert queries.spent_between() == {source.id: 3000}
    assert queries.spent_between(date(2026, 2, 1), date(2026, 2, 28)) == {source.id: 1500}
    assert queries.spent_between(date(2026, 3, 1)) == {}
    services.remove_cost(cost)
    assert queries.spent_between() == {source.id: 2200}
    for amount in (0, -1):
        with pytest.raises(Invalid):
            services.add_cost(source, date(2026, 1, 1), amount)


def test_a_cost_per_answer_is_there_once_somebody_answered_and_personas_share_a_sources_cost_by_head(make):
    source = services.add_source("Meetup", Origin.EVENT, "a list", cost_minor=1000)
    abroad = services.add_source("Fair", Origin.EVENT, "a list", cost_minor=300, currency="CHF")
    welders = make.persona("Welders")
    ada = make.candidate("Ada", source=source, persona=welders)
    for name in ("Bob", "Cy", "Di"):
        make.candidate(name, source=source, persona=make.persona())
    make.candidate("Eve", source=abroad, persona=welders)
    assert queries.tallies_by_source()[source.id].cost_per_response == ()
    timeline.record(ada.id, Kind.RESPONDED, Direction.IN, Channel.WEB, answer="no")
    assert queries.tallies_by_source()[source.id].cost_per_response == (("EUR", 1000),)
    tally = queries.tallies_by_persona()[welders.id]
    assert (tally.spent, tally.cost_per_response) == ((("CHF", 300), ("EUR", 250)),) * 2


def test_an_event_needs_a_day_for_its_check_in_page(app):
    meetup = services.add_source("Meetup", Origin.EVENT, "a list")
    with pytest.raises(Invalid, match="day"):
        services.open_check_in(meetup)
    with pytest.raises(Invalid, match="Only events"):
        services.open_check_in(services.add_source("LinkedIn", Origin.SOCIAL_NETWORK, "a profile", happens_on=date(2026, 1, 1)))
    assert services.check_in_address(meetup) == ""
