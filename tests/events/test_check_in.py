"""Guests of an event check in by phone. Nothing comes of it before they confirm by mail; then the event is their source."""

from datetime import timedelta

import pytest

from portal import clock
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.config import settings
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import OutboxMail
from portal.events import personal, queries, services
from portal.events.models import CheckIn
from portal.personal import Item
from portal.privacy import services as privacy
from portal.privacy.models import Basis, SuppressionReason
from portal.privacy.queries import current_basis, has_notice
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin, Source
from portal.submissions.models import Quarantine
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints
from tests.mailserver import links_of, parse
from tests.outreach import at_once
from tests.pages import press, press_on
from tests.submissions import NAMES, at_this_moment, form_token

ADA = {"name": "Ada Novak", "email": "ada@home.example"}


@pytest.fixture
def event(app) -> Source:
    today = clock.today(settings().time_zone)
    made = sourcing.add_source("Meetup", Origin.EVENT, "our table at the meetup", happens_on=today, place="Kulturetage")
    return sourcing.open_check_in(made)


def path_of(event: Source) -> str:
    return sourcing.check_in_address(event).removeprefix("http://portal.test")


def send(client, event: Source, seconds: float = 20, **fields):
    token = form_token("check-in", seconds)
    return client.post(path_of(event), data={"form_token": token, **(fields or ADA)})


def mails() -> list:
    """What was mailed so far, parsed."""
    while delivery.send_slice():
        pass
    return [parse(raw) for raw in db.session.scalars(db.select(OutboxMail.raw).order_by(OutboxMail.id))]


def confirm_link() -> str:
    return next(link for link in links_of(mails()[-1]) if "/confirmations/" in link).removeprefix("http://portal.test")


def test_a_guest_is_here_once_they_confirm_by_mail_and_attendance_is_a_touchpoint(client, event):
    page = client.get(path_of(event))
    assert "Kulturetage" in page.text
    done = send(client, event, **ADA, consent="y")
    assert done.status_code == 303, done.text
    assert client.get(done.location).status_code == 200
    assert db.session.query(Candidate).count() == 0
    link = confirm_link()
    opened = client.get(link)
    assert (opened.status_code, db.session.query(Candidate).count()) == (200, 0), "opening the mail's link does nothing"
    for _twice in range(2):
        assert "it is confirmed" in press(client, link, "Yes, that was me").text
    [ada] = db.session.query(Candidate)
    kinds = [row.kind for row in list_touchpoints(ada.id)]
    assert (ada.full_name, ada.email, ada.source_id, kinds.count(Kind.ATTENDED)) == (*ADA.values(), event.id, 1)
    assert (current_basis(ada.id).basis, has_notice(ada.id)) == (Basis.CONSENT, True)
    [row] = db.session.query(CheckIn)
    assert (row.full_name, row.email, row.address_key) == ("", "", None), "kept in one place only"


def test_the_same_guest_twice_gets_one_mail_and_counts_once(app, client, event):
    number = event.id
    assert len(at_once(app, 4, lambda: services.check_in(db.session.get(Source, number), "Ada", "ada@home.example", False))) == 4
    send(client, event, name="Ada N.", email="ADA@home.example")
    assert (db.session.query(CheckIn).count(), len(mails())) == (1, 1)
    press(client, confirm_link(), "Yes, that was me")
    send(client, event)
    assert (db.session.query(CheckIn).count(), len(mails())) == (1, 1), "who was counted is not asked again"


def test_somebody_we_know_keeps_their_source_and_wishes(client, event, make):
    ada = make.candidate("Ada", email="ada@home.example")
    services.confirm(services.check_in(event, "Somebody else", "ada@home.example", True))
    assert (ada.full_name, ada.source.name) == ("Ada", "Oldenburg meetup")
    assert queries.has_attended(ada.id, event.id)


def test_who_objected_leaves_nothing_and_sees_the_same_page(client, event):
    privacy.suppress("ada@home.example", SuppressionReason.OBJECTED)
    done = send(client, event)
    assert (done.status_code, db.session.query(CheckIn).count(), mails()) == (303, 0, [])
    waiting = services.check_in(event, "Eve", "eve@home.example", False)
    privacy.suppress("eve@home.example", SuppressionReason.OBJECTED)
    assert services.confirm(waiting) is None
    assert db.session.query(Candidate).count() == 0


def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, event):
    for fields, words in (({"name": "", "email": "x@y.example"}, "what to call you"), ({"name": "Zoë", "email": "no"}, "Zoë")):
        answer = send(client, event, **fields)
        assert (answer.status_code, words in answer.text) == (422, True)
    assert db.session.query(CheckIn).count() == 0
    with at_this_moment():
        hasty = send(client, event, seconds=0)
    assert "One more press" in hasty.text
    assert press_on(client, hasty.text, path_of(event), "Yes, send it", follow=False).status_code in {200, 303}


def test_a_post_like_a_robots_looks_accepted_waits_aside_and_can_be_taken_in(client, event, hana):
    for email in ("ada@home.example", "ada@home.example", "mallory@spam.example"):
        name = "Ada Novak" if email.startswith("ada") else "Mallory"
        answer = send(client, event, seconds=20, name=name, email=email, consent="y", website="spam")
        assert (answer.status_code, db.session.query(CheckIn).count(), mails()) == (303, 0, [])
    kept = "/console/answers/quarantine"
    assert "Ada Novak" in hana.get(kept).text
    press(hana, kept, "A robot: away with it")  # the newest stands first: Mallory
    for _twice in range(2):
        press(hana, kept, "A person: take it in")
    assert db.session.query(Quarantine).count() == 0
    [row] = db.session.query(CheckIn)
    assert (row.full_name, row.consented, len(mails())) == ("Ada Novak", True, 1)
    press(client, confirm_link(), "Yes, that was me")
    assert queries.has_attended(find_by_address("ada@home.example").id, event.id)


def test_a_hall_full_of_guests_in_one_network_all_come_through(client, event, monkeypatch):
    monkeypatch.setattr("portal.guard.CROWD", 3)
    for number in range(len(NAMES)):
        name = NAMES[number]
        assert send(client, event, name=name, email=f"guest{number}@home.example").status_code == 303
    assert db.session.query(CheckIn).count() == len(NAMES)


def test_the_page_is_open_around_the_event_only(client, event):
    today = event.happens_on
    for day, status in ((today - timedelta(days=2), 404), (today - timedelta(days=1), 200), (today + timedelta(days=8), 404)):
        sourcing.edit_source(event, happens_on=today - (day - today))
        assert client.get(path_of(event)).status_code == status
    sourcing.archive_source(event)
    assert client.get(path_of(event)).status_code == client.get("/check-in/" + "x" * 22).status_code == 404


def test_what_nobody_confirms_is_gone_after_two_weeks(client, event):
    row = services.check_in(event, "Ada", "ada@home.example", False)
    token = queries.token_of(row)
    with clock.standing_at(clock.now() + timedelta(days=13)):
        assert services.forget() == 0
    with clock.standing_at(clock.now() + timedelta(days=15)):
        assert services.forget() == 1
    assert client.get(f"/check-in/confirmations/{token}").status_code == 404
    assert services.forget() == 0


def test_what_is_held_is_shown_and_let_go_of(client, event):
    ada = services.confirm(services.check_in(event, "Ada", "ada@home.example", False))
    other = sourcing.add_source("Fair", Origin.EVENT, "our table", happens_on=event.happens_on)
    services.check_in(other, "Ada", "ada@home.example", False)
    [item] = personal.held(ada.id)
    assert isinstance(item, Item)
    assert "Meetup" in item.what
    personal.erase(ada.id)
    assert db.session.query(CheckIn).count() == 0
    assert find_by_address("ada@home.example") is ada, "the person is another feature’s to erase"


def test_hana_makes_the_page_and_prints_its_code(hana, app):
    source = sourcing.add_source("Fair", Origin.EVENT, "our table at the fair")
    address = f"/console/sourcing/sources/{source.id}"
    assert "Give the event its day first" in hana.get(address).text
    assert hana.get(f"{address}/code.svg").status_code == 404
    sourcing.edit_source(source, happens_on=clock.today(settings().time_zone))
    page = press(hana, address, "Make the check-in page")
    assert sourcing.check_in_address(source) in page.text
    assert hana.get(f"{address}/code.svg").mimetype == "image/svg+xml"
    assert hana.get(f"{address}/code.png").data.startswith(b"\x89PNG")
    made = source.check_in_nonce
    assert sourcing.open_check_in(source).check_in_nonce == made, "what is printed goes on working"
