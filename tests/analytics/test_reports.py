"""The monthly report: once, on the first working day, late rather than never, to who wants it and may see it."""

import contextvars
import email
import email.policy
import io
import re
import threading
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from portal import clock
from portal.accounts.models import RoleName
from portal.analytics import services
from portal.analytics.emails.report import periods
from portal.analytics.models import MonthlyReport
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.emails import read
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.outreach.models import Campaign
from portal.timeline.models import Kind
from tests.analytics.histories import DAY, campaigns, write
from tests.conftest import sign_in


def at(*moment: int):
    """The clock stands at a moment of UTC; the company is in Berlin."""
    return clock.standing_at(datetime(*moment, tzinfo=UTC))


@pytest.fixture
def subscriber(make):
    user = make.user()
    with at(2026, 1, 15):
        services.subscribe(user)
    return user


def mails() -> list[Delivery]:
    return db.session.query(Delivery).filter_by(purpose=Purpose.REPORT).order_by(Delivery.id).all()


def test_it_leaves_once_a_month_on_the_first_working_day_at_seven_in_winter_and_in_summer(subscriber):
    sent = []
    with at(2026, 2, 1):
        start = clock.now()
    for hour in range(24 * 125):
        with clock.standing_at(start + hour * DAY / 24):
            sent += [clock.now()] * services.send_due()
    # The first of February, March and May are no working days; from the end of March Berlin is two hours ahead of UTC.
    assert sent == [
        datetime(2026, 2, 2, 6, tzinfo=UTC),
        datetime(2026, 3, 2, 6, tzinfo=UTC),
        datetime(2026, 4, 1, 5, tzinfo=UTC),
        datetime(2026, 5, 1, 5, tzinfo=UTC),
        datetime(2026, 6, 1, 5, tzinfo=UTC),
    ]
    assert [row.month for row in db.session.query(MonthlyReport).order_by(MonthlyReport.month)] == [
        date(2026, month, 1) for month in range(1, 6)
    ]


def test_a_late_worker_catches_up_with_the_last_month_only_and_never_twice(subscriber):
    with at(2026, 6, 20):
        assert [services.send_due(), services.send_due()] == [1, 0]
    assert [row.month for row in db.session.query(MonthlyReport)] == [date(2026, 5, 1)]


def test_two_workers_send_one(app, subscriber):
    with at(2026, 3, 2, 9):
        contexts = [contextvars.copy_context() for _number in range(3)]
    together = threading.Barrier(3)

    def work():
        with app.app_context():
            together.wait(20)
            services.send_due()
            db.session.remove()

    workers = [threading.Thread(target=context.run, args=(work,)) for context in contexts]
    [worker.start() for worker in workers]
    [worker.join(60) for worker in workers]
    db.session.rollback()
    assert len(mails()) == db.session.query(MonthlyReport).count() == 1


def test_ending_and_beginning_again_brings_no_second_one(subscriber):
    with at(2026, 3, 2, 9):
        services.send_due()
        services.unsubscribe(subscriber)
        services.subscribe(subscriber)
        assert services.send_due() == 0


def test_who_subscribes_later_in_the_month_waits_for_the_next(make):
    with at(2026, 3, 20):
        services.subscribe(make.user())
        assert services.send_due() == 0
    with at(2026, 4, 1, 6):
        assert services.send_due() == 1


def test_nobody_who_may_not_see_numbers_or_ended_it_gets_it(make, subscriber):
    mallory = make.user("mallory@sielwerk.example", RoleName.EDITOR, "Mallory")
    with at(2026, 1, 20):
        services.subscribe(mallory)
    with at(2026, 3, 2, 9):
        assert services.send_due() == 1
        services.unsubscribe(subscriber)
        delivery.send_slice()
    [mail] = mails()
    assert (mail.status, mail.withheld_reason) == (Status.WITHHELD, "The monthly report was ended.")


def test_it_holds_the_numbers_their_definitions_and_pictures_in_both_parts(app, make, subscriber):
    good, poor = campaigns(make, 2)
    with transaction():
        db.session.get(Campaign, good).name = "Gates *2027* {{full_name}} <b>"
    with at(2026, 2, 5):
        for number in range(20):
            person = make.person(f"Person {number}")
            events = [(clock.now(), Kind.OUTREACH_DELIVERED, good if number < 10 else poor)]
            write(person.id, *events, *([(clock.now() + DAY, Kind.RESPONDED, good, "no")] if number < 3 else []))
    with at(2026, 3, 2, 9):
        services.send_due()
        delivery.send_slice()
    [mail] = mails()
    assert mail.status is Status.SENT, mail.error
    reading = read(db.session.query(OutboxMail).filter_by(delivery_id=mail.id).one().raw)
    for part in (reading.text, reading.html):
        assert "15.0% (3 of 20; 5.2 to 36.0)" in part
        assert "immature: youngest at 25 of 30 days" in part
        assert part.count("A no is an answer") == 1
        assert "/console/numbers#report" in part
        assert "Talent pool growth" in part
    assert "Gates *2027* {{full_name}} <b>: 30.0% of 10" in reading.text
    assert "Gates *2027* {{full_name}} &lt;b&gt;: 30.0% of 10" in reading.html
    assert "cid:" not in reading.html
    assert reading.html.count('src="data:image/png;base64,') >= 3


def test_pictures_travel_inside_the_mail_and_ask_no_server(app, make, subscriber):
    [campaign] = campaigns(make, 1)
    write(make.person().id, (datetime(2026, 2, 5, tzinfo=UTC), Kind.OUTREACH_DELIVERED, campaign))
    with at(2026, 3, 2, 9):
        services.send_due()
        delivery.send_slice()
    raw = db.session.query(OutboxMail).one().raw
    message = email.message_from_bytes(raw, policy=email.policy.default)
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    html = message.get_body(("html",)).get_content()
    assert "/pictures/" not in html
    for part in pictures:
        assert f"cid:{part['Content-ID'].strip('<>')}" in html
        assert Image.open(io.BytesIO(part.get_content())).size[0] == 1408
    assert {part.get_filename() for part in pictures} >= {"response.png", "funnel.png"}


def press(client, path):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console").text)[1]
    return client.post(f"/console/numbers/{path}", data={"csrf_token": token}, follow_redirects=True)


def test_a_button_begins_it_and_a_button_ends_it(app, make, hana):
    assert "Send me this every month" in hana.get("/console/numbers").text
    assert "Send no more" in press(hana, "subscriptions").text
    assert "Send me this every month" in press(hana, "subscriptions/endings").text
    mallory = sign_in(app, make.user("mallory@sielwerk.example", RoleName.EDITOR, "Mallory"))
    assert press(mallory, "subscriptions").status_code == 403


def test_twelve_months_end_with_the_month():
    month, year = periods(date(2024, 2, 1))
    assert (month.since, month.until, year.since, year.until) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
        date(2023, 3, 1),
        date(2024, 2, 29),
    )
    assert periods(date(2026, 12, 1))[1].since == date(2026, 1, 1)
