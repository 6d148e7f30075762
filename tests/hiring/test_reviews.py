"""Managers are asked on three days, reminded once, answer by a link, and nobody reads what they said of one person."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.extensions import jobs
from portal.hiring import personal, queries, services
from portal.hiring.models import Hire, Leaving, Review
from portal.hiring.services import Marks
from portal.privacy import services as privacy
from portal.submissions.models import Quarantine
from tests.hiring import MANAGER, offer_to, today
from tests.mailserver import links_of, parse, text_of
from tests.pages import press
from tests.submissions import at_this_moment, form_token

ANSWERS = {"rating": "4", "satisfaction": "5", "employed": "yes"}


@pytest.fixture
def hire(make) -> Hire:
    """Ada began 90 days ago."""
    return services.record(offer_to(make.candidate("Ada Novak").id, accepted_on=today(-120), starts_on=today(-90)))


def later(days: int):
    return clock.standing_at(clock.now() + timedelta(days=days))


def mails() -> list:
    """What was mailed to managers, parsed."""
    while delivery.send_slice():
        pass
    own = db.select(OutboxMail.raw).join(Delivery, Delivery.id == OutboxMail.delivery_id)
    return [parse(raw) for raw in db.session.scalars(own.where(Delivery.purpose == Purpose.REVIEW).order_by(OutboxMail.id))]


def asked(hire: Hire) -> str:
    """The path of the form after its manager was asked."""
    return f"/reviews/{queries.token_of(services.ask(hire, 90))}"


def shown(answer) -> tuple[int, str]:
    """A page but for the number by which its log line is found."""
    return answer.status_code, re.sub(r"[0-9a-f]{16}", "", answer.text)


def send(client, path: str, seconds: float = 20, **fields):
    return client.post(path, data={"form_token": form_token("review", seconds), **(fields or ANSWERS)})


def test_a_manager_is_asked_on_each_of_three_days_and_once_for_each(hire):
    for day in (0, 1, 89, 90, 91, 275, 276):
        with later(day):
            jobs.run("hiring.ask")
    assert [review.day for review in queries.get_hire(hire.id).reviews] == [90, 180, 365]


def test_nobody_is_asked_before_the_day_long_after_it_or_about_who_is_gone(make, hire):
    about = {"candidate_id": None, "source_id": make.source().id, "accepted_on": today(-400)}
    services.record(offer_to(**about, starts_on=today(-89)))
    services.record(offer_to(**about, starts_on=today(-125)))
    services.record(offer_to(**about, starts_on=today(-90), manager_email=""))
    services.withdraw(services.record(offer_to(**about, starts_on=today(-90))))
    services.leave(services.record(offer_to(**about, starts_on=today(-90))), today(-1), Leaving.RESIGNED)
    assert [(row.id, day) for row, day in queries.list_due(today())] == [(hire.id, 90)]


def test_the_mail_names_the_person_and_leads_to_the_form(client, hire):
    services.ask_due()
    [mail] = mails()
    assert mail["To"].endswith(f"<{MANAGER['manager_email']}>")
    assert mail["Subject"] == "How is your colleague doing after 90 days?"
    assert "Ada Novak began on" in text_of(mail)
    link = next(link for link in links_of(mail) if "/reviews/" in link)
    assert "How does it go with Ada Novak?" in client.get(link.removeprefix("http://portal.test")).text


def test_two_people_of_one_manager_are_two_mails_on_one_day(make, hire):
    services.record(offer_to(make.candidate("Bea").id, accepted_on=today(-120), starts_on=today(-91)))
    services.ask_due()
    assert len(mails()) == 2


def test_silence_is_reminded_of_once_and_an_answer_is_not(client, hire):
    path = asked(hire)
    with later(6):
        assert services.remind_due() == 0
    with later(8):
        assert (services.remind_due(), services.remind_due()) == (1, 0)
        assert "This is the only reminder." in text_of(mails()[-1])
    other = services.ask(hire, 180)
    services.answer(other, Marks(3, None, 3, True))
    with later(9):
        assert services.remind_due() == 0
    assert path


def test_opening_the_form_says_nothing_and_sending_it_counts_once(client, hire):
    path = asked(hire)
    assert client.get(path).status_code == 200
    assert db.session.get(Review, hire.reviews[0].id).answered_at is None
    assert send(client, path).location == "/reviews/thanks"
    assert "Thank you" in client.get("/reviews/thanks").text
    review = hire.reviews[0]
    assert (review.rating, review.ramp_up, review.satisfaction, review.employed) == (4, None, 5, True)
    assert send(client, path, rating="1", satisfaction="1", employed="no").location == "/reviews/thanks"
    assert client.get(path).location == "/reviews/thanks"
    assert db.session.get(Review, review.id, populate_existing=True).rating == 4


def test_what_is_missing_or_out_of_range_is_asked_again_with_the_rest_kept(client, hire):
    path = asked(hire)
    answer = send(client, path, rating="4", satisfaction="9")
    assert answer.status_code == 422
    assert "Say whether they are still there." in answer.text
    assert hire.reviews[0].answered_at is None


def test_unknown_old_withdrawn_and_erased_links_look_alike(client, make, hire):
    path = asked(hire)
    unknown = client.get("/reviews/" + "x" * 22)
    assert unknown.status_code == 404
    nothing = shown(unknown)
    with later(61):
        assert shown(client.get(path)) == nothing
    services.withdraw(hire)
    assert shown(client.get(path)) == nothing
    services.withdraw(hire, False)
    privacy.erase(hire.candidate_id, "candidate")
    assert shown(client.get(path)) == nothing
    assert send(client, path).status_code == 404


def test_a_robot_sees_thanks_waits_aside_and_can_be_let_in(client, hana, hire):
    path = asked(hire)
    assert send(client, path, website="http://spam.example", **ANSWERS).location == "/reviews/thanks"
    assert db.session.get(Review, hire.reviews[0].id, populate_existing=True).answered_at is None
    assert [row.form for row in db.session.scalars(db.select(Quarantine))] == ["review"]
    press(hana, "/console/answers/quarantine", "A person: take it in")
    assert db.session.get(Review, hire.reviews[0].id, populate_existing=True).rating == 4


def test_too_quick_is_asked_once_more(client, hire):
    path = asked(hire)
    with at_this_moment():
        answer = send(client, path, seconds=0)
    assert "One more press" in answer.text


def test_staff_see_that_a_manager_answered_never_what(client, hana, hire):
    send(client, asked(hire), rating="2", ramp_up="1", satisfaction="3", employed="yes")
    for page in ("/console/hires", f"/console/hires/{hire.id}", f"/console/pipeline/{hire.candidate_id}"):
        shown = hana.get(page).text
        assert "Excellent" not in shown
        assert "of 5" not in shown
    assert "answered" in hana.get("/console/hires").text


def test_the_person_sees_every_mark_and_erasure_leaves_a_hire_of_nobody(client, hire):
    number = hire.candidate_id
    send(client, asked(hire))
    mails()
    told = personal.held(number)
    assert [item.facts.get("work, of 5") for item in told] == [None, 4]
    privacy.erase(number, "candidate")
    row = db.session.get(Hire, hire.id, populate_existing=True)
    assert (row.candidate_id, row.starts_on, row.reviews[0].rating) == (None, today(-90), 4)
    assert personal.held(number) == []
    assert not [mail for mail in mails() if "Novak" in mail.as_string()]
    with later(90):
        assert services.ask_due() == 0


def test_a_manager_who_says_they_left_shows_hana_what_to_note(client, hana, hire):
    send(client, asked(hire), rating="2", satisfaction="3", employed="no")
    assert "manager says: left" in hana.get("/console/hires").text
