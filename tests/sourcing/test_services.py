"""Personas and sources are written down once, by name; what they brought is counted."""

import pytest

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


def test_a_source_counts_its_people_and_who_of_them_ever_answered(make):
    meetup, fair = make.source("Meetup"), make.source("Fair")
    ada, bob = make.candidate("Ada", source=meetup), make.candidate("Bob", source=meetup)
    make.candidate("Eve", source=meetup, persona=None)
    for _twice in range(2):
        timeline.record(ada.id, Kind.RESPONDED, Direction.IN, Channel.WEB)
    timeline.record(bob.id, Kind.VISITED, Direction.IN, Channel.WEB)
    assert queries.tallies_by_source() == {meetup.id: queries.Tally(3, 1)}
    assert fair.id not in queries.tallies_by_source()
    assert queries.tallies_by_persona() == {make.persona().id: queries.Tally(2, 1)}
