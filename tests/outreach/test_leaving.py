"""Pressing send and thinking better of it; days before, between and after which nothing leaves; messages delivered by hand."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.db import db, transaction
from portal.delivery.emails import read, write
from portal.delivery.models import Delivery, OutboxMail, Status
from portal.delivery.services import send_slice
from portal.errors import Conflict, Invalid, Refused
from portal.extensions import alembic
from portal.outreach import emails, queries, services
from portal.outreach.models import MessageStatus
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.privacy.queries import has_notice
from portal.timeline.models import Channel, Kind, Touchpoint
from tests.conftest import build_app
from tests.factories import Factory
from tests.outreach import at_once
from tests.outreach.test_console import press, text_of

SECOND = timedelta(seconds=1)


def words_of(response) -> str:
    """A page without its tags."""
    return re.sub("<[^>]+>", "", text_of(response))


def pass_time(**time) -> int:
    """Let the worker come round after a while; returns how many mails it dealt with."""
    with clock.standing_at(clock.now() + timedelta(**time)):
        done = send_slice()
        services.settle()
        services.settle_handed()
        return done


def test_within_a_minute_sending_is_undone_and_can_be_done_again(make, hana):
    campaign = make.campaign()
    messages = [make.message(make.candidate(name), campaign) for name in ("Ada", "Bob")]
    url = f"/console/outreach/{campaign.id}"
    press(hana, url, f"{url}/runs")
    page = text_of(hana.get(url))
    assert "2 messages are about to leave." in page
    assert f"{url}/undos" in page
    assert pass_time(seconds=59) == 0
    assert "2 messages stay here and are ready." in text_of(hana.get(press(hana, url, f"{url}/undos").location))
    db.session.expire_all()
    assert {message.status for message in messages} == {MessageStatus.READY}
    assert db.session.query(Delivery).count() == 0
    assert f"{url}/undos" not in text_of(hana.get(url))
    assert services.queue(campaign) == 2
    assert pass_time(seconds=61) == 2
    assert {message.status for message in messages} == {MessageStatus.SENT}


def test_undo_takes_back_exactly_what_has_not_begun_to_leave_and_says_how_many(make, hana):
    campaign = make.campaign()
    gone, going, here = (make.message(make.candidate(name), campaign) for name in ("Ada", "Bob", "Mallory"))
    services.queue(campaign)
    with transaction():
        rows = {row.subject_id: row for row in db.session.query(Delivery)}
        rows[gone.id].status, rows[gone.id].sent_at = Status.SENT, clock.now()
        rows[going.id].status = Status.CLAIMED
    assert services.undo(campaign) == 1
    assert [row.status for row in (gone, going, here)] == [MessageStatus.QUEUED, MessageStatus.QUEUED, MessageStatus.READY]
    assert {row.subject_id for row in db.session.query(Delivery)} == {gone.id, going.id}
    url = f"/console/outreach/{campaign.id}"
    assert "All of them have left already." in text_of(hana.get(press(hana, url, f"{url}/undos").location))


def test_one_message_can_be_sent_alone(make, hana):
    campaign = make.campaign()
    first, second = (make.message(make.candidate(name), campaign) for name in ("Ada", "Bob"))
    press(hana, f"/console/outreach/{campaign.id}", f"/console/outreach/messages/{second.id}/runs")
    db.session.expire_all()
    assert (first.status, second.status) == (MessageStatus.READY, MessageStatus.QUEUED)


def test_a_pause_holds_what_is_on_its_way_and_going_on_lets_it_leave(make, hana):
    message = make.message()
    campaign, url = message.campaign, f"/console/outreach/{message.campaign_id}"
    services.queue(campaign)
    press(hana, url, f"{url}/pauses")
    assert pass_time(hours=1) == 0
    with pytest.raises(Conflict):
        services.queue(campaign)
    assert "This campaign is paused." in text_of(hana.get(url))
    press(hana, url, f"{url}/pauses")
    assert pass_time(hours=1) == 1


def test_ending_takes_back_what_has_not_left_and_opening_again_lets_it_be_sent(make):
    message = make.message()
    services.queue(message.campaign)
    services.end_campaign(message.campaign)
    assert (message.status, pass_time(hours=1)) == (MessageStatus.READY, 0)
    services.reopen_campaign(message.campaign)
    assert services.queue(message.campaign) == 1
    assert pass_time(hours=1) == 1


@pytest.mark.parametrize(("zone", "offset"), [("Pacific/Pago_Pago", -11), ("Europe/Berlin", 1), ("Pacific/Kiritimati", 14)])
def test_nothing_leaves_before_the_first_morning_or_after_the_last_day_of_the_companys_zone(tmp_path, zone, offset):
    """From -11 to +14 hours: the day is the company's, wherever the server stands."""
    app = build_app(tmp_path, time_zone=zone)
    with app.app_context():
        alembic.upgrade()
        make, first = Factory(), date(2027, 1, 18)
        morning = datetime(2027, 1, 18, 9, tzinfo=UTC) - timedelta(hours=offset)
        with clock.standing_at(morning - timedelta(days=3)):
            campaign = make.campaign(starts_on=first, ends_on=first)
            message = make.message(make.candidate("Ada"), campaign)
            make.message(make.candidate("Bob"), campaign, note="")
            services.queue(campaign)
        with clock.standing_at(morning - SECOND):
            assert send_slice() == 0
            assert queries.why_closed(campaign) == "The campaign has not begun yet."
        with clock.standing_at(morning):
            assert (send_slice(), services.settle(), services.end_due()) == (1, 1, 0)
        midnight = morning + timedelta(hours=15)
        with clock.standing_at(midnight - SECOND):
            services.check_active(campaign)
        with clock.standing_at(midnight):
            with pytest.raises(Conflict):
                services.queue(campaign)
            assert (services.end_due(), campaign.ended_at) == (1, midnight)
            services.reopen_campaign(campaign)
            assert campaign.ends_on is None
        assert message.status is MessageStatus.SENT
        db.session.remove()
        db.engine.dispose()


def test_days_that_cannot_be_are_refused_at_their_field(make):
    today = clock.now().date()
    for plan in ({"ends_on": today - timedelta(days=3)}, {"starts_on": today, "ends_on": today - timedelta(days=1)}):
        with pytest.raises(Invalid) as error:
            make.campaign(**plan)
        assert error.value.field == "ends_on"
    assert make.campaign("Begun", starts_on=today - timedelta(days=30)).starts_on


def test_two_recruiters_at_once_cannot_both_write_to_one_person(app, make):
    """Each drafts for campaigns of their own at the same moment, on both databases: one of them gets the person."""
    people = [make.candidate(f"Person {number}").id for number in range(3)]
    campaigns = iter([make.campaign(f"Campaign {number}").id for number in range(4)])

    def draft() -> int:
        return len(services.draft(queries.get_campaign(next(campaigns)), people))

    assert sum(at_once(app, 4, draft)) == len(people)


def test_two_presses_at_once_send_each_message_once(app, make):
    campaign = make.message().campaign
    db.session.commit()
    assert sum(at_once(app, 4, lambda: services.queue(queries.get_campaign(campaign.id)))) == 1
    assert db.session.query(Delivery).count() == 1


def test_who_heard_from_anybody_in_180_days_is_marked_with_who_and_when(make, hana):
    ada = make.candidate("Ada Novak")
    amara = make.user("amara@sielwerk.example", name="Amara Diallo")
    services.queue(make.message(ada, make.campaign("Old", owner=amara)).campaign)
    assert pass_time(minutes=2) == 1
    new = make.campaign("New")
    page = f"/console/outreach/{new.id}/candidates?reached=any&persona=0&source=0&stage="
    with clock.standing_at(clock.now() + timedelta(days=61)):
        assert "Amara Diallo wrote 2 mo ago" in words_of(hana.get(page))
        message = make.message(ada, new)
        assert "Amara Diallo wrote 2 mo ago" in words_of(hana.get(f"/console/outreach/{new.id}"))
        assert "Amara Diallo wrote 2 mo ago" in words_of(hana.get(f"/console/outreach/messages/{message.id}"))
        services.remove(message)
    with clock.standing_at(clock.now() + timedelta(days=181)):
        assert "not in the last 180 days" in text_of(hana.get(page))


def test_by_hand_text_and_link_are_copied_and_the_delivery_is_recorded_after_the_minute(make, hana):
    message = make.message(make.candidate("Ada Novak", profile_url="https://net.example/ada"))
    url = f"/console/outreach/messages/{message.id}/hand"
    page = text_of(hana.get(url))
    assert services.address_of(message.link) in page
    assert "the public speaker list of the Oldenburg meetup" in page
    assert "/u/" in page.partition('id="text"')[2]
    assert "Say where you delivered it." in text_of(press(hana, url, url, network=" "), 422)
    press(hana, url, url, network="LinkedIn")
    db.session.expire_all()
    assert (message.status, message.network) == (MessageStatus.QUEUED, "LinkedIn")
    pass_time(seconds=50)
    assert db.session.query(Touchpoint).filter_by(kind=Kind.OUTREACH_DELIVERED).count() == 0
    at = message.queued_at
    pass_time(seconds=62)
    touch = db.session.query(Touchpoint).filter_by(kind=Kind.OUTREACH_DELIVERED).one()
    assert (touch.channel, touch.at, touch.campaign_id) == (Channel.SOCIAL, at, message.campaign_id)
    assert touch.actor_id is not None
    assert (message.status, message.sent_at) == (MessageStatus.SENT, at)
    assert has_notice(message.candidate_id)
    assert find_placement(message.candidate_id).stage is StageName.CONTACTED
    assert db.session.query(OutboxMail).count() == db.session.query(Delivery).count() == 0
    with pytest.raises(Conflict):
        services.take_hand_back(message)


def test_by_hand_can_be_taken_back_for_a_minute(make, hana):
    message = make.message()
    url = f"/console/outreach/messages/{message.id}/hand"
    press(hana, url, url, network="Mastodon")
    assert "For a minute you can take it back" in text_of(hana.get(url))
    press(hana, url, f"{url}/undos")
    db.session.expire_all()
    assert (message.status, message.network, message.queued_at) == (MessageStatus.READY, "", None)
    pass_time(minutes=2)
    assert db.session.query(Touchpoint).filter_by(kind=Kind.OUTREACH_DELIVERED).count() == 0


def test_by_hand_the_wish_not_to_be_written_to_holds_too(make, hana):
    bob = make.candidate("Bob")
    message = make.message(bob)
    with transaction():
        bob.unsubscribed_at = clock.now()
    with pytest.raises(Refused, match="Unsubscribed"):
        services.hand_over(message, "LinkedIn")
    page = text_of(hana.get(f"/console/outreach/messages/{message.id}/hand"))
    assert "Unsubscribed." in page
    assert "Mark as delivered" not in page


NASTY = "<script>alert(1)</script>\r\nBcc: mallory@x.example"


def test_line_breaks_and_html_of_any_field_stay_text(make, hana):
    ada = make.candidate(NASTY, evidence=NASTY, headline=NASTY, company=NASTY, place=NASTY)
    campaign = make.campaign(NASTY, subject="Hello {{full_name}} " + NASTY, pay_reason=NASTY, page="/")
    message = make.message(ada, campaign, note=NASTY)
    services.add_cost(campaign, 100, NASTY, clock.now().date())
    for part in ("", "/follow-ups", "/comparison", "/results", "/edit", "/candidates"):
        assert "<script>alert" not in text_of(hana.get(f"/console/outreach/{campaign.id}{part}"))
    for part in ("", "/text", "/frame", "/hand", "/page"):
        assert "<script>alert" not in text_of(hana.get(f"/console/outreach/messages/{message.id}{part}"))
    services.queue(campaign)
    assert pass_time(minutes=2) == 1
    raw = db.session.query(OutboxMail).one().raw
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head
    assert b"<script>alert" not in raw.partition(b"text/html")[2]


@pytest.mark.parametrize("field", ["name", "subject", "pay_reason"])
def test_ten_thousand_characters_are_refused_with_a_clear_word(make, hana, field):
    with pytest.raises(Invalid, match="t most"):
        make.campaign(**{field: "x" * 10_000})
    with pytest.raises(Invalid, match="at most 200"):
        make.candidate("ñ" * 10_000)


NAMES = (
    "अनन्या शर्मा",
    "陈思远",
    "مریم حسینی",
    "שרה כהן",
    "Þóra Jónsdóttir",
    "Nguyễn Thị Ánh",
    "கவிதா ராஜன்",
    "O’Brien-Żak",
    "𠮷野家",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_reach_their_reader_unharmed(make, name):
    message = make.message(make.candidate(name, greeting_name=name))
    services.queue(message.campaign)
    assert pass_time(minutes=2) == 1
    seen = read(db.session.query(OutboxMail).one().raw)
    assert f"Hello {name}," in seen.text
    assert dict(seen.head)["Subject"] == f"{name}, a question about your work"


def test_signs_that_turn_or_hide_words_are_left_out_of_the_greeting_and_joiners_stay(make):
    message = make.message(make.candidate("x", greeting_name="\u202eadA\u200b\u2066 می\u200cخواهم"))
    told = write(emails.letter(message, "preview"))
    assert told.subject.startswith("adA می\u200cخواهم,")
    assert "\u202e" not in told.subject + told.text + told.html
