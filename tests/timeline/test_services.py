"""Touchpoints are appended one by one or for many, and read newest first."""

from datetime import UTC, datetime, timedelta

from portal import clock
from portal.timeline import personal
from portal.timeline.models import Channel, Direction, Kind
from portal.timeline.queries import has_responded_since, last_mail_at, list_touchpoints
from portal.timeline.services import record, record_all

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_what_happened_last_stands_first(app):
    record(1, Kind.MAIL_DELIVERED, Direction.OUT, Channel.MAIL, at=NOON)
    record(1, Kind.NOTED, Direction.INTERNAL, Channel.CONSOLE, at=NOON - timedelta(days=1), actor_id=5, about="x")
    record(1, Kind.VISITED, Direction.IN, Channel.WEB, at=NOON)
    record(2, Kind.VISITED, Direction.IN, Channel.WEB, at=NOON)
    found = list_touchpoints(1)
    assert [touchpoint.kind for touchpoint in found] == [Kind.VISITED, Kind.MAIL_DELIVERED, Kind.NOTED]
    assert (found[-1].actor_id, found[-1].details) == (5, {"about": "x"})
    assert [touchpoint.kind for touchpoint in list_touchpoints(1, limit=1)] == [Kind.VISITED]


def test_an_answer_counts_from_its_very_moment(app):
    record(1, Kind.RESPONDED, Direction.IN, Channel.WEB, at=NOON)
    record(1, Kind.VISITED, Direction.IN, Channel.WEB, at=NOON + timedelta(days=1))
    assert has_responded_since(1, NOON)
    assert not has_responded_since(1, NOON + timedelta(seconds=1))
    assert not has_responded_since(2, NOON)


def test_the_last_mail_is_one_that_we_sent(app):
    assert last_mail_at(1) is None
    record(1, Kind.OUTREACH_DELIVERED, Direction.OUT, Channel.MAIL, at=NOON)
    record(1, Kind.MAIL_DELIVERED, Direction.OUT, Channel.MAIL, at=NOON - timedelta(days=9))
    record(1, Kind.BOUNCED, Direction.IN, Channel.MAIL, at=NOON + timedelta(days=1))
    assert last_mail_at(1) == NOON


def test_many_people_are_recorded_at_once_as_one_by_one(app):
    with clock.standing_at(NOON):
        record(1, Kind.ADDED, Direction.INTERNAL, Channel.IMPORT, subject=("import", 7), actor_id=5, source_id=3)
        record_all([2, 3], Kind.ADDED, Direction.INTERNAL, Channel.IMPORT, subject=("import", 7), actor_id=5, source_id=3)
        record_all([], Kind.ADDED, Direction.INTERNAL, Channel.IMPORT)
    facts = [
        (row.kind, row.direction, row.channel, row.at, row.subject_type, row.subject_id, row.actor_id, row.details)
        for number in (1, 2, 3)
        for row in list_touchpoints(number)
    ]
    assert len(facts) == 3
    assert facts[0] == facts[1] == facts[2]


def test_every_kind_and_direction_has_words_for_whom_it_is_about():
    assert (set(personal.KINDS), set(personal.DIRECTIONS)) == (set(Kind), set(Direction))
