"""Not now, ask me on a day: silence until that day, then exactly one mail."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.accounts import services as accounts
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.emails import read
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.delivery.services import next_mail_not_before
from portal.extensions import jobs
from portal.mailings import services as mailings
from portal.outreach import queries as outreach
from portal.outreach import services as links
from portal.privacy import services as privacy
from portal.submissions import services as submissions
from portal.submissions.models import Answer
from portal.submissions.queries import current_response

ASKED = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2027, 3, 1)
NINE = datetime(2027, 3, 1, 8, tzinfo=UTC)  # in Berlin


@pytest.fixture
def ada(make):
    """Ada, who was written to by Hana and said: not now, ask me in March."""
    with clock.standing_at(ASKED):
        make.user()
        message = make.message(make.candidate("Ada", time_zone="Europe/Berlin"), make.campaign())
        privacy.record_notice(message.candidate_id)
        submissions.respond(message.link, Answer.NOT_NOW, ask_on=DAY, form_key="ada")
        yield message.candidate


def work_through(until: datetime, since: datetime = ASKED, step: timedelta = timedelta(hours=7)) -> None:
    """Let the worker do everything, again and again, until a moment."""
    now = since
    while now < until:
        now = min(now + step, until)
        with clock.standing_at(now):
            for name in ("mailings.remind", "mailings.start_due", "delivery.send"):
                while jobs.all[name].run():
                    pass


def mails() -> list[Delivery]:
    return db.session.query(Delivery).filter(Delivery.status == Status.SENT).order_by(Delivery.id).all()


def test_silence_until_the_day_and_then_exactly_one_mail(ada):
    work_through(NINE - timedelta(minutes=1))
    assert mails() == []
    work_through(NINE + timedelta(days=400), NINE - timedelta(minutes=1), timedelta(days=3))
    [mail] = mails()
    assert (mail.purpose, mail.sent_at - NINE < timedelta(days=3)) == (Purpose.REMINDER, True)


def test_nothing_else_comes_before_or_after_that_mail(ada, make):
    for day in (ASKED + timedelta(days=3), NINE + timedelta(days=3)):
        work_through(day)
        with clock.standing_at(day):
            mailings.start(make.mailing(subject=f"News {day:%d %B}"))
            delivery.enqueue(Purpose.FEEDBACK, day.day, [ada.id])
        work_through(day + timedelta(days=40), day, timedelta(days=1))
    assert [mail.purpose for mail in mails()] == [Purpose.REMINDER]


def test_it_comes_also_when_the_recruiter_has_left_and_then_from_the_company(ada, make):
    make.user("jan@sielwerk.example", name="Jan Abels")
    owner = outreach.find_campaign("Gates 2027").owner
    name = owner.full_name
    accounts.deactivate(owner)
    work_through(NINE + timedelta(hours=1), NINE - timedelta(days=1))
    raw = db.session.query(OutboxMail).one().raw
    assert name.encode() not in raw
    assert len(mails()) == 1


def test_it_says_why_it_comes_and_its_link_opens_the_answers(ada, client):
    work_through(NINE + timedelta(hours=1), NINE - timedelta(days=1))
    text = read(db.session.query(OutboxMail).one().raw).text
    assert "23 November 2026" in text
    assert "not now" in text
    link = next(word for word in text.split() if "/l/" in word).strip("<>")
    with clock.standing_at(NINE + timedelta(hours=2)):
        assert client.get(link.removeprefix("http://portal.test")).status_code == 200


def test_a_link_that_ran_out_meanwhile_is_made_anew(ada):
    with clock.standing_at(ASKED):
        links.pause_link(current_response(ada.id).link)
    work_through(NINE + timedelta(hours=1), NINE - timedelta(days=1))
    assert len(mails()) == 1
    assert db.session.query(OutboxMail).one().raw


def test_another_answer_before_the_day_means_no_such_mail(ada):
    with clock.standing_at(ASKED + timedelta(days=1)):
        submissions.respond(current_response(ada.id).link, Answer.INTERESTED, form_key="ada 2")
    work_through(NINE + timedelta(days=2), NINE - timedelta(days=2))
    assert mails() == []


def test_another_day_moves_it(ada):
    later = date(2027, 4, 1)
    with clock.standing_at(ASKED + timedelta(days=1)):
        submissions.respond(current_response(ada.id).link, Answer.NOT_NOW, ask_on=later, form_key="ada 2")
    work_through(datetime(2027, 4, 1, 6, 59, tzinfo=UTC), NINE - timedelta(days=2), timedelta(days=1))
    assert mails() == []
    work_through(datetime(2027, 4, 3, tzinfo=UTC), datetime(2027, 4, 1, 6, 59, tzinfo=UTC))
    assert [mail.purpose for mail in mails()] == [Purpose.REMINDER]


@pytest.mark.parametrize("wish", ["object", "stop", "erase", "restrict"])
def test_a_wish_against_all_mail_stops_it_as_well(ada, wish):
    with clock.standing_at(ASKED + timedelta(days=1)):
        if wish == "erase":
            privacy.erase(ada.id, "herself")
        else:
            {"object": candidates.object_to_contact, "stop": candidates.stop_contact, "restrict": candidates.restrict}[wish](ada)
    work_through(NINE + timedelta(days=2), NINE - timedelta(days=2))
    assert mails() == []


def test_the_day_is_a_day_where_the_candidate_is(make):
    with clock.standing_at(ASKED):
        make.user()
        sent = {}
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            message = make.message(make.candidate(zone, time_zone=zone), make.campaign(f"To {zone}"))
            submissions.respond(message.link, Answer.NOT_NOW, ask_on=DAY, form_key=zone)
            privacy.record_notice(message.candidate_id)
            sent[message.candidate_id] = datetime(2027, 3, 1, 9, tzinfo=UTC) - timedelta(hours=14 if "Kiri" in zone else -11)
    work_through(NINE + timedelta(days=2), NINE - timedelta(days=2), timedelta(minutes=30))
    assert {mail.candidate_id: mail.sent_at for mail in mails()} == sent


def test_the_next_mail_is_told_truly(ada):
    with clock.standing_at(ASKED):
        assert next_mail_not_before(ada) == NINE
    work_through(NINE + timedelta(hours=1), NINE - timedelta(days=1))
    with clock.standing_at(NINE + timedelta(hours=2)):
        assert next_mail_not_before(ada) is None, "nothing more comes of it by itself"
        candidates.set_preferences(ada, Pace.ANY, None)
        assert next_mail_not_before(ada) == clock.now()
