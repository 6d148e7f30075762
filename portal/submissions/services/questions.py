"""Questions to the team: asked, looked at for spam, answered under a name. No button removes one for being uncomfortable."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.content import services as content
from portal.db import after_commit, db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict, Invalid
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.privacy import services as privacy
from portal.privacy.models import Action
from portal.privacy.queries import address_key, find_suppression
from portal.submissions import queries
from portal.submissions.models import Question, Removal
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

LIMIT = 10_000
NAME_LIMIT = 100
WHY_LIMIT = 300
# The gate lets one mail of a kind a day through to an address; a second answer waits for its turn.
ONCE_IN = timedelta(hours=25)
# When a question is settled its asker's address has done its work.
ADDRESS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """What the form says. `name` is shown, if given; `email` is for the answer; `by_mail`: the same behind a personal link."""

    page: str
    text: str
    name: str = ""
    email: str = ""
    by_mail: bool = False


def ask(link: LandingLink | None, asked: Asked, form_key: str) -> Question:
    """Keep a question. Nobody sees it before a person has looked whether it is spam. The same form again is the same question."""
    if not asked.text.strip():
        raise Invalid(_("Write your question."), "text")
    try:
        with transaction():
            return queries.find_question(form_key) or _ask(link, asked, form_key)
    except IntegrityError:
        if found := queries.find_question(form_key):
            return found
        raise


def clear(question: Question, actor_id: int) -> Question:
    """It is no spam: readers see it from now on, and how long it has been waiting. Also puts back what was removed by mistake."""
    with transaction():
        question.cleared_at = question.cleared_at or clock.now()
        question.cleared_by_id = actor_id
        question.removal, question.removed_why, question.removed_at, question.removed_by_id = None, "", None, None
        return _changed(question, actor_id, "cleared")


def answer_question(question: Question, text: str, by: User) -> Question:
    """Answer under one's own name; the asker hears of the first answer. Mending an answer later sends nothing."""
    if not (text := text.strip()):
        raise Invalid(_("Write an answer."), "answer")
    if len(text) > LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=LIMIT), "answer")
    if not by.full_name.strip():
        raise Invalid(_("Answers carry a name. Put yours into your profile first."), "answer")
    with transaction() as session:
        session.refresh(question, with_for_update=True)
        if question.removed_at is not None:
            raise Conflict(_("This question was removed. Put it back before you answer it."))
        first = question.answered_at is None
        question.answer, question.answered_by_id = text, by.id
        question.answered_at = question.answered_at or clock.now()
        question.cleared_at, question.cleared_by_id = question.cleared_at or clock.now(), question.cleared_by_id or by.id
        if first:
            _tell(question)
        return _changed(question, by.id, "answered")


def remove(question: Question, removal: Removal, why: str, actor_id: int) -> Question:
    """Spam, or against the law. The sentence that says so is shown to all readers in the question's place."""
    if removal is Removal.ASKER:
        raise Invalid(_("Only who asked can take a question back."), "removal")
    if not (why := " ".join(why.split())) or len(why) > WHY_LIMIT:
        raise Invalid(_("Say why in one sentence of at most %(limit)s characters; readers see it.", limit=WHY_LIMIT), "why")
    with transaction():
        question.removal, question.removed_why = removal, why
        question.removed_at, question.removed_by_id = clock.now(), actor_id
        return _changed(question, actor_id, "removed")


def forget_addresses() -> int:
    """Addresses of people whose question was settled a month ago go; the question stays. Returns how many."""
    settled = or_(Question.answered_at < clock.now() - ADDRESS_KEPT, Question.removed_at < clock.now() - ADDRESS_KEPT)
    with transaction() as session:
        old = update(Question).where(settled, Question.address_key.is_not(None)).values(email=None, address_key=None)
        return int(session.connection().execute(old).rowcount)


def _ask(link: LandingLink | None, asked: Asked, form_key: str) -> Question:
    person = link.candidate if link is not None and link.candidate is not None and link.candidate.erased_at is None else None
    email = asked.email if person is None and asked.email and find_suppression(asked.email) is None else None
    question = Question(
        page=asked.page,
        text=asked.text.strip(),
        name=asked.name,
        email=email,
        address_key=address_key(email) if email else None,
        candidate_id=person.id if person else None,
        by_mail=bool(email) or (person is not None and asked.by_mail),
        at=clock.now(),
        changed_at=clock.now(),
        form_key=form_key,
    )
    session = db.session()
    session.add(question)
    session.flush()
    if link is not None and person is not None:
        subject, campaign_id = ("question", question.id), link.campaign_id
        timeline.record(person.id, Kind.ASKED, Direction.IN, Channel.WEB, campaign_id=campaign_id, subject=subject)
        outreach.answered(link)
    return question


def _tell(question: Question) -> None:
    """Hand the answer to delivery, where the gate is asked; and note for a candidate that we answered."""
    if question.by_mail and question.email:
        delivery.enqueue_to(Purpose.ANSWER, question.id, question.email, not_before=_turn(question))
    elif question.by_mail and question.candidate_id:
        delivery.enqueue(Purpose.ANSWER, question.id, [question.candidate_id])
    if question.candidate_id:
        subject = ("question", question.id)
        timeline.record(question.candidate_id, Kind.ANSWERED, Direction.OUT, Channel.WEB, subject=subject)


def _turn(question: Question) -> datetime | None:
    """When the next mail with an answer may go to this address."""
    others = select(Question.answered_at).filter_by(address_key=question.address_key).where(Question.id != question.id)
    recent = sorted(at for at in db.session.scalars(others) if at is not None and at > clock.now() - ONCE_IN)
    return recent[-1] + ONCE_IN if recent else None


def _changed(question: Question, actor_id: int, what: str) -> Question:
    question.changed_at = clock.now()
    removal = {"removal": question.removal.value} if question.removal else {}
    privacy.audit(
        Action.CHANGED, candidate_id=question.candidate_id, actor_id=actor_id, question=question.id, what=what, **removal
    )
    db.session().flush()
    after_commit(content.forget)
    return question
