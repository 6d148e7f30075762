"""Rules of the pipeline table: who is found, in which order, and how it is leafed through."""

import base64
from datetime import timedelta

import pytest

from portal import clock
from portal.candidates.models import Note
from portal.db import transaction
from portal.pipeline import queries, services
from portal.pipeline.models import StageName
from portal.pipeline.queries import Filters
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

EVERYBODY = Filters()


def names(filters=EVERYBODY, sort="name", cursor=""):
    return [row.full_name for row in queries.list_rows(filters, sort, cursor).rows]


def touch(candidate, days_ago, direction=Direction.OUT, kind=Kind.OUTREACH_DELIVERED):
    timeline.record(candidate.id, kind, direction, Channel.MAIL, at=clock.now() - timedelta(days=days_ago))


@pytest.fixture
def people(make):
    """Ada, engaged, owned and touched yesterday; Bob, not now, touched a month ago; Hạnh, added only."""
    hana = make.user()
    ada = make.person("Ada Lovelace", company="Wattwerk", owner=hana)
    bob = make.person("Bob Żak", headline="welder", source=make.source("Fair"))
    hanh = make.person("Hạnh Nguyễn", persona=make.persona("Welders"))
    touch(ada, 1)
    touch(bob, 30)
    touch(bob, 2, Direction.INTERNAL, Kind.NOTED)
    services.move(ada.id, StageName.ENGAGED, "")
    services.move(bob.id, StageName.NOT_NOW, "")
    return ada, bob, hanh


def test_a_row_tells_where_somebody_stands_and_when_we_last_touched(people):
    ada, bob, hanh = queries.list_rows(EVERYBODY).rows
    assert (ada.stage, ada.owner, ada.company) == (StageName.ENGAGED, "Hana Ubben", "Wattwerk")
    assert (clock.now() - bob.touched_at).days == 30  # a note among staff is no contact
    assert (hanh.stage, hanh.touched_at, hanh.owner) == (StageName.IDENTIFIED, None, None)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", "Ada Bob Hạnh"),
        ("-name", "Hạnh Bob Ada"),
        ("stage", "Hạnh Ada Bob"),
        ("touched", "Hạnh Bob Ada"),
        ("-touched", "Ada Bob Hạnh"),
        ("-owner", "Ada Hạnh Bob"),
        ("next", "Bob Ada Hạnh"),
    ],
)
def test_each_column_sorts_both_ways(people, sort, expected):
    services.set_next_step(people[1].id, "ask again", clock.now().date())
    assert [name.split()[0] for name in names(sort=sort)] == expected.split()


def test_filters_narrow_and_join(people):
    ada, bob, hanh = people
    assert names(Filters(stage=StageName.ENGAGED)) == [ada.full_name]
    assert names(Filters(stage=StageName.IDENTIFIED)) == [hanh.full_name]
    assert names(Filters(persona_id=hanh.persona_id)) == [hanh.full_name]
    assert names(Filters(source_id=bob.source_id)) == [bob.full_name]
    assert names(Filters(owner_id=ada.owner_id)) == [ada.full_name]
    assert names(Filters(owner_id=queries.NOBODY)) == [bob.full_name, hanh.full_name]
    assert names(Filters(silent=True)) == [hanh.full_name]
    assert names(Filters(stage=StageName.ENGAGED, source_id=bob.source_id)) == []
    segment = services.add_segment("Welders", {"personas": [hanh.persona_id]})
    assert names(Filters(segment_id=segment.id)) == [hanh.full_name]


@pytest.mark.parametrize("query", ["ada", "LOVELACE", "wattwerk ada", "p1@candidate"])
def test_search_looks_at_name_address_and_company_in_any_case(people, query):
    assert names(Filters(q=query)) == ["Ada Lovelace"]


@pytest.mark.parametrize("query", ["żak", "ŻAK", "Welder", "sluice"])
def test_search_folds_case_in_every_script_and_reads_notes(people, query):
    with transaction() as session:
        session.add(Note(candidate_id=people[1].id, text="Knows every sluice", at=clock.now()))
    assert names(Filters(q=query)) == ["Bob Żak"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "ada bob", "' OR 1=1 --"])
def test_search_takes_signs_literally_and_wants_every_word(people, query):
    assert names(Filters(q=query)) == []


def test_erased_people_are_in_no_table(people, make):
    make.person("Nobody", erased_at=clock.now())
    assert names() == [person.full_name for person in people]


def test_people_wait_when_a_step_is_due_or_a_yes_has_no_step(people):
    ada, bob, hanh = people
    today = clock.today("Europe/Berlin")
    services.move(ada.id, StageName.INTERESTED, "said yes")
    services.set_next_step(bob.id, "ask again", today)
    services.set_next_step(hanh.id, "write to her", today + timedelta(days=1))
    assert names(Filters(waits=True)) == [ada.full_name, bob.full_name]
    assert [queries.is_waiting(row, today) for row in queries.list_rows(EVERYBODY).rows] == [True, True, False]
    services.set_next_step(ada.id, "call", today + timedelta(days=3))
    assert names(Filters(waits=True)) == [bob.full_name]


@pytest.mark.parametrize("sort", [*queries.SORTS, *(f"-{name}" for name in queries.SORTS)])
def test_leafing_forth_and_back_shows_everybody_once(make, sort, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    made = [make.person(f"Same {n // 2}") for n in range(8)]
    for number, person in enumerate(made[:5]):
        touch(person, number // 2)
        services.set_next_step(person.id, "call", clock.now().date() + timedelta(days=number // 2))
    pages = [queries.list_rows(EVERYBODY, sort)]
    while pages[-1].later:
        pages.append(queries.list_rows(EVERYBODY, sort, pages[-1].later))
    assert [len(page.rows) for page in pages] == [3, 3, 2]
    assert {row.candidate_id for page in pages for row in page.rows} == {person.id for person in made}
    back = queries.list_rows(EVERYBODY, sort, pages[2].earlier)
    assert back.rows == pages[1].rows
    first = queries.list_rows(EVERYBODY, sort, back.earlier)
    assert (first.rows, first.earlier) == (pages[0].rows, None)


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


MADE_UP = ["[" * 100_000, "[Infinity, 1, false]", '["a", 1e400, false]', '["\\ud800", 1, false]', '["a\\u0000", 1, false]']


@pytest.mark.parametrize("cursor", ["x", "é", "\ud800", *map(_cursor, [*MADE_UP, "[1,2]", "null", '["2026-01-01", 1, false]'])])
def test_a_made_up_cursor_shows_the_first_page(people, cursor):
    for sort in queries.SORTS:
        assert names(sort=sort, cursor=cursor) == names(sort=sort)


def test_counting_stops_at_the_cap(people, monkeypatch):
    monkeypatch.setattr(queries, "COUNT_CAP", 1)
    assert queries.count(EVERYBODY) == 2
