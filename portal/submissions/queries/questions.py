"""Finding questions to the team: what readers see of a page, and what waits for staff."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.errors import NotFound
from portal.submissions.models import Question

PAGE = 200


def list_asked(page: str) -> Sequence[Question]:
    """What readers of a page see: answered, open and removed questions, newest first. Nothing that no person has looked at."""
    seen = or_(Question.cleared_at.is_not(None), Question.removed_at.is_not(None))
    asked = select(Question).filter_by(page=page).where(seen).order_by(Question.at.desc(), Question.id.desc())
    return db.session.scalars(asked.limit(PAGE).options(joinedload(Question.answered_by))).all()


def open_questions(limit: int = PAGE) -> Sequence[Question]:
    """What waits for an answer, or for a person to say that it is no spam; oldest first."""
    waiting = select(Question).filter_by(answered_at=None, removed_at=None).order_by(Question.at, Question.id)
    return db.session.scalars(waiting.limit(limit).options(joinedload(Question.candidate))).all()


def list_settled() -> Sequence[Question]:
    """Questions that were answered or removed, the latest first."""
    settled = select(Question).where(or_(Question.answered_at.is_not(None), Question.removed_at.is_not(None)))
    people = joinedload(Question.answered_by), joinedload(Question.candidate)
    return db.session.scalars(settled.order_by(Question.changed_at.desc(), Question.id.desc()).limit(PAGE).options(*people)).all()


def count_open() -> int:
    """How many questions wait for us."""
    waiting = select(func.count()).select_from(Question).filter_by(answered_at=None, removed_at=None)
    return db.session.scalar(waiting) or 0


def get_question(question_id: int) -> Question:
    """A question; NotFound when there is none."""
    if question := db.session.get(Question, question_id):
        return question
    raise NotFound(_("There is no such question."))


def find_question(form_key: str) -> Question | None:
    """The question that a form made already."""
    return db.session.scalar(select(Question).filter_by(form_key=form_key))


def last_published() -> datetime | None:
    """When anything changed that readers can see; pages kept in memory are forgotten when this moves.

    Asked over a connection of its own, since it may be asked in the middle of anything.
    """
    seen = or_(Question.cleared_at.is_not(None), Question.removed_at.is_not(None))
    with db.engine.connect() as connection:
        return connection.scalar(select(func.max(Question.changed_at)).where(seen))
