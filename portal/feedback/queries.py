"""Finding feedback."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.db import db
from portal.errors import NotFound
from portal.feedback.models import Aside, Feedback, FormKey

PAGE = 100
# Below so many answers a score would tell who gave it.
FEW = 5


def find_feedback(form_key: str) -> Feedback | None:
    """The feedback that a form made already; anonymous feedback is never found."""
    return db.session.scalar(select(Feedback).filter_by(form_key=form_key))


def is_used(form_key: str) -> bool:
    """Whether a form was used for anonymous feedback."""
    return db.session.scalar(select(FormKey.id).filter_by(digest=form_key)) is not None


def list_feedback() -> Sequence[Feedback]:
    """What people said, by month. Within a month in no order: the order would tell the day. Anonymous words show from five on."""
    rows = db.session.scalars(select(Feedback).order_by(Feedback.on.desc(), Feedback.score, Feedback.id).limit(PAGE)).all()
    anonymous = sum(row.anonymous for row in rows)
    return [row for row in rows if not row.anonymous or anonymous >= FEW]


@dataclass(frozen=True)
class Score:
    """cNPS: the share of 9 and 10 minus the share of 0 to 6, as points from -100 to 100; None below five answers."""

    count: int
    points: int | None


def score() -> Score:
    """The score of all feedback."""
    counts = {row[0]: row[1] for row in db.session.execute(select(Feedback.score, func.count()).group_by(Feedback.score))}
    count = sum(counts.values())
    if count < FEW:
        return Score(count, None)
    balance = sum(number * ((value >= 9) - (value <= 6)) for value, number in counts.items())
    return Score(count, round(100 * balance / count))


def list_aside() -> Sequence[Aside]:
    """Feedback that looked like a robot's, newest first."""
    return db.session.scalars(select(Aside).order_by(Aside.id.desc()).limit(PAGE)).all()


def get_aside(aside_id: int) -> Aside:
    """Feedback that was kept aside; NotFound when it went already."""
    if row := db.session.get(Aside, aside_id):
        return row
    raise NotFound(_("This is not here any more."))
