"""One press: the response, the place in the pipeline, the touchpoint, and what the person wishes by it."""

from datetime import date, timedelta

import pytest
import time_machine

from portal import clock
from portal.candidates import services as candidates
from portal.db import db, transaction
from portal.outreach import services as outreach
from portal.outreach.models import Verdict, Visit
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName, StageTransition
from portal.pipeline.queries import find_placement
from portal.privacy.models import Basis
from portal.privacy.queries import current_basis
from portal.submissions import queries, services
from portal.submissions.models import Answer, DeclineReason, Response
from portal.timeline.models import Channel, Direction, Kind, Touchpoint
from tests.outreach import BROWSER, at_once
from tests.submissions import form_token, token_in

LATER = clock.now().date() + timedelta(days=90)  # asked for at import, far enough from any midnight


def press(client, token: str, page: str = "/interested", seconds: float = 20, **fields):
    """Open a page that asks, read it for a while as people do, and press its button."""
    made = token_in(client.get(f"/l/{token}/answer{page}", headers=BROWSER))
    with time_machine.travel(clock.now() + timedelta(seconds=seconds)):
        return client.post(f"/l/{token}/responses", data={"form_token": made, **fields}, headers=BROWSER)


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada"))


@pytest.fixture
def token(message):
    return outreach.token_of(message.link)


def stage_of(message) -> StageName:
    db.session.expire_all()
    return find_placement(message.candidate_id).stage


@pytest.mark.parametrize(
    ("page", "fields", "stage"),
    [
        ("/interested", {"answer": "interested"}, StageName.INTERESTED),
        ("/not-now", {"answer": "not now", "ask_on": LATER.isoformat()}, StageName.NOT_NOW),
        ("/no", {"answer": "no"}, StageName.DECLINED),
    ],
)
def test_an_answer_is_a_response_a_stage_and_a_touchpoint(client, message, token, page, fields, stage):
    response = press(client, token, page, **fields)
    assert response.status_code == 303
    assert stage_of(message) is stage
    current = queries.current_response(message.candidate_id)
    assert current.answer == fields["answer"]
    [touchpoint] = db.session.query(Touchpoint).filter_by(kind=Kind.RESPONDED)
    assert (touchpoint.direction, touchpoint.channel, touchpoint.campaign_id) == (Direction.IN, Channel.WEB, message.campaign_id)
    assert client.get(response.location).status_code == 200


def test_the_address_of_the_thanks_tells_nothing_of_the_person(client, token):
    location = press(client, token, "/no", answer="no", reason="pay", comment="too little").location
    assert "Ada" not in location
    assert "pay" not in location
    assert "too" not in location


def test_a_no_stops_everything_and_keeps_its_reason(client, message, token):
    press(client, token, "/no", answer="no", reason="place", comment="Too far from the mountains")
    db.session.expire_all()
    current = queries.current_response(message.candidate_id)
    assert (current.reason, current.comment) == (DeclineReason.PLACE, "Too far from the mountains")
    assert message.candidate.unsubscribed_at is not None
    assert message.candidate.do_not_contact_at is not None


def test_answering_interested_later_takes_the_no_back(client, message, token):
    press(client, token, "/no", answer="no")
    press(client, token, answer="interested")
    db.session.expire_all()
    assert message.candidate.unsubscribed_at is None
    assert message.candidate.do_not_contact_at is None
    assert stage_of(message) is StageName.INTERESTED


def test_two_noes_and_a_yes_are_a_yes(client, message, token):
    for reason in ("pay", "place"):
        press(client, token, "/no", answer="no", reason=reason)
    press(client, token, answer="interested")
    db.session.expire_all()
    assert (message.candidate.unsubscribed_at, message.candidate.do_not_contact_at) == (None, None)


def test_a_yes_does_not_lift_what_staff_or_the_person_stopped_in_another_way(client, message, token):
    candidates.unsubscribe(message.candidate)
    candidates.stop_contact(message.candidate)
    press(client, token, "/no", answer="no")
    press(client, token, answer="interested")
    db.session.expire_all()
    assert message.candidate.unsubscribed_at is not None
    assert message.candidate.do_not_contact_at is not None


def test_an_objection_outlives_a_later_yes(client, message, token):
    press(client, token, "/no", answer="no")
    candidates.object_to_contact(message.candidate)
    assert press(client, token, answer="interested").status_code == 303
    db.session.expire_all()
    assert message.candidate.do_not_contact_at is not None


def test_not_now_is_silence_until_the_day_and_permission_to_keep_the_address_so_long(client, message, token):
    late = clock.now().date() + timedelta(days=600)
    press(client, token, "/not-now", answer="not now", ask_on=late.isoformat())
    db.session.expire_all()
    assert message.candidate.paused_until == late
    basis = current_basis(message.candidate_id)
    assert basis.basis is Basis.CONSENT
    assert timedelta(days=20) < basis.until.date() - late < timedelta(days=40)
    assert find_placement(message.candidate_id).next_step_on == late


def test_interested_after_not_now_ends_the_silence(client, message, token):
    press(client, token, "/not-now", answer="not now", ask_on=LATER.isoformat())
    press(client, token, answer="interested")
    db.session.expire_all()
    assert message.candidate.paused_until is None


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "2099-01-01", clock.now().date().isoformat()])
def test_not_now_needs_a_day_between_tomorrow_and_two_years(client, message, token, day):
    response = press(client, token, "/not-now", answer="not now", ask_on=day)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.get_data(as_text=True)
    assert queries.current_response(message.candidate_id) is None


def test_answering_again_replaces_and_keeps_both(client, message, token):
    press(client, token, answer="interested")
    press(client, token, "/no", answer="no")
    rows = queries.list_responses(message.candidate_id)
    assert [row.answer for row in rows] == [Answer.NO, Answer.INTERESTED]
    assert [row.replaced_at is None for row in rows] == [True, False]


def test_the_same_form_twice_is_one_answer(client, message, token):
    made = form_token("choice")
    for _press in range(2):
        response = client.post(f"/l/{token}/responses", data={"form_token": made, "answer": "interested"})
        assert response.status_code == 303
    assert db.session.query(Response).count() == 1
    assert db.session.query(Touchpoint).filter_by(kind=Kind.RESPONDED).count() == 1


def test_going_back_and_choosing_another_day_counts_and_the_first_again_too(client, message, token):
    made = form_token("choice")
    days = [LATER, LATER + timedelta(days=30), LATER, LATER]
    for day in days:
        fields = {"form_token": made, "answer": "not now", "ask_on": day.isoformat()}
        client.post(f"/l/{token}/responses", data=fields)
    assert [row.ask_on for row in reversed(queries.list_responses(message.candidate_id))] == days[:3]
    assert queries.current_response(message.candidate_id).ask_on == LATER


def test_twenty_posts_at_once_are_one_answer_one_move_one_touchpoint(app, client, message, token):
    made = form_token("choice")
    fields = {"form_token": made, "answer": "interested"}
    statuses = at_once(app, 20, lambda: app.test_client().post(f"/l/{token}/responses", data=fields).status_code)
    assert statuses == [303] * 20
    assert db.session.query(Response).count() == 1
    assert db.session.query(StageTransition).count() == 1
    assert db.session.query(Touchpoint).filter_by(kind=Kind.RESPONDED).count() == 1


def test_an_answer_proves_that_a_person_opened_the_link(client, message, token):
    client.head(f"/l/{token}", headers=BROWSER)
    press(client, token, answer="interested")
    outreach.classify()
    db.session.expire_all()
    assert [(visit.verdict, visit.rule) for visit in db.session.query(Visit).order_by(Visit.id)] == [
        (Verdict.MACHINE, "head"),
        (Verdict.HUMAN, "answer"),
    ]
    assert stage_of(message) is StageName.INTERESTED


@pytest.mark.parametrize("stage", [StageName.IN_CONVERSATION, StageName.CONSIDERED, StageName.HIRED])
def test_a_yes_moves_nobody_back_who_is_further(client, message, token, stage):
    pipeline.move(message.candidate_id, stage, "talked on the phone")
    press(client, token, answer="interested")
    assert stage_of(message) is stage


@pytest.mark.parametrize("fields", [{}, {"answer": ""}, {"answer": "maybe"}, {"answer": "no", "reason": "because"}])
def test_an_answer_that_does_not_exist_is_refused_on_its_page(client, message, token, fields):
    assert press(client, token, **fields).status_code == 422
    assert db.session.query(Response).count() == 0


def test_a_comment_may_have_ten_thousand_characters_and_not_one_more(client, message, token):
    long = "é" * 10_001
    refused = press(client, token, "/no", answer="no", comment=long)
    assert refused.status_code == 422
    assert long in refused.get_data(as_text=True)
    assert press(client, token, "/no", answer="no", comment="é" * 10_000).status_code == 303
    assert len(queries.current_response(message.candidate_id).comment) == 10_000


def test_a_post_without_our_form_answers_nothing(client, message, token):
    assert client.post(f"/l/{token}/responses", data={"answer": "interested"}).status_code == 400
    assert client.post(f"/l/{token}/responses", data={"answer": "interested", "form_token": "forged"}).status_code == 400
    assert db.session.query(Response).count() == 0


def test_an_unknown_link_answers_nothing(client, token):
    made = form_token("choice")
    response = client.post("/l/" + "x" * 22 + "/responses", data={"form_token": made, "answer": "interested"})
    assert response.status_code == 404


def test_an_answer_that_fails_half_way_leaves_nothing(app, message, monkeypatch):
    def fail(*arguments, **more):
        raise RuntimeError

    monkeypatch.setattr(outreach, "answered", fail)
    with pytest.raises(RuntimeError):
        services.respond(message.link, Answer.NO, form_key="k")
    db.session.expire_all()
    assert db.session.query(Response).count() == 0
    assert find_placement(message.candidate_id) is None
    assert message.candidate.do_not_contact_at is None


def test_the_day_of_the_answer_stays_the_same_moment_everywhere(message):
    response = services.respond(message.link, Answer.NO, form_key="k")
    with transaction():
        assert response.at == message.candidate.do_not_contact_at == message.candidate.unsubscribed_at
    assert isinstance(response.at.date(), date)
