"""Follow-ups: after so many working days, in the thread of the first mail, and never after any sign of life."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.candidates import services as candidates
from portal.db import db
from portal.delivery.emails import read
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.delivery.services import send_slice
from portal.errors import Conflict, Invalid
from portal.outreach import queries, services
from portal.outreach.models import FollowUpMail, MessageStatus
from portal.submissions import services as submissions
from portal.submissions.models import Answer
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind
from tests.outreach.test_console import press, text_of

WEDNESDAY = datetime(2027, 1, 13, 9, tzinfo=UTC)
TEXT = "Hello {{first_name}},\n\nonce more, and then no more:\n\n{{landing_link}}\n\n{{sender_name}}"


def work(at: datetime) -> int:
    """A round of the worker at a moment; returns how many mails it dealt with."""
    with clock.standing_at(at):
        services.follow_up()
        done = send_slice()
        services.settle()
        services.settle_follow_ups()
        return done


@pytest.fixture
def message(make):
    """Ada was written to on a Wednesday; two further texts stand ready, after two and three working days."""
    with clock.standing_at(WEDNESDAY - timedelta(minutes=2)):
        campaign = make.campaign()
        services.add_follow_up(campaign, 2, TEXT)
        services.add_follow_up(campaign, 3, TEXT.replace("once more", "the last time"))
        message = make.message(make.candidate("Ada"), campaign)
        services.queue(campaign)
    assert work(WEDNESDAY) == 1
    return message


FRIDAY, NEXT_WEDNESDAY = WEDNESDAY + timedelta(days=2), WEDNESDAY + timedelta(days=7)


def test_each_follows_after_its_working_days_once_and_in_the_thread(message):
    assert work(FRIDAY - timedelta(seconds=1)) == 0
    assert work(FRIDAY) == 1
    assert work(FRIDAY + timedelta(hours=1)) == 0
    assert work(FRIDAY + timedelta(days=3, hours=1)) == 0  # three days on it is only the first working day
    assert work(NEXT_WEDNESDAY) == 1
    assert work(NEXT_WEDNESDAY + timedelta(days=30)) == 0
    mails = [read(mail.raw) for mail in db.session.query(OutboxMail).order_by(OutboxMail.id)]
    heads = [dict(mail.head) for mail in mails]
    first, second, third = (head["Message-ID"] for head in heads)
    assert len({first, second, third}) == 3
    assert [head["Subject"] for head in heads] == ["Ada, a question about your work"] + [
        "Re: Ada, a question about your work"
    ] * 2
    assert (heads[1]["In-Reply-To"], heads[1]["References"]) == (first, first)
    assert (heads[2]["In-Reply-To"], heads[2]["References"].split()) == (second, [first, second])
    assert f"References: {first} {second}\r\n" in mails[2].source.replace("\n", "\r\n").replace("\r\r", "\r")
    for mail in mails[1:]:
        assert services.address_of(message.link).rpartition("/")[0] in mail.text
        assert "the public speaker list" in mail.text
        assert "Pay: €66,000" in mail.text
        assert "/u/" in mail.text
        assert dict(mail.head)["List-Unsubscribe-Post"]
    assert message.follow_ups_sent == 2


SIGNS = {
    "yes": lambda link: submissions.respond(link, Answer.INTERESTED, form_key="k"),
    "no": lambda link: submissions.respond(link, Answer.NO, form_key="k"),
    "question": lambda link: timeline.record(link.candidate_id, Kind.INTEREST_GIVEN, Direction.IN, Channel.WEB),
    "unsubscribed": lambda link: candidates.unsubscribe(link.candidate),
    "bounced": lambda link: timeline.record(link.candidate_id, Kind.BOUNCED, Direction.OUT, Channel.MAIL),
    "ended": lambda link: services.end_campaign(link.campaign),
    "paused": lambda link: services.pause_campaign(link.campaign),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_of_life_and_the_end_of_the_campaign_stop_them(message, sign):
    with clock.standing_at(WEDNESDAY + timedelta(hours=5)):
        SIGNS[sign](message.link)
    assert work(FRIDAY) == work(NEXT_WEDNESDAY) == work(NEXT_WEDNESDAY + timedelta(days=20)) == 0
    assert db.session.query(Delivery).filter_by(purpose=Purpose.FOLLOW_UP, status=Status.SENT).count() == 0
    assert bool(message.stop_reason) == (sign not in {"ended", "paused"})


def test_an_answer_between_handing_in_and_sending_still_stops_it(message):
    with clock.standing_at(FRIDAY):
        services.follow_up()
        submissions.respond(message.link, Answer.NOT_NOW, form_key="k", ask_on=(FRIDAY + timedelta(days=90)).date())
    assert work(FRIDAY) == 1
    [row] = db.session.query(Delivery).filter_by(purpose=Purpose.FOLLOW_UP)
    assert row.status is Status.WITHHELD
    assert message.stopped_at is not None


def test_a_visit_alone_stops_nothing(message):
    with clock.standing_at(WEDNESDAY + timedelta(hours=5)):
        timeline.record(message.candidate_id, Kind.VISITED, Direction.IN, Channel.WEB)
    assert work(FRIDAY) == 1


def test_while_something_follows_nobody_else_may_write(message, make):
    other = make.campaign("Other")
    assert queries.choosable_ids(other, [message.candidate_id]) == []
    work(FRIDAY), work(NEXT_WEDNESDAY)
    assert queries.choosable_ids(other, [message.candidate_id]) == [message.candidate_id]


def test_an_answer_frees_the_person_for_others_at_once(message, make):
    with clock.standing_at(WEDNESDAY + timedelta(hours=5)):
        submissions.respond(message.link, Answer.NOT_NOW, form_key="k", ask_on=(FRIDAY + timedelta(days=90)).date())
        services.follow_up()
    assert queries.choosable_ids(make.campaign("Other"), [message.candidate_id]) == [message.candidate_id]


def test_ending_between_handing_in_and_sending_takes_it_back_and_opening_again_sends_it_once(message):
    with clock.standing_at(FRIDAY):
        services.follow_up()
        services.end_campaign(message.campaign)
        assert db.session.query(FollowUpMail).count() == send_slice() == 0
        services.reopen_campaign(message.campaign)
    assert work(FRIDAY + timedelta(hours=1)) == 1


def test_by_hand_nothing_follows_by_mail(make):
    with clock.standing_at(WEDNESDAY):
        campaign = make.campaign()
        services.add_follow_up(campaign, 1, TEXT)
        message = make.message(make.candidate("Ada"), campaign)
        services.hand_over(message, "LinkedIn")
    with clock.standing_at(WEDNESDAY + timedelta(minutes=2)):
        services.settle_handed()
    assert message.status is MessageStatus.SENT
    assert work(NEXT_WEDNESDAY) == 0


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Europe/Berlin", "Pacific/Kiritimati"])
def test_working_days_are_counted_by_the_companys_clock(zone):
    friday = datetime(2027, 3, 26, 10, tzinfo=ZoneInfo(zone))  # Berlin changes its clocks on that Sunday
    monday = queries.after_working_days(friday, 1, ZoneInfo(zone))
    assert (monday.isoweekday(), monday.hour, monday.day) == (1, 10, 29)
    assert queries.after_working_days(friday, 6, ZoneInfo(zone)).day == 5


def test_on_a_weekend_nothing_follows_though_its_time_has_come(message):
    """The worker was away on Friday, say."""
    assert work(FRIDAY + timedelta(days=1)) == work(FRIDAY + timedelta(days=2)) == 0
    assert work(FRIDAY + timedelta(days=3)) == 1


def test_the_texts_are_written_changed_and_taken_away_while_nobody_got_them(make, hana):
    campaign = make.campaign()
    url = f"/console/outreach/{campaign.id}/follow-ups"
    page = text_of(hana.get(url))
    assert "Nobody is asked twice." in page
    for link in ("landing_link", "answer_interested", "answer_not_now", "answer_no"):
        assert f"{{{{{link}}}}}" in page, "a follow-up begins with a text that can be answered in one tap"
    assert "{{landing_link}}" in text_of(press(hana, url, url, wait_days="5", body="Hello"), 422)
    assert "between 1 and 60" in text_of(press(hana, url, url, wait_days="0", body=TEXT), 422)
    press(hana, url, url, wait_days="5", body=TEXT)
    press(hana, url, url, wait_days="9", body=TEXT)
    db.session.expire_all()
    first, second = campaign.follow_ups
    edit = f"/console/outreach/follow-ups/{first.id}"
    assert "Line 1, column 1" in text_of(
        press(hana, url, edit, **{f"s{first.id}-wait_days": "7", f"s{first.id}-body": "{{nobody}}"}), 422
    )
    press(hana, url, edit, **{f"s{first.id}-wait_days": "7", f"s{first.id}-body": TEXT})
    assert press(hana, url, f"{edit}/removals").status_code == 409
    press(hana, url, f"/console/outreach/follow-ups/{second.id}/removals")
    db.session.expire_all()
    assert [(step.position, step.wait_days) for step in campaign.follow_ups] == [(1, 7)]


def test_what_somebody_got_is_not_taken_away_and_five_are_the_most(message):
    work(FRIDAY), work(NEXT_WEDNESDAY)
    last = message.campaign.follow_ups[-1]
    with pytest.raises(Conflict):
        services.remove_follow_up(last)
    for _step in range(3):
        services.add_follow_up(message.campaign, 5, TEXT)
    with pytest.raises(Conflict):
        services.add_follow_up(message.campaign, 5, TEXT)
    with pytest.raises(Invalid):
        services.edit_follow_up(last, 61, TEXT)
