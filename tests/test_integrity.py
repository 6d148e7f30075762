"""`portal check` finds what breaks a rule, and names the rows."""

from datetime import timedelta

from sqlalchemy import update

from portal import clock, integrity
from portal.db import db, transaction
from portal.delivery.models import Delivery, Purpose, Status
from portal.pipeline import services as pipeline
from portal.pipeline.models import Placement, StageName
from portal.pipeline.queries import find_last_move, find_placement
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind


def sent(candidate, **more) -> Delivery:
    with transaction() as session:
        row = Delivery(
            purpose=Purpose.OUTREACH, subject_id=1, candidate_id=candidate.id, status=Status.SENT, not_before=clock.now(),
            message_id=f"<{candidate.id}@portal.test>", created_at=clock.now(), sent_at=clock.now(), **more,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def test_a_sound_installation_has_no_findings(make):
    ada = make.candidate("Ada")
    pipeline.move(ada.id, StageName.CONTACTED, "A rule")
    sent(ada)
    timeline.record(ada.id, Kind.OUTREACH_DELIVERED, Direction.OUT, Channel.MAIL)
    assert integrity.check() == []


def test_a_sent_mail_that_the_timeline_does_not_tell_is_found(make):
    ada = make.candidate("Ada")
    sent(ada)
    assert integrity.check() == [f"candidate {ada.id}: 1 mails sent, 0 in the timeline"]


def test_a_stage_that_was_changed_without_a_transition_is_found(make):
    ada = make.candidate("Ada")
    placement = pipeline.move(ada.id, StageName.CONTACTED, "A rule")
    with transaction() as session:
        session.execute(update(Placement).values(stage=StageName.HIRED))
    assert integrity.check() == [f"placement {placement.id}: stands at hired, its last transition says contacted"]


def test_who_was_moved_by_mistake_may_stand_where_they_stood_before(make):
    ada = make.candidate("Ada")
    for stage in (StageName.CONTACTED, StageName.INTERESTED):
        pipeline.move(ada.id, stage, "A rule")
    for _step in range(2):
        pipeline.judge_move(ada.id, find_last_move(ada.id).id, mistaken=True)
        db.session.expire_all()
        assert integrity.check() == []
    assert find_placement(ada.id).stage is StageName.IDENTIFIED


def test_a_mail_after_suppression_is_found(make):
    ada = make.candidate("Ada")
    row = sent(ada)
    timeline.record(ada.id, Kind.OUTREACH_DELIVERED, Direction.OUT, Channel.MAIL)
    with clock.standing_at(clock.now() - timedelta(days=1)):
        privacy.suppress(ada.email, SuppressionReason.OBJECTED)
    db.session.expire_all()
    assert integrity.check() == [f"delivery {row.id}: sent after its address was suppressed"]
