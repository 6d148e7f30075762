"""The interest form: nothing typed is lost, a double press counts once."""

import re
import secrets
import time
from datetime import timedelta

import pytest
import time_machine

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import Base, db
from portal.delivery.models import Delivery, Purpose
from portal.outreach import services as outreach
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.privacy.models import Basis
from portal.privacy.queries import current_basis
from portal.submissions import emails, queries, services
from portal.submissions.models import Interest, Quarantine, Response
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER, at_once
from tests.test_guard import solve

NASTY = "<script>alert(1)</script>\"'&{{ 7*7 }}{% raw %}"
NAMES = ["Zoë Łukasz", "Ελένη", "Юлия Щ", "陳大文", "ゆき", "김민준", "עדה כהן", "فاطمة", "अनन्या शर्मा", "O’Brien-Smith"]
WHO = {"name": "Ada Novak", "email": "ada@home.example"}


def form_token(seconds: float = 20) -> str:
    """The token of a form that was shown so many seconds ago."""
    return tokens.sign("form", ["interest", secrets.token_hex(12), int((time.time() - seconds) * 1000)])


def send(client, path: str, seconds: float = 20, **fields):
    return client.post(path, data={"form_token": form_token(seconds), **fields}, headers=BROWSER)


def text_of(response) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada Novak", email="ada@firm.example"))


@pytest.fixture
def link(message) -> str:
    return f"/l/{outreach.token_of(message.link)}"


def test_interest_behind_a_link_is_kept_confirmed_by_mail_and_a_yes(client, message, link):
    response = send(
        client,
        f"{link}/interest",
        attracts="The tank",
        matters=["pay", "craft"],
        available="May",
        way="phone",
        reach="0491 1",
        consent="y",
    )
    assert response.status_code == 303
    interest = db.session.query(Interest).one()
    assert (interest.attracts, interest.matters, interest.available, interest.reach_by) == (
        "The tank",
        ["pay", "craft"],
        "May",
        "phone: 0491 1",
    )
    assert interest.candidate_id == message.candidate_id
    assert find_placement(message.candidate_id).stage is StageName.INTERESTED
    assert queries.current_response(message.candidate_id).answer == "interested"
    delivery = db.session.query(Delivery).filter_by(purpose=Purpose.CONFIRMATION).one()
    letter = emails.compose(delivery)
    assert letter.values["first_name"] == "Ada"
    assert "arrived" in letter.subject
    assert letter.notice
    assert "Sielwerk GmbH" in letter.footer[0]


def test_consent_is_kept_for_two_years_and_only_when_given(client, message, link):
    send(client, f"{link}/interest", attracts="a")
    assert current_basis(message.candidate_id).basis is Basis.LEGITIMATE_INTEREST
    send(client, f"{link}/interest", attracts="b", consent="y")
    basis = current_basis(message.candidate_id)
    assert basis.basis is Basis.CONSENT
    assert timedelta(days=720) < basis.until - clock.now() < timedelta(days=740)


def test_the_form_behind_a_link_asks_for_no_name_and_no_address(client, link):
    page = text_of(client.get(f"{link}/interest", headers=BROWSER))
    assert 'name="email"' not in page
    assert "<bdi>Ada</bdi>" in page


def test_without_a_link_the_form_makes_a_candidate_of_the_company_site(client, app):
    assert send(client, "/interest", **WHO, attracts="Gates").status_code == 303
    candidate = db.session.query(Candidate).one()
    assert (candidate.full_name, candidate.email, candidate.source.name) == ("Ada Novak", "ada@home.example", "Company site")
    assert find_placement(candidate.id).stage is StageName.INTERESTED
    assert db.session.query(Touchpoint).filter_by(kind=Kind.INTEREST_GIVEN, candidate_id=candidate.id).count() == 1


def test_without_a_link_nobody_is_added_twice_nor_renamed_nor_brought_back(client, message):
    candidates.unsubscribe(message.candidate)
    candidates.stop_contact(message.candidate)
    send(client, "/interest", name="Mallory", email="ADA@firm.example")
    db.session.expire_all()
    candidate = db.session.query(Candidate).one()
    assert candidate.full_name == "Ada Novak"
    assert candidate.unsubscribed_at is not None
    assert candidate.do_not_contact_at is not None
    assert db.session.query(Response).count() == 0


@pytest.mark.parametrize("path", ["/interest"])
def test_a_suppressed_person_sees_the_same_and_nothing_is_kept(client, message, path):
    bob = dict(WHO, score="3", given_by="me", good="g")
    plain = send(client, path, **bob)
    candidates.object_to_contact(db.session.query(Candidate).filter_by(email=WHO["email"]).one())
    before = {table.name: db.session.query(table).count() for table in Base.metadata.sorted_tables}
    again = send(client, path, **bob)
    assert (again.status_code, again.location) == (plain.status_code, plain.location)
    assert {table.name: db.session.query(table).count() for table in Base.metadata.sorted_tables} == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": ""}, "The mail address is missing."),
        ({"email": "ada.novak@example"}, "lacks its domain"),
        ({"name": ""}, "Tell us what to call you."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"attracts": "x" * 10_001}, "At most 10,000 characters"),
    ],
)
def test_errors_stand_beside_the_field_and_in_the_summary_and_nothing_typed_is_lost(client, app, fields, words):
    typed = (
        WHO
        | {"attracts": "How is it tested?", "available": "In May", "reach": "0491 555", "matters": ["pay"], "consent": "y"}
        | fields
    )
    response = send(client, "/interest", **typed)
    page = text_of(response)
    assert response.status_code == 422
    assert page.count(words) == 2
    assert 'role="alert"' in page
    assert 'aria-invalid="true"' in page
    for name in ("name", "email", "attracts", "available", "reach"):
        assert typed[name] in page
    assert re.search(r'<input[^>]*checked[^>]*value="pay"', page)
    assert db.session.query(Candidate).count() == 0


def test_the_forms_say_what_browsers_may_fill_in(client, app):
    page = text_of(client.get("/interest"))
    for value in ('autocomplete="name"', 'autocomplete="email"', 'autocomplete="tel"'):
        assert value in page
    assert "data-keep" in page


@pytest.mark.parametrize("path", ["/interest"])
def test_a_double_press_is_one_submission(client, message, link, path):
    fields = {"form_token": form_token(), "attracts": "once", "score": "8", "good": "once", "given_by": "me"}
    for _press in range(2):
        assert client.post(link + path, data=fields).status_code == 303
    assert db.session.query(Interest).count() == 1
    assert db.session.query(Delivery).filter_by(purpose=Purpose.CONFIRMATION).count() <= 1


@pytest.mark.parametrize(("path", "table"), [("/interest", Interest)])
def test_twenty_posts_at_once_are_one(app, path, table):
    fields = WHO | {"form_token": form_token(), "attracts": "once"}
    statuses = at_once(app, 20, lambda: app.test_client().post(path, data=fields).status_code)
    assert statuses == [303] * 20
    assert db.session.query(table).count() == 1
    assert db.session.query(Candidate).count() == 1


def test_going_back_and_adding_words_is_kept_too(client, message, link):
    token = form_token()
    for words in ("First thought", "First thought, and a second"):
        client.post(f"{link}/interest", data={"form_token": token, "attracts": words})
    assert [row.attracts for row in db.session.query(Interest).order_by(Interest.id)] == [
        "First thought",
        "First thought, and a second",
    ]


@pytest.mark.parametrize("path", ["/interest"])
def test_a_post_that_falls_into_the_trap_looks_accepted_and_waits_aside(client, app, path):
    fields = WHO | {"score": "1", "good": "buy", "attracts": "buy", "given_by": "me"}
    honest = send(client, path, **fields)
    db.session.query(Interest).delete()
    db.session.commit()
    robot = send(client, path, website="http://spam.example", **fields)
    assert (robot.status_code, robot.location) == (honest.status_code, honest.location)
    assert db.session.query(Interest).count() == 0
    assert db.session.query(Quarantine).one().form == path[1:]


def test_quarantine_is_forgotten_after_seven_days(client, app):
    send(client, "/interest", website="x", **WHO)
    assert services.purge() == 0
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert services.purge() == 1
    assert db.session.query(Quarantine).count() == 0


def test_a_form_sent_within_three_seconds_is_shown_again_with_all_that_was_typed(client, app):
    response = send(client, "/interest", seconds=1, attracts="Quick fingers", **WHO)
    page = text_of(response)
    assert response.status_code == 200
    assert "Quick fingers" in page
    assert "data-work=" in page
    assert 'name="confirmed"' in page
    assert db.session.query(Interest).count() == 0


def test_one_more_press_sends_it_without_a_script(client, app):
    page = text_of(send(client, "/interest", seconds=1, **WHO))
    assert 'name="confirmed"' in page
    assert send(client, "/interest", seconds=2, confirmed="1", **WHO).status_code == 303
    assert db.session.query(Interest).count() == 1


def test_work_done_by_the_browser_sends_it_at_once(client, app):
    page = text_of(send(client, "/interest", seconds=1, **WHO))
    challenge = re.search(r'data-work="([^"]+):\d+"', page)[1]
    assert f'name="form_token" value="{challenge}"' in page
    response = client.post("/interest", data={"form_token": challenge, "confirmed": "1", "work": solve(challenge), **WHO})
    assert response.status_code == 303
    assert db.session.query(Interest).count() == 1


def test_a_page_that_was_open_for_more_than_a_day_loses_nothing(client, app):
    response = send(client, "/interest", seconds=25 * 3600, attracts="Written yesterday", **WHO)
    page = text_of(response)
    assert response.status_code == 200
    assert "Written yesterday" in page
    assert "Nothing is lost" in page
    fresh = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    assert fresh != form_token(25 * 3600)


@pytest.mark.parametrize("path", ["/interest"])
def test_html_in_every_field_is_shown_as_typed(client, app, hana, path):
    names = ("name", "attracts", "available", "reach", "good", "bad")
    fields = dict.fromkeys(names, NASTY) | {"email": NASTY, "matters": NASTY, "way": NASTY, "score": NASTY, "given_by": "me"}
    page = text_of(send(client, path, **fields))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    send(client, path, **fields | {"email": "n@home.example", "matters": ["pay"], "way": "mail", "score": "1"})
    assert "<script>alert" not in text_of(hana.get("/console/answers"))


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_arrive_as_typed(client, app, name):
    send(client, "/interest", name=name, email="n@home.example", attracts=name * 20)
    assert db.session.query(Candidate).one().full_name == name
    assert db.session.query(Interest).one().attracts == name * 20


def test_ten_thousand_characters_arrive_whole(client, app):
    text = "שלום wörld\n" * 909
    send(client, "/interest", attracts=text.strip(), **WHO)
    assert db.session.query(Interest).one().attracts.replace("\r\n", "\n") == text.strip()


@pytest.mark.parametrize("path", ["/interest"])
def test_forms_set_no_cookie_and_are_not_kept_by_caches(client, app, path):
    response = client.get(path)
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/interest"])
def test_a_form_without_our_token_is_refused(client, app, path):
    assert client.post(path, data=WHO).status_code == 400


def test_typing_somebodys_address_again_and_again_fills_no_mail_box(client):
    for number in range(5):
        assert send(client, "/interest", attracts=f"Number {number}", **WHO).status_code == 303
    assert db.session.query(Interest).count() == 5
    assert db.session.query(Delivery).filter_by(purpose=Purpose.CONFIRMATION).count() == 1
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        send(client, "/interest", attracts="Still there", **WHO)
    assert db.session.query(Delivery).filter_by(purpose=Purpose.CONFIRMATION).count() == 2


def test_of_an_erased_person_a_form_kept_aside_brings_nothing_back(client, make, message):
    fields = {"matters": [], "attracts": "The tank", "consent": True}
    row = services.keep_aside("interest", message.link, fields, "looked like a robot")
    message.candidate.erased_at, message.candidate.email = clock.now(), None
    db.session.commit()
    before = db.session.query(Touchpoint).count()
    services.release(row)
    assert db.session.query(Interest).count() == db.session.query(Quarantine).count() == 0
    assert db.session.query(Touchpoint).count() == before
