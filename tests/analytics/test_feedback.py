"""Metric 7, worked out by hand."""

from datetime import date

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.db import transaction
from portal.delivery.models import Delivery, Purpose, Status
from portal.feedback.models import Event, Feedback, FormKey, Questionnaire, Request, Rule, Version
from portal.feedback.queries import ballot_key, ballot_of
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Channel, Direction, Kind, Touchpoint
from tests.analytics.histories import NOW, at, campaigns, write

OUT = Kind.OUTREACH_DELIVERED
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _today():
    with clock.standing_at(NOW):
        yield


def moved(candidate_id, *steps):
    """Steps are (moment, stage)."""
    with transaction() as session:
        placement = Placement(candidate_id=candidate_id, stage=steps[-1][1], since=steps[-1][0])
        session.add_all([StageTransition(placement=placement, to_stage=stage, at=moment) for moment, stage in steps])


def said(candidate_id, moment, score):
    with transaction() as session:
        row = Feedback(candidate_id=candidate_id, score=score, anonymous=False, on=moment.date())
        session.add(row)
        session.flush()
        about = {"subject_type": "feedback", "subject_id": row.id, "channel": Channel.WEB, "direction": Direction.IN}
        session.add(Touchpoint(candidate_id=candidate_id, kind=Kind.FEEDBACK_GIVEN, at=moment, **about))


def unnamed(month, *scores):
    with transaction() as session:
        session.add_all([Feedback(score=score, anonymous=True, on=month) for score in scores])


def asked(candidate_id, moment, *, answered, status=Status.SENT):
    """A request; an answer to it leaves nothing but the digest of its ballot."""
    with transaction() as session:
        sheet = session.query(Questionnaire).one_or_none() or Questionnaire(name="After a talk", created_at=NOW)
        wording = session.query(Version).one_or_none() or Version(
            questionnaire=sheet, number=1, title="t", score="s", created_at=NOW
        )
        rule = session.query(Rule).one_or_none() or Rule(
            name="r", event=Event.MOVED, delay_days=1, questionnaire=sheet, subject="s", body="b", created_at=NOW
        )
        session.add_all([wording, rule])
        session.flush()
        number = session.query(Request).count() + 1
        request = Request(
            rule=rule, version_id=wording.id, candidate_id=candidate_id, touchpoint_id=number, nonce=f"n{number}",
            token_hash=f"h{number}", asked_at=moment,
        )  # fmt: skip
        session.add(request)
        session.flush()
        mail = {"purpose": Purpose.FEEDBACK, "subject_id": 2 * request.id, "message_id": f"m{number}"}
        session.add(Delivery(candidate_id=candidate_id, status=status, not_before=moment, created_at=moment, **mail))
        if answered:
            session.add(FormKey(digest=ballot_key(ballot_of(request))))


def told(rows):
    return {row.key: (row.answers, row.score) for row in rows}


def test_the_score_counts_the_latest_answer_of_each_process(make):
    """Ada: 3, then 10 in the same process, 0 in a process 200 days later. Four others: 9, 9, 7, 6. So 10 0 9 9 7 6: +17."""
    a, b = campaigns(make, 2)
    ada, *others = (make.person(name).id for name in ("Ada", "Cem", "Dana", "Eli", "Fay"))
    write(ada, (at("2026-01-10"), OUT, a), (at("2026-07-29"), OUT, b))
    said(ada, at("2026-02-01"), 3)
    said(ada, at("2026-03-01"), 10)
    said(ada, at("2026-08-20"), 0)
    for person, score in zip(others, (9, 9, 7, 6), strict=True):
        said(person, at("2026-03-10"), score)
    total = queries.candidate_feedback(YEAR).total
    assert (total.answers, total.promoters, total.passives, total.detractors, total.score) == (6, 3, 1, 2, 17)
    # With three imagined answers 3.75 of 9 promote, 2.75 detract: 11.1 with a standard error of 28.1.
    assert (total.low, total.high) == (-44, 66)
    months = {row.label: row.answers for row in queries.candidate_feedback(YEAR).by_month if row.answers}
    assert months == {"2026-03": 5, "2026-08": 1}
    assert queries.candidate_feedback(Filters(YEAR.since, YEAR.until, campaign_id=b)).total.answers == 1
    spring = queries.candidate_feedback(Filters(date(2026, 3, 1), date(2026, 3, 31))).total
    assert (spring.answers, spring.score) == (5, 40)


def test_below_five_answers_no_score_and_no_part_of_it_is_told(make):
    for score in (10, 10, 10, 0):
        said(make.person("Ada").id, at("2026-03-10"), score)
    total = queries.candidate_feedback(YEAR).total
    assert (total.answers, total.score, total.promoters, total.passives, total.detractors) == (4, None, None, None, None)
    assert (total.low, total.high) == (None, None)


def test_scores_by_stage_reached_and_by_outcome(make):
    """Five reached the conversation and were declined by themselves later; five were hired, one of them after standing aside."""
    for number in range(5):
        gone = make.person(f"Gone {number}").id
        moved(
            gone,
            (at("2026-03-01"), StageName.IN_CONVERSATION),
            (at("2026-03-02"), StageName.NOT_NOW),
            (at("2026-05-01"), StageName.DECLINED),
        )
        said(gone, at("2026-03-10"), 2 if number else 9)
        new = make.person(f"New {number}").id
        moved(new, (at("2026-03-01"), StageName.CONSIDERED), (at("2026-06-01"), StageName.HIRED))
        said(new, at("2026-03-10") if number else at("2026-06-02"), 10)
    found = queries.candidate_feedback(YEAR)
    assert told(found.by_stage) == {"in conversation": (5, -60), "considered": (4, None), "hired": (1, None)}
    assert told(found.by_outcome) == {"hired": (5, 100), "declined": (5, -60)}


def test_anonymous_answers_are_in_the_whole_and_in_their_month_only(make):
    unnamed(date(2026, 3, 1), 10, 10, 9, 8, 0)
    for number in range(5):
        said(make.person(f"Ada {number}").id, at("2026-03-10"), 0)
    found = queries.candidate_feedback(YEAR)
    assert (found.total.answers, found.total.score, found.unnamed, found.left_out) == (10, -30, 5, 0)
    assert [(row.label, row.score) for row in found.by_month if row.answers] == [("2026-03", -30)]
    assert [(row.answers, row.score) for row in found.by_stage] == [(5, -100)]
    chosen = queries.candidate_feedback(Filters(YEAR.since, YEAR.until, source_id=make.source().id))
    assert (chosen.total.answers, chosen.total.score, chosen.unnamed, chosen.left_out) == (5, -100, 0, 5)
    # A period that begins within the month has the whole batch; one that ended before has none.
    assert queries.candidate_feedback(Filters(date(2026, 3, 20), date(2026, 4, 1))).total.answers == 5
    assert queries.candidate_feedback(Filters(date(2026, 2, 1), date(2026, 2, 28))).total.answers == 0


def test_the_answer_rate_counts_requests_that_left_and_hides_few(make):
    people = [make.person(f"Ada {number}").id for number in range(6)]
    for number, person in enumerate(people):
        moved(person, (at("2026-03-01"), StageName.CONSIDERED if number < 5 else StageName.INTERESTED))
        asked(person, at("2026-03-05"), answered=number < 2)
    asked(make.person("Bob").id, at("2026-03-05"), answered=False, status=Status.WITHHELD)
    found = queries.candidate_feedback(YEAR)
    assert (found.total.asked.hits, found.total.asked.of) == (2, 6)
    stages = {row.key: (row.asked.hits, row.asked.of) for row in found.by_stage}
    assert stages == {"considered": (2, 5), "interested": (0, 0)}


def test_no_feedback_is_an_empty_report(app):
    found = queries.candidate_feedback(YEAR)
    assert (found.total.answers, found.total.score, found.total.asked.of) == (0, None, 0)
    assert not found.by_stage
    assert len(found.by_month) == 11
