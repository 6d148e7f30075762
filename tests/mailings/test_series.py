"""A series makes one mailing for each month, never two, and none of those it missed."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.db import db
from portal.delivery.models import Delivery, OutboxMail, Status
from portal.errors import Conflict, Invalid
from portal.mailings import queries, services
from portal.mailings.models import LAST, Mailing, MailingStatus, Rule
from tests.mailings.work import rows, work

pytestmark = pytest.mark.usefixtures("monday")


def test_a_series_makes_one_mailing_for_each_month(make, monday):
    ada = make.reader(time_zone="Europe/Berlin")
    series = make.series()
    assert series.next_on == date(2026, 12, 1)
    for month, day in ((11, 30), (12, 1), (12, 2), (12, 20), (12, 31)):
        monday.move_to(datetime(2026, month, day, 8, tzinfo=UTC))
        work()
    for day in (4, 5, 6, 20):
        monday.move_to(datetime(2027, 1, day, 8, tzinfo=UTC))
        work()
    issues = queries.list_issues(series.id)
    assert [issue.on for issue in issues] == [date(2027, 1, 5), date(2026, 12, 1)]
    sent = db.session.scalars(select(Delivery).filter_by(candidate_id=ada.id, status=Status.SENT)).all()
    assert sorted(row.subject_id for row in sent) == sorted(issue.id for issue in issues)


def test_two_workers_make_one_mailing_of_an_occurrence(app, make, monday):
    make.reader()
    make.series()
    monday.move_to(datetime(2026, 12, 1, 8, tzinfo=UTC))
    barrier = threading.Barrier(2)

    def run():
        with app.app_context():
            barrier.wait()
            services.start_due()
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert db.session.query(Mailing).count() == 1
    assert db.session.query(OutboxMail).count() == 1


def test_after_a_long_silence_a_series_notes_what_it_missed_and_sends_none_of_it(make, monday):
    make.reader()
    series = make.series()
    monday.move_to(datetime(2027, 2, 10, tzinfo=UTC))
    work()
    issues = queries.list_issues(series.id)
    assert [issue.status for issue in issues] == [MailingStatus.SKIPPED] * 3
    assert db.session.query(OutboxMail).count() == 0
    assert queries.get_series(series.id).next_on == date(2027, 3, 2)


def test_a_paused_series_makes_nothing_and_does_not_catch_up(make, monday):
    make.reader()
    series = services.pause_series(make.series())
    monday.move_to(datetime(2026, 12, 20, tzinfo=UTC))
    work()
    assert queries.list_issues(series.id) == []
    assert services.resume_series(series).next_on == date(2027, 1, 5)
    work()
    assert queries.list_issues(series.id) == []


def test_an_ended_series_stays_ended(make, monday):
    series = services.end_series(make.series())
    with pytest.raises(Conflict):
        services.resume_series(series)
    monday.move_to(datetime(2026, 12, 1, 8, tzinfo=UTC))
    work()
    assert queries.list_issues(series.id) == []


def test_a_month_that_had_its_mailing_gets_no_second_by_a_changed_rule(make, monday):
    series = make.series()
    monday.move_to(datetime(2026, 12, 1, 8, tzinfo=UTC))
    work()
    changed = services.edit_series(queries.get_series(series.id), "Monthly letter", make.text(), Rule(LAST, 3, 9))
    assert changed.next_on == date(2027, 1, 28)


def test_a_series_that_begins_too_late_for_the_east_begins_next_month(make, monday):
    monday.move_to(datetime(2026, 11, 30, 18, 59, tzinfo=UTC))
    assert make.series("In time").next_on == date(2026, 12, 1)
    monday.move_to(datetime(2026, 11, 30, 19, 1, tzinfo=UTC))
    assert make.series("Too late").next_on == date(2027, 1, 5)


def test_a_draft_becomes_a_series(make):
    draft = make.mailing(subject="Every month")
    number, series = draft.id, services.make_series(draft, "Monthly", Rule(1, 1, 9))
    assert series.subject == "Every month"
    assert db.session.get(Mailing, number) is None


def test_a_failed_series_leaves_the_draft(make):
    make.series("Monthly")
    draft = make.mailing()
    with pytest.raises(Invalid):
        services.make_series(draft, "Monthly", Rule(1, 1, 9))
    assert queries.get_mailing(draft.id).status is MailingStatus.DRAFT


@pytest.mark.parametrize("rule", [Rule(5, 1, 9), Rule(0, 1, 9), Rule(1, 7, 9), Rule(1, 1, 24), Rule(1, 1, 9, 60)])
def test_a_rule_that_no_month_can_keep_is_refused(make, rule):
    with pytest.raises(Invalid):
        make.series(rule=rule)


def test_a_newsletter_over_the_change_of_the_clocks_stays_at_nine(make, monday):
    make.reader(time_zone="America/New_York")
    monday.move_to(datetime(2027, 2, 20, tzinfo=UTC))
    series = make.series(rule=Rule(2, 6, 9))  # second Sunday of March: the clocks change there
    monday.move_to(datetime(2027, 3, 13, 18, tzinfo=UTC))
    work()
    [issue] = queries.list_issues(series.id)
    assert [row.not_before for row in rows(issue)] == [datetime(2027, 3, 14, 13, tzinfo=UTC)]
