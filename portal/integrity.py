"""`portal check`: the database is sound and the rules that must always hold do hold. Each finding names its rows."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select, text

from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, Status
from portal.outreach.models import MessageStatus, OutreachMessage
from portal.pipeline.models import Placement, StageTransition
from portal.privacy import queries as privacy
from portal.privacy.models import Suppression
from portal.submissions.models import Response
from portal.timeline.models import Kind, Touchpoint


def check() -> list[str]:
    """Everything that is wrong, a sentence a row; empty when all is well."""
    return [finding for rule in RULES for finding in rule()]


def _database_is_sound() -> Iterator[str]:
    if db.engine.dialect.name != "sqlite":
        return
    for (answer,) in db.session.execute(text("PRAGMA integrity_check")):
        if answer != "ok":
            yield f"database: {answer}"
    for table, row, parent, _number in db.session.execute(text("PRAGMA foreign_key_check")):
        yield f"database: row {row} of {table} points to a missing row of {parent}"


def _every_sent_mail_has_one_touchpoint() -> Iterator[str]:
    mails = (Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED)
    told = select(Touchpoint.candidate_id, func.count().label("told")).where(
        Touchpoint.kind.in_(mails), Touchpoint.channel == "mail"
    )
    told_by_person = told.group_by(Touchpoint.candidate_id).subquery()
    sent = select(Delivery.candidate_id, func.count().label("sent")).where(
        Delivery.status == Status.SENT, Delivery.candidate_id.is_not(None)
    )
    sent_by_person = sent.group_by(Delivery.candidate_id).subquery()
    both = select(sent_by_person.c.candidate_id, sent_by_person.c.sent, func.coalesce(told_by_person.c.told, 0)).outerjoin(
        told_by_person, told_by_person.c.candidate_id == sent_by_person.c.candidate_id
    )
    for candidate_id, mails_sent, mails_told in db.session.execute(both):
        if mails_sent != mails_told:
            yield f"candidate {candidate_id}: {mails_sent} mails sent, {mails_told} in the timeline"


def _every_sent_outreach_has_a_sent_delivery() -> Iterator[str]:
    delivered = select(Delivery.id).where(
        Delivery.purpose == "outreach", Delivery.subject_id == OutreachMessage.id, Delivery.status == Status.SENT
    )
    by_mail = (OutreachMessage.status == MessageStatus.SENT) & (OutreachMessage.network == "")
    orphans = select(OutreachMessage.id).where(by_mail, ~delivered.exists())
    for (number,) in db.session.execute(orphans):
        yield f"outreach message {number}: marked as sent without a sent delivery"


def _every_placement_has_its_transition() -> Iterator[str]:
    latest = select(StageTransition.placement_id, func.max(StageTransition.id).label("last"))
    # A move that was a mistake put nobody anywhere.
    last = latest.where(StageTransition.mistaken_at.is_(None)).group_by(StageTransition.placement_id).subquery()
    unmoved = ~select(StageTransition.id).where(StageTransition.placement_id == Placement.id).correlate(Placement).exists()
    rows = (
        select(Placement.id, Placement.stage, StageTransition.to_stage)
        .outerjoin(last, last.c.placement_id == Placement.id)
        .outerjoin(StageTransition, StageTransition.id == last.c.last)
        .where((StageTransition.id.is_(None) & unmoved) | (StageTransition.to_stage != Placement.stage))
    )
    for number, stage, moved_to in db.session.execute(rows):
        yield f"placement {number}: stands at {stage}, its last transition says {moved_to or 'nothing'}"


def _one_current_response_each() -> Iterator[str]:
    current = select(Response.candidate_id).where(Response.replaced_at.is_(None)).group_by(Response.candidate_id)
    for (number,) in db.session.execute(current.having(func.count() > 1)):
        yield f"candidate {number}: more than one current response"


def _no_mail_to_suppressed_people() -> Iterator[str]:
    since = {row.address_hash: row.at for row in db.session.scalars(select(Suppression))}
    if not since:
        return
    sent = select(Delivery.id, Delivery.sent_at, Candidate.address_key).join(Candidate, Candidate.id == Delivery.candidate_id)
    for number, sent_at, key in db.session.execute(
        sent.where(Delivery.status == Status.SENT, Candidate.address_key.is_not(None))
    ):
        suppressed_at = since.get(privacy.address_hash(key or ""))
        if suppressed_at and sent_at and sent_at > suppressed_at:
            yield f"delivery {number}: sent after its address was suppressed"


RULES: tuple[Callable[[], Iterator[str]], ...] = (
    _database_is_sound,
    _every_sent_mail_has_one_touchpoint,
    _every_sent_outreach_has_a_sent_delivery,
    _every_placement_has_its_transition,
    _one_current_response_each,
    _no_mail_to_suppressed_people,
)
