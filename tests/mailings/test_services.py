"""What is done with mailings: planned and started once, filled by slices, paused, skipped when missed."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.db import db
from portal.delivery.models import OutboxMail, Status
from portal.errors import Conflict, Invalid
from portal.mailings import queries, services
from portal.mailings.models import Mailing, MailingStatus
from tests.mailings.work import rows, work

pytestmark = pytest.mark.usefixtures("monday")


def status_of(mailing_id):
    db.session.expire_all()
    return queries.get_mailing(mailing_id).status


def test_a_mailing_reaches_everybody_who_may_be_mailed_once(make):
    for name in ("Ada", "Eske", "Fenna"):
        make.reader(name)
    mailing = services.start(make.mailing())
    work()
    work()
    assert [row.status for row in rows(mailing)] == [Status.SENT] * 3
    assert db.session.query(OutboxMail).count() == 3
    assert status_of(mailing.id) is MailingStatus.DONE


def test_a_segment_narrows_whom_it_reaches(make):
    ada, _eske = make.reader("Ada", persona=make.persona("Welders")), make.reader("Eske")
    segment = make.segment("Welders", personas=[ada.persona_id])
    mailing = services.start(make.mailing(segment_id=segment.id))
    work()
    assert [row.candidate_id for row in rows(mailing)] == [ada.id]


def test_a_large_audience_is_filled_slice_by_slice(make, monkeypatch):
    people = [make.reader(f"Reader {number}").id for number in range(7)]
    monkeypatch.setattr(queries.list_audience, "__defaults__", (3,))
    mailing = services.start(make.mailing())
    assert services.fill() == 3
    assert [row.candidate_id for row in rows(mailing)] == people[:3]
    work()
    assert [row.candidate_id for row in rows(mailing)] == people


def test_a_double_click_starts_once(make):
    make.reader()
    mailing = make.mailing()
    started = services.start(mailing).started_at
    work()
    assert services.start(mailing).started_at == started
    work()
    assert db.session.query(OutboxMail).count() == 1


def test_two_recruiters_at_the_same_time_start_once(app, make):
    make.reader()
    number, barrier, seen = make.mailing().id, threading.Barrier(2), []

    def click():
        with app.app_context():
            mailing = queries.get_mailing(number)
            barrier.wait()
            seen.append(services.start(mailing).started_at)
            services.start_due()
            db.session.remove()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    work()
    assert db.session.query(OutboxMail).count() == 1


def test_a_planned_mailing_comes_at_nine_in_each_zone(make, monday):
    zones = {"Pacific/Kiritimati": 19, "Europe/Berlin": 8 + 24, "Pacific/Pago_Pago": 20 + 24}
    people = {zone: make.reader(time_zone=zone).id for zone in zones}
    somewhere = make.reader().id
    mailing = services.plan(make.mailing(), date(2026, 12, 1))
    work()
    assert rows(mailing) == []
    monday.move_to(datetime(2026, 11, 30, 18, tzinfo=UTC))
    work()
    midnight = datetime(2026, 11, 30, tzinfo=UTC)
    planned = {row.candidate_id: row.not_before - midnight for row in rows(mailing)}
    expected = {people[zone]: timedelta(hours=hours) for zone, hours in zones.items()}
    assert planned == expected | {somewhere: timedelta(hours=32)}
    assert not any(row.status is Status.SENT for row in rows(mailing))
    for hours in (19, 20, 31, 32, 33, 43, 44):
        monday.move_to(midnight + timedelta(hours=hours))
        work()
    assert {row.candidate_id: row.sent_at - midnight for row in rows(mailing)} == planned
    assert status_of(mailing.id) is MailingStatus.DONE


def test_a_moment_that_is_over_cannot_be_planned(make):
    mailing = make.mailing()
    with pytest.raises(Invalid) as refused:
        services.plan(mailing, date(2026, 11, 23), 12, 59)  # 11:59 UTC
    assert refused.value.field == "on"
    assert services.plan(mailing, date(2026, 11, 23), 13, 1).status is MailingStatus.PLANNED


def test_a_planned_mailing_that_is_sent_now_forgets_its_day(make):
    make.reader()
    mailing = services.start(services.plan(make.mailing(), date(2026, 12, 1)))
    assert mailing.on is None
    work()
    assert [row.status for row in rows(mailing)] == [Status.SENT]


def test_what_was_late_by_hours_is_caught_up_on(make, monday):
    make.reader()
    mailing = services.plan(make.mailing(), date(2026, 12, 1))
    monday.move_to(datetime(2026, 12, 2, 7, tzinfo=UTC))  # nine in Berlin was 23 hours ago
    work()
    assert [row.status for row in rows(mailing)] == [Status.SENT]


def test_what_was_missed_by_more_than_a_day_is_skipped_and_says_so(make, monday):
    make.reader()
    mailing = services.plan(make.mailing(), date(2026, 12, 1))
    monday.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    work()
    assert status_of(mailing.id) is MailingStatus.SKIPPED
    assert "Nothing ran" in queries.get_mailing(mailing.id).note
    assert rows(mailing) == []


def test_a_paused_mailing_sends_nothing_until_it_is_resumed(make):
    for name in ("Ada", "Eske"):
        make.reader(name)
    mailing = services.start(make.mailing())
    services.start_due()
    services.pause(mailing)
    work()
    assert db.session.query(OutboxMail).count() == 0
    services.resume(queries.get_mailing(mailing.id))
    work()
    assert db.session.query(OutboxMail).count() == 2
    assert status_of(mailing.id) is MailingStatus.DONE


def test_a_mailing_paused_while_it_is_filled_goes_on_where_it_stopped(make, monkeypatch):
    for number in range(4):
        make.reader(f"Reader {number}")
    monkeypatch.setattr(queries.list_audience, "__defaults__", (2,))
    mailing = services.start(make.mailing())
    services.fill()
    services.pause(mailing)
    assert services.fill() == 0
    services.resume(mailing)
    work()
    assert [row.status for row in rows(mailing)] == [Status.SENT] * 4


def test_a_planned_mailing_can_be_paused_and_does_not_start(make, monday):
    make.reader()
    mailing = services.pause(services.plan(make.mailing(), date(2026, 12, 1)))
    monday.move_to(datetime(2026, 12, 1, 8, tzinfo=UTC))
    work()
    assert rows(mailing) == []
    assert services.resume(mailing).status is MailingStatus.PLANNED
    work()
    assert [row.status for row in rows(mailing)] == [Status.SENT]


def test_a_cancelled_mailing_never_sends_what_waited(make):
    make.reader()
    mailing = services.start(make.mailing())
    services.start_due()
    services.cancel(mailing)
    work()
    assert [row.status for row in rows(mailing)] == [Status.CANCELLED]
    with pytest.raises(Conflict):
        services.start(mailing)
    assert services.cancel(mailing).status is MailingStatus.CANCELLED


def test_what_is_over_can_be_neither_cancelled_nor_planned_nor_edited(make):
    make.reader()
    mailing = services.start(make.mailing())
    work()
    mailing = queries.get_mailing(mailing.id)
    with pytest.raises(Conflict):
        services.cancel(mailing)
    with pytest.raises(Conflict):
        services.plan(mailing, date(2026, 12, 1))
    with pytest.raises(Conflict):
        services.edit_mailing(mailing, make.text(subject="Other"))
    assert queries.get_mailing(mailing.id).subject == "From Emden"
    assert services.pause(mailing).status is MailingStatus.DONE


def test_a_copy_is_a_draft_with_the_same_words(make):
    mailing = services.start(make.mailing(subject="Once more"))
    copy = services.duplicate(mailing)
    assert (copy.subject, copy.body, copy.status) == ("Once more", mailing.body, MailingStatus.DRAFT)


def test_people_who_must_not_be_mailed_are_withheld_with_the_reason(make):
    make.reader("Ada")
    make.reader("Bob", unsubscribed_at=clock.now())
    make.candidate("Eske")  # has had no notice yet
    mailing = services.start(make.mailing())
    work()
    found = {(row.status, row.reason.split()[0]) if row.reason else (row.status, "") for row in queries.outcomes(mailing.id)}
    assert found == {(Status.SENT, ""), (Status.WITHHELD, "Unsubscribed."), (Status.WITHHELD, "Has")}
    assert status_of(mailing.id) is MailingStatus.DONE


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"body": "Hello,\n\n  dear {{frist_name}}"}, "body", "Line 3, column 8: There is no placeholder “frist_name”."),
        ({"body": "a {{first_name"}, "body", "Line 1, column 3: This placeholder is not finished"),
        ({"subject": "{{nope}}"}, "subject", "Line 1, column 1"),
        ({"subject": " "}, "subject", "There is no text yet."),
        ({"body": "x" * 20_001}, "body", "At most"),
        ({"page": "/nowhere"}, "page", "There is no page"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_the_place(make, changes, field, says):
    with pytest.raises(Invalid) as refused:
        make.mailing(**changes)
    assert refused.value.field == field
    assert refused.value.message.startswith(says)
    assert db.session.query(Mailing).count() == 0


def test_a_line_break_in_a_subject_becomes_a_blank(make):
    assert make.mailing(subject="From\r\nBcc: everybody@candidate.example").subject == "From Bcc: everybody@candidate.example"
