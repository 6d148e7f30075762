"""Taking answers, with a name or without.

Without: the answer goes into a sealed box under a random number; that its form or ballot was used is written elsewhere, and
nothing leads from one to the other. A chore opens five boxes at once and keeps what was in them as five answers of one month.
"""

import secrets
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import db, transaction
from portal.errors import Conflict, Invalid, Refused
from portal.feedback import queries
from portal.feedback.details import BEST, FEW, Said
from portal.feedback.models import Aside, Feedback, FormKey, Request, Sealed, Version
from portal.feedback.services.sealing import forget_key, random_id, seal, unseal
from portal.feedback.services.sheets import ensure_open
from portal.languages import in_english
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.pipeline import services as pipeline
from portal.pipeline.queries import find_placement
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

# Boxes of a questionnaire that never finds five answers are thrown away unread.
KEPT_MONTHS = 12
# Of who wants to be answered.
_NEXT_STEP = _l("Answer their feedback")
_DICE = secrets.SystemRandom()


def give_unnamed(said: Said, key: str, version: Version | None = None) -> bool:
    """Keep an anonymous answer, once per `key`: of the open form, or of the wording that a ballot names. False: used already."""
    check_score(said.score)
    try:
        with transaction() as session:
            if queries.is_used(key):
                return False
            asked, version = version is not None, version or ensure_open()
            content = {"score": said.score, "marks": list(said.marks), "words": list(said.words)}
            row = {"version_id": version.id, "asked": asked, "month": this_month(), "box": seal(content)}
            session.add_all([Sealed(id=random_id(), **row), FormKey(id=random_id(), digest=key)])
            return True
    except IntegrityError:
        if queries.is_used(key):
            return False
        raise


def give_named(link: LandingLink | None, said: Said, form_key: str) -> Feedback | None:
    """Keep an answer of the open form by name, once per form. None when the person must not be kept."""
    check_score(said.score)
    try:
        with transaction():
            if found := queries.find_feedback(form_key):
                return found
            candidate = outreach.person_of(link, said.name, said.email)
            return _keep(candidate, ensure_open(), said, form_key, campaign_id=link.campaign_id if link else None)
    except Refused:
        return None
    except IntegrityError:
        if found := queries.find_feedback(form_key):
            return found
        raise


def answer_request(request: Request, said: Said, form_key: str) -> Feedback:
    """Keep an answer to a request by name. It uses up the ballot too: one person, one answer."""
    check_score(said.score)
    with transaction() as session:
        if found := queries.find_feedback(form_key):
            return found
        session.execute(select(Request.id).filter_by(id=request.id).with_for_update())
        session.refresh(request)
        if request.candidate is None or queries.is_spent(request):
            raise Conflict(_("This link was used already. Thank you for your answer."))
        session.add(FormKey(id=random_id(), digest=queries.ballot_key(queries.ballot_of(request))))
        return _keep(request.candidate, request.version, said, form_key, request_id=request.id)


def release_batches() -> int:
    """Open five boxes wherever five are: of one wording, and of one way of asking. Returns how many answers can be read now."""
    with transaction() as session:
        old = delete(Sealed).where(Sealed.month < _months_ago(KEPT_MONTHS))
        session.execute(old)
        groups = select(Sealed.version_id, Sealed.asked).group_by(Sealed.version_id, Sealed.asked).having(func.count() >= FEW)
        released = sum(_release(session, version_id, asked) for version_id, asked in session.execute(groups).all())
        if not session.scalar(select(exists().where(Sealed.id.is_not(None)) | exists().where(Aside.id.is_not(None)))):
            forget_key()
        return released


def settle(feedback: Feedback, actor_id: int | None = None) -> None:
    """Somebody answered who wanted to be answered."""
    with transaction():
        feedback.settled_at, feedback.settled_by_id = clock.now(), actor_id
        placement = find_placement(feedback.candidate_id) if feedback.candidate_id else None
        if placement is not None and placement.next_step == in_english(_NEXT_STEP):
            pipeline.set_next_step(placement.candidate_id, "", None)


def check_score(score: int) -> None:
    """Invalid for anything but 0 to 10."""
    if not 0 <= score <= BEST:
        raise Invalid(_("Choose a number from 0 to 10."), "score")


def this_month() -> date:
    """The first day of the month, by the company's clock."""
    return clock.today(settings().time_zone).replace(day=1)


def _release(session: Session, version_id: int, asked: bool) -> int:
    """Five of a group, drawn by lot, so that even the order of the batches says little."""
    boxes = list(session.scalars(select(Sealed).filter_by(version_id=version_id, asked=asked).with_for_update()))
    contents = {box.id: unseal(box.box) for box in boxes}
    for box in boxes:
        if contents[box.id] is None:
            session.delete(box)
    whole = [box for box in boxes if contents[box.id] is not None]
    if len(whole) < FEW:
        return 0
    drawn = _DICE.sample(whole, FEW)
    for box in drawn:
        session.delete(box)
    session.add_all([_opened(version_id, contents[box.id] or {}) for box in drawn])
    return len(drawn)


def _opened(version_id: int, content: dict[str, Any]) -> Feedback:
    return Feedback(
        id=random_id(),
        version_id=version_id,
        score=int(content["score"]),
        answers={"marks": content["marks"], "words": content["words"]},
        anonymous=True,
        on=this_month(),
    )


def _keep(
    candidate: Candidate,
    version: Version,
    said: Said,
    form_key: str,
    *,
    request_id: int | None = None,
    campaign_id: int | None = None,
) -> Feedback:
    feedback = Feedback(
        id=random_id(),
        candidate_id=candidate.id,
        version_id=version.id,
        request_id=request_id,
        score=said.score,
        answers={"marks": list(said.marks), "words": list(said.words)},
        anonymous=False,
        on=clock.today(settings().time_zone),
        contact_at=clock.now() if said.wants_contact else None,
        form_key=form_key,
    )
    session = db.session()
    session.add(feedback)
    session.flush()
    if said.wants_contact:
        _let_wait(candidate)
    about = ("feedback", feedback.id)
    timeline.record(candidate.id, Kind.FEEDBACK_GIVEN, Direction.IN, Channel.WEB, campaign_id=campaign_id, subject=about)
    return feedback


def _let_wait(candidate: Candidate) -> None:
    """Onto the list of who waits for us, unless something else is agreed that put them there."""
    placement = find_placement(candidate.id)
    if placement is None or not placement.next_step:
        pipeline.set_next_step(candidate.id, in_english(_NEXT_STEP), clock.today(settings().time_zone))


def _months_ago(months: int) -> date:
    year, month = divmod(this_month().year * 12 + this_month().month - 1 - months, 12)
    return date(year, month + 1, 1)
