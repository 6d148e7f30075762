"""Interest: behind a personal link it counts; without one the owner of the address is asked first. Nothing typed is lost."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.outreach import services as outreach
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.privacy.models import Basis
from portal.privacy.queries import current_basis, has_notice
from portal.submissions import emails, queries, services
from portal.submissions.models import Interest, PendingInterest, Quarantine, Response
from portal.submissions.queries.interest import CONFIRMS
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.submissions import NAMES, NASTY, WHO, at_this_moment, form_token, rows, send, text_of
from tests.test_guard import solve


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada Novak", email="ada@firm.example"))


@pytest.fixture
def link(message) -> str:
    return f"/l/{outreach.token_of(message.link)}"


def mail_link(number: int = -1) -> str:
    """Where the mail of a waiting form leads."""
    row = db.session.query(PendingInterest).order_by(PendingInterest.id).all()[number]
    return f"/confirm/{tokens.derive(CONFIRMS, row.nonce)}"


def confirm(client, path: str, seconds: float = 20, **fields):
    return client.post(path, data={"form_token": form_token("confirm", seconds), **fields}, headers=BROWSER)


def test_interest_behind_a_link_is_kept_confirmed_by_mail_and_a_yes(client, message, link):
    said = {"about": "/stories/welder", "attracts": "The tank", "matters": ["pay", "craft"], "available": "May", "way": "phone"}
    assert send(client, f"{link}/interest", reach="0491 1", consent="y", **said).status_code == 303
    interest = db.session.query(Interest).one()
    assert (interest.about, interest.attracts, interest.matters) == ("/stories/welder", "The tank", ["pay", "craft"])
    assert (interest.available, interest.reach_by, interest.candidate_id) == ("May", "phone: 0491 1", message.candidate_id)
    assert find_placement(message.candidate_id).stage is StageName.INTERESTED
    assert queries.current_response(message.candidate_id).answer == "interested"
    basis = current_basis(message.candidate_id)
    assert basis.basis is Basis.CONSENT
    assert timedelta(days=720) < basis.until - clock.now() < timedelta(days=740)
    letter = emails.compose(db.session.query(Delivery).filter_by(purpose=Purpose.CONFIRMATION).one())
    assert (letter.values["first_name"], letter.notice) == ("Ada", True)
    assert "arrived" in letter.subject


def test_the_form_behind_a_link_asks_for_no_name_and_no_address_and_says_what_browsers_may_fill_in(client, link):
    page = text_of(client.get(f"{link}/interest", headers=BROWSER))
    assert 'name="email"' not in page
    assert "<bdi>Ada</bdi>" in page
    assert 'value="/stories/control-engineer" selected' in page or 'selected value="/stories/control-engineer"' in page
    for value in ('autocomplete="name"', 'autocomplete="email"', 'autocomplete="tel"', "data-keep"):
        assert value in text_of(client.get("/interest"))


def test_without_a_link_only_the_press_in_the_mail_makes_a_candidate(client, app):
    assert send(client, "/interest", **WHO, attracts="Gates", consent="y", about="team:Controls").status_code == 303
    assert db.session.query(Candidate).count() == db.session.query(Interest).count() == db.session.query(Touchpoint).count() == 0
    path, before = mail_link(), rows()
    for method in ("GET", "HEAD"):
        assert client.open(path, method=method, headers=BROWSER).status_code == 200
    assert rows() == before
    page = text_of(client.get(path, headers=BROWSER))
    assert "Gates" in page
    assert "Controls" in page
    for _press in range(2):
        assert confirm(client, path).status_code == 303
    candidate = db.session.query(Candidate).one()
    assert (candidate.full_name, candidate.email, candidate.source.name) == ("Ada Novak", "ada@home.example", "Company site")
    assert find_placement(candidate.id).stage is StageName.INTERESTED
    assert current_basis(candidate.id).basis is Basis.CONSENT
    assert has_notice(candidate.id)
    assert db.session.query(Touchpoint).filter_by(kind=Kind.INTEREST_GIVEN, candidate_id=candidate.id).count() == 1
    assert db.session.query(Interest).count() == 1
    assert db.session.query(PendingInterest).one().content == {}


def test_what_nobody_confirms_is_gone_after_seven_days_and_so_is_its_link(client, app):
    send(client, "/interest", **WHO)
    path = mail_link()
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(path).status_code == 404
        assert confirm(client, path).status_code == 404
        assert services.forget_pending() == 1
    assert db.session.query(Candidate).count() == db.session.query(PendingInterest).count() == 0


def test_a_program_that_presses_the_button_of_the_mail_at_once_confirms_nothing(client, app):
    send(client, "/interest", **WHO)
    path = mail_link()
    with at_this_moment():
        again = confirm(client, path, seconds=1)
    assert "One more press" in text_of(again)
    assert db.session.query(Candidate).count() == 0


def test_the_mail_that_asks_holds_no_word_of_a_stranger_and_comes_once_a_day(client, app):
    for number in range(4):
        send(client, "/interest", name="BUY at spam.example", email="ada@home.example", attracts=f"spam.example {number}")
    delivery.send_slice()
    mail = db.session.query(OutboxMail).one()
    assert mail.recipient == "ada@home.example"
    raw = mail.raw.decode("utf-8", "replace")
    assert "spam" not in raw
    assert "BUY" not in raw
    assert "/confirm/" in raw
    page = text_of(client.get(mail_link(0)))
    assert page.count("Yes, this was me") == 4
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=5)):
        send(client, "/interest", name="Mallory", email="ada@home.example")
        delivery.send_slice()
    assert db.session.query(OutboxMail).count() == 2


def test_each_of_several_forms_under_one_address_is_confirmed_by_itself(client, app):
    send(client, "/interest", **WHO, attracts="Mine")
    send(client, "/interest", name="Mallory", email="ada@home.example", attracts="Not mine")
    mine = db.session.query(PendingInterest).filter(PendingInterest.content["attracts"].as_string() == "Mine").one()
    confirm(client, mail_link(0), which=str(mine.id))
    assert [row.attracts for row in db.session.query(Interest)] == ["Mine"]
    other = db.session.query(PendingInterest).filter_by(confirmed_at=None).one()
    confirm(client, mail_link(0), which="999999")
    assert db.session.get(PendingInterest, other.id).confirmed_at is None, "a number of somebody else names nothing"


def test_a_stranger_who_types_an_address_changes_nothing_about_that_person(client, message):
    candidates.unsubscribe(message.candidate)
    candidates.stop_contact(message.candidate)
    before = {name: count for name, count in rows().items() if name not in {"pending_interest", "delivery"}}
    send(client, "/interest", name="Mallory", email="ADA@firm.example")
    delivery.send_slice()
    after = {name: count for name, count in rows().items() if name not in {"pending_interest", "delivery"}}
    assert after == before
    assert db.session.query(Delivery).one().status is Status.WITHHELD
    confirm(client, mail_link())
    db.session.expire_all()
    candidate = db.session.query(Candidate).one()
    assert candidate.full_name == "Ada Novak", "nobody is renamed"
    assert None not in (candidate.unsubscribed_at, candidate.do_not_contact_at)
    assert db.session.query(Response).count() == 0


def test_a_suppressed_person_sees_the_same_and_nothing_is_kept(client, message):
    free = send(client, "/interest", name="Eve", email="eve@home.example")
    candidates.object_to_contact(message.candidate)
    before = rows()
    for spelling in ("ada@firm.example", "ADA@Firm.example", "ada+jobs@firm.example"):
        again = send(client, "/interest", name="Ada", email=spelling)
        assert (again.status_code, again.location) == (free.status_code, free.location)
    assert rows() == before


def test_a_person_suppressed_meanwhile_is_not_brought_back_by_the_press(client, make):
    send(client, "/interest", **WHO)
    bob = make.candidate("Bob", email="ada@home.example")
    candidates.object_to_contact(bob)
    assert confirm(client, mail_link()).status_code == 303
    assert db.session.query(Interest).count() == 0


def test_errors_stand_beside_the_field_and_in_the_summary_and_nothing_typed_is_lost(client, app):
    wrong = (
        ({"email": ""}, "The mail address is missing."),
        ({"email": "ada.novak@example"}, "lacks its domain"),
        ({"name": ""}, "Tell us what to call you."),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"attracts": "x" * 10_001}, "At most 10,000 characters"),
    )
    for fields, words in wrong:
        typed = WHO | {"attracts": "How is it tested?", "available": "In May", "reach": "0491 555", "matters": ["pay"]} | fields
        response = send(client, "/interest", **typed)
        page = text_of(response)
        assert (response.status_code, page.count(words)) == (422, 2), words
        assert 'role="alert"' in page
        assert 'aria-invalid="true"' in page
        for name in ("name", "email", "attracts", "available", "reach"):
            assert typed[name] in page
        assert re.search(r'<input[^>]*checked[^>]*value="pay"', page)
    assert db.session.query(PendingInterest).count() == 0


def test_names_in_every_script_and_long_texts_arrive_as_typed(client, link):
    for name in NAMES:
        send(client, "/interest", name=name, email="n@home.example", attracts=name * 20)
    assert [row.content["name"] for row in db.session.query(PendingInterest).order_by(PendingInterest.id)] == NAMES
    long = "שלום wörld\n" * 909
    send(client, f"{link}/interest", attracts=long)
    assert db.session.query(Interest).one().attracts.replace("\r\n", "\n") == long.strip()


def test_html_in_every_field_is_shown_as_typed(client, hana, link):
    names = ("name", "attracts", "available", "reach")
    fields = dict.fromkeys(names, NASTY) | {"email": NASTY, "matters": NASTY, "way": NASTY, "about": NASTY}
    page = text_of(send(client, "/interest", **fields))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    good = fields | {"email": "n@home.example", "matters": ["pay"], "way": "mail", "about": ""}
    send(client, "/interest", **good)
    send(client, f"{link}/interest", **good)
    for page in (client.get(mail_link()), hana.get("/console/answers")):
        assert "&lt;script&gt;alert(1)" in text_of(page)
        assert "<script>alert" not in text_of(page)


def test_too_quick_a_form_is_shown_again_with_all_that_was_typed_and_kept_aside_until_the_press(client, app):
    with at_this_moment():
        first = form_token("interest", 1)
        page = text_of(client.post("/interest", data={"form_token": first, "attracts": "Quick fingers", **WHO}, headers=BROWSER))
    assert "Quick fingers" in page
    assert f'data-work="{first}:' in page
    assert 'name="confirmed"' in page
    assert db.session.query(Quarantine).one().why == "filled in within three seconds"
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        data = {"form_token": first, "attracts": "Quick fingers", "confirmed": "1", **WHO}
        assert client.post("/interest", data=data, headers=BROWSER).status_code == 303
    assert db.session.query(PendingInterest).count() == 1
    assert db.session.query(Quarantine).count() == 0, "it went through, so nothing waits aside"


def test_work_done_by_the_browser_sends_it_at_once(client, app):
    token = form_token("interest", 1)
    data = {"form_token": token, "confirmed": "1", "work": solve(token), **WHO}
    assert client.post("/interest", data=data).status_code == 303
    assert db.session.query(PendingInterest).count() == 1


def test_behind_a_personal_link_work_is_no_proof_of_a_person(client, link):
    token = form_token("interest", -60)
    data = {"form_token": token, "confirmed": "1", "work": solve(token)}
    assert client.post(f"{link}/interest", data=data, headers=BROWSER).status_code == 200
    assert db.session.query(Response).count() == db.session.query(Interest).count() == 0


def test_a_page_that_was_open_for_more_than_a_day_loses_nothing_and_asks_for_one_more_press(client, app):
    response = send(client, "/interest", seconds=25 * 3600, attracts="Written yesterday", **WHO)
    page = text_of(response)
    assert response.status_code == 200
    assert "Written yesterday" in page
    assert "Nothing is lost" in page
    fresh = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    with time_machine.travel(clock.now() + timedelta(seconds=4)):
        data = {"form_token": fresh, "attracts": "Written yesterday", **WHO}
        assert client.post("/interest", data=data, headers=BROWSER).status_code == 303
    assert db.session.query(PendingInterest).one().content["attracts"] == "Written yesterday"


def test_going_back_and_adding_words_is_kept_too(client, link):
    token = form_token()
    for words in ("First thought", "First thought, and a second"):
        client.post(f"{link}/interest", data={"form_token": token, "attracts": words}, headers=BROWSER)
    kept = [row.attracts for row in db.session.query(Interest).order_by(Interest.id)]
    assert kept == ["First thought", "First thought, and a second"]


def test_of_an_erased_person_a_form_kept_aside_brings_nothing_back(client, message):
    row = services.keep_aside("interest", message.link, {"matters": [], "attracts": "The tank", "consent": True}, "robot")
    message.candidate.erased_at, message.candidate.email = clock.now(), None
    db.session.commit()
    before = db.session.query(Touchpoint).count()
    services.release(row)
    assert db.session.query(Interest).count() == db.session.query(Quarantine).count() == 0
    assert db.session.query(Touchpoint).count() == before
