"""Taking answers: shown before they are kept, nothing typed is lost, once each, robots aside, wishes to be answered seen."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask_babel import force_locale

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import Base, db
from portal.feedback import queries, services
from portal.feedback.details import Said, Sheet
from portal.feedback.models import Aside, Feedback, FormKey, Sealed
from portal.outreach import services as outreach
from portal.pipeline.queries import find_placement
from portal.timeline.models import Kind, Touchpoint
from tests.feedback import SAID, asked, csrf_of, form_token, look, send
from tests.outreach import BROWSER, at_once
from tests.submissions import at_this_moment

NASTY = "<script>alert(1)</script>\"'&{{ 7*7 }}{% raw %} **bold** [link](javascript:x)"
WHO = {"name": "Ada Novak", "email": "ada@home.example"}


def text_of(response) -> str:
    return response.get_data(as_text=True)


def answer_in(page: str) -> str:
    """The answer on a page, as it is written there, without the links of the console."""
    return re.sub(
        r"\s+", " ", re.sub(r"</?a\b[^>]*>", "", re.search(r'<article class="answer">.*?</article>', page, re.DOTALL)[0])
    )


def fill_batch(count: int = 5, **more) -> None:
    for number in range(count):
        said = Said(score=8, marks=(5, None, None, None), words=("The tea", "The wait in the hall"))
        services.give_unnamed(Said(**vars(said) | more), f"key {number} {more}")


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada Novak", email="ada@firm.example"))


@pytest.fixture
def link(message) -> str:
    return f"/l/{outreach.token_of(message.link)}"


def test_an_anonymous_answer_is_shown_before_it_is_sent_exactly_as_staff_will_see_it(client, hana):
    page = text_of(look(client, "/feedback"))
    assert "This is what we will see" in page
    assert db.session.query(Sealed).count() == 0
    fill_batch(4)
    assert send(client, "/feedback").status_code == 303
    services.release_batches()
    assert answer_in(text_of(hana.get("/console/feedback"))) == answer_in(page)


def test_an_answer_by_name_is_shown_before_it_is_sent_exactly_as_staff_will_see_it(client, hana):
    page = text_of(look(client, "/feedback/named", wants_contact="y", **WHO))
    assert "Ada Novak" in answer_in(page)
    assert send(client, "/feedback/named", wants_contact="y", **WHO).status_code == 303
    assert answer_in(text_of(hana.get("/console/feedback"))).replace("wants to hear from you", "") == answer_in(page).replace(
        "wants to hear from you", ""
    )


def test_looking_may_be_followed_by_changing_and_nothing_is_lost(client, app):
    page = text_of(client.post("/feedback", data={"form_token": form_token(), "change": "1"} | SAID))
    assert "The wait in the hall" in page
    assert re.search(r'<input[^>]*checked[^>]*value="8"', page)
    assert db.session.query(Sealed).count() == db.session.query(FormKey).count() == 0


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/feedback", {"score": ""}, "Choose a number from 0 to 10."),
        ("/feedback", {"score": "11"}, "Not a valid choice"),
        ("/feedback", {"words_0": "x" * 3001}, "At most 3000 characters"),
        ("/feedback/named", {"email": ""}, "The mail address is missing."),
        ("/feedback/named", {"name": ""}, "Tell us what to call you."),
    ],
)
def test_errors_stand_beside_the_field_and_in_the_summary_and_nothing_typed_is_lost(client, app, path, fields, words):
    for press in (look, send):
        response = press(client, path, **WHO | fields)
        page = text_of(response)
        assert response.status_code == 422
        assert page.count(words) == 2
        assert 'role="alert"' in page
        assert "The wait in the hall" in page
    assert db.session.query(Sealed).count() == db.session.query(Feedback).count() == 0


def test_behind_a_personal_link_the_way_without_a_name_leads_off_it(client, link):
    page = text_of(client.get(f"{link}/feedback", headers=BROWSER))
    assert 'href="/feedback"' in page
    assert f'href="{link}/feedback/named"' in page
    assert client.post(f"{link}/feedback", data={"form_token": form_token()} | SAID).status_code in {404, 405}
    named = text_of(client.get(f"{link}/feedback/named", headers=BROWSER))
    assert 'name="email"' not in named
    assert "<bdi>Ada</bdi>" in named


def test_an_answer_by_name_is_a_touchpoint_and_moves_nobody(client, message, link):
    assert send(client, f"{link}/feedback/named", score="9").location.endswith("/feedback/thanks")
    row = db.session.query(Feedback).one()
    assert (row.candidate_id, row.anonymous, row.on) == (message.candidate_id, False, clock.today("Europe/Berlin"))
    assert db.session.query(Touchpoint).filter_by(kind=Kind.FEEDBACK_GIVEN).count() == 1
    assert find_placement(message.candidate_id) is None


@pytest.mark.parametrize(("path", "table"), [("/feedback", Sealed), ("/feedback/named", Feedback)])
def test_twenty_posts_at_once_are_one(app, path, table):
    fields = WHO | SAID | {"form_token": form_token(), "seen": "1"}
    statuses = at_once(app, 20, lambda: app.test_client().post(path, data=fields).status_code)
    assert statuses == [303] * 20
    assert db.session.query(table).count() == 1
    assert db.session.query(Candidate).count() == (0 if table is Sealed else 1)


def test_answers_are_kept_though_staff_took_the_name_of_the_open_form(app):
    services.add_questionnaire("Open form", queries.first_sheet())
    fill_batch(1)
    services.edit_open(Sheet(**vars(queries.first_sheet()) | {"title": "How was it?"}))
    assert queries.open_sheet().title == "How was it?"


def test_a_suppressed_person_sees_the_same_and_nothing_is_kept(client, app):
    plain = send(client, "/feedback/named", **WHO)
    candidates.object_to_contact(db.session.query(Candidate).filter_by(email=WHO["email"]).one())
    before = {table.name: db.session.query(table).count() for table in Base.metadata.sorted_tables}
    again = send(client, "/feedback/named", words_0="other", **WHO)
    assert (again.status_code, again.location) == (plain.status_code, plain.location)
    assert {table.name: db.session.query(table).count() for table in Base.metadata.sorted_tables} == before


def test_a_form_sent_within_three_seconds_is_shown_again_and_one_more_press_sends_it(client, app):
    with at_this_moment():
        fields = {"form_token": form_token(1), "seen": "1"} | SAID
        page = text_of(client.post("/feedback", data=fields))
    assert "One more press" in page
    assert "data-work=" in page
    assert "The wait in the hall" in page
    assert db.session.query(Sealed).count() == 0
    assert client.post("/feedback", data=fields | {"form_token": form_token(4), "confirmed": "1"}).status_code == 303
    assert db.session.query(Sealed).count() == 1


@pytest.mark.parametrize("path", ["/feedback", "/feedback/named", "/feedback/asked"])
def test_a_robots_post_looks_accepted_and_waits_a_week_for_a_person_to_take_it_in(client, hana, make, path):
    if path == "/feedback/asked":
        path = f"/feedback/asked/{queries.token_of(asked(make.reader('Ada')))}/named"
    assert send(client, path, website="http://spam.example", **WHO).status_code == 303
    assert db.session.query(Sealed).count() == db.session.query(Feedback).count() == 0
    row = db.session.query(Aside).one()
    page = text_of(hana.get("/console/feedback/aside"))
    assert ("The tea" in page) == ("named" in path)
    token = csrf_of(hana, "/console/feedback/aside")
    assert hana.post(f"/console/feedback/aside/{row.id}/releases", data={"csrf_token": token}).status_code == 303
    assert db.session.query(Sealed).count() + db.session.query(Feedback).count() == 1
    assert db.session.query(Aside).count() == 0


def test_what_was_kept_aside_is_thrown_away_by_hand_or_after_a_week(client, hana):
    for number in range(2):
        send(client, "/feedback", website="x", words_0=str(number))
    row = db.session.query(Aside).first()
    token = csrf_of(hana, "/console/feedback/aside")
    hana.post(f"/console/feedback/aside/{row.id}/releases", data={"csrf_token": token, "discard": "1"})
    assert services.purge() == 0
    with time_machine.travel(clock.now() + timedelta(days=8, minutes=1)):
        assert services.purge() == 1
    assert db.session.query(Aside).count() == db.session.query(Sealed).count() == 0


def test_of_an_erased_person_a_post_kept_aside_brings_nothing_back(message):
    row = services.keep_aside(Said(score=9, anonymous=False), "looked like a robot", link=message.link, key="k")
    message.candidate.erased_at, message.candidate.email = clock.now(), None
    db.session.commit()
    services.release(row)
    assert db.session.query(Feedback).count() == db.session.query(Aside).count() == 0


def test_html_in_every_field_is_shown_as_typed_and_never_rendered_as_markdown(client, hana):
    fields = {"words_0": NASTY, "words_1": NASTY, "name": NASTY, "email": "n@home.example"}
    for page in (
        text_of(look(client, "/feedback/named", **fields)),
        text_of(send(client, "/feedback/named", score="", **fields)),
    ):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    send(client, "/feedback/named", **fields)
    page = text_of(hana.get("/console/feedback"))
    assert "<script>alert" not in page
    assert "**bold** [link](javascript:x)" in page


def test_who_wants_to_hear_from_us_waits_until_somebody_answered(client, hana, link, message):
    send(client, f"{link}/feedback/named", wants_contact="y")
    page = text_of(hana.get("/console/feedback"))
    assert "1 person wants to hear from you." in page
    assert "Answer their feedback" in text_of(hana.get("/console"))
    row = db.session.query(Feedback).one()
    assert (
        hana.post(f"/console/feedback/{row.id}/settlings", data={"csrf_token": csrf_of(hana, "/console/feedback")}).status_code
        == 303
    )
    assert queries.list_waiting() == []
    db.session.expire_all()
    assert find_placement(message.candidate_id).next_step == ""
    assert "wants to hear from you" not in text_of(hana.get("/console/feedback"))


def test_what_staff_are_to_do_is_kept_in_english_whatever_the_candidate_reads(client, link, message):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    send(client, f"{link}/feedback/named", wants_contact="y")
    assert find_placement(message.candidate_id).next_step == "Answer their feedback"
    with force_locale("de"):
        services.settle(db.session.query(Feedback).one())
    assert find_placement(message.candidate_id).next_step == ""


def test_scores_show_from_five_answers_up_by_month_and_by_questionnaire(hana, app):
    fill_batch(4, score=10)
    services.give_named(None, Said(score=3, anonymous=False, **WHO), "by name")
    services.release_batches()
    page = text_of(hana.get("/console/feedback"))
    assert "below 5 answers" in page
    assert queries.score() == queries.Score(1, None)
    fill_batch(1, score=9)
    services.release_batches()
    assert queries.score() == queries.Score(6, 67)
    assert list(queries.scores_by_month().values()) == [queries.Score(6, 67)]
    assert list(queries.scores_by_questionnaire().values()) == [queries.Score(6, 67)]
    assert "+67" in text_of(hana.get("/console/feedback"))


def test_an_answer_keeps_the_words_it_was_asked_with(client, hana, make):
    request = asked(make.reader("Ada"))
    send(client, f"/feedback/asked/{queries.token_of(request)}/named")
    late = asked(make.reader("Bob"))
    sheet = request.version.questionnaire
    token = csrf_of(hana, f"/console/feedback/questions/{sheet.id}")
    fields = {"csrf_token": token, "name": sheet.name, "title": "How was the talk?", "score": "Worth your time?"}
    assert hana.post(f"/console/feedback/questions/{sheet.id}", data=fields | {"texts": "What did you miss?"}).status_code == 303
    page = answer_in(text_of(hana.get("/console/feedback")))
    assert "Would you advise a friend to deal with us?" in page
    assert "What was good?" in page
    assert "What was good?" in text_of(client.get(f"/feedback/asked/{queries.token_of(late)}/named"))
    fresh = asked(make.reader("Eve"))
    assert "What did you miss?" in text_of(client.get(f"/feedback/asked/{queries.token_of(fresh)}/named"))
    assert "Earlier wordings" in text_of(hana.get(f"/console/feedback/questions/{sheet.id}"))


def test_the_public_forms_set_no_cookie_are_kept_by_no_cache_and_need_our_token(client, app):
    for path in ("/feedback", "/feedback/named", "/feedback/thanks", "/what-we-changed"):
        response = client.get(path)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
    assert client.post("/feedback", data=SAID).status_code == 400
