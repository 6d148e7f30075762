"""Reading answers: what HR may see of them, and the score, both from five answers up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.errors import NotFound
from portal.feedback.details import FEW, Reading, Said, Sheet
from portal.feedback.models import Aside, Feedback, Sealed, Version
from portal.feedback.queries.sheets import first_sheet, sheet_of
from portal.rates import Rate

PAGE = 200
T = TypeVar("T")
K = TypeVar("K")


def find_feedback(form_key: str) -> Feedback | None:
    """The answer that a form made already; an anonymous one is never found."""
    return db.session.scalar(select(Feedback).filter_by(form_key=form_key))


def get_feedback(feedback_id: int) -> Feedback:
    """An answer; NotFound when there is none."""
    if found := db.session.get(Feedback, feedback_id):
        return found
    raise NotFound(_("There is no such answer."))


def list_readings() -> Sequence[Reading]:
    """What people said, the newest month first; within a month in no order, because the order would tell the day."""
    latest = select(Feedback).options(joinedload(Feedback.version), joinedload(Feedback.candidate))
    month = func.strftime("%Y-%m", Feedback.on) if db.engine.dialect.name == "sqlite" else func.to_char(Feedback.on, "YYYY-MM")
    rows = db.session.scalars(latest.order_by(month.desc(), Feedback.score, Feedback.id).limit(PAGE)).all()
    unnamed = sum(row.anonymous for row in rows)
    return [reading(row) for row in rows if not row.anonymous or unnamed >= FEW]


def list_by_name(candidate_id: int) -> Sequence[Reading]:
    """What somebody said by name, newest first."""
    own = select(Feedback).filter_by(candidate_id=candidate_id).options(joinedload(Feedback.version))
    return [reading(row) for row in db.session.scalars(own.order_by(Feedback.on.desc(), Feedback.id))]


def list_waiting() -> Sequence[Reading]:
    """Answers of people who want to hear from us and have not, the longest waiting first."""
    wanted = select(Feedback).where(Feedback.contact_at.is_not(None), Feedback.settled_at.is_(None))
    wanted = wanted.where(Feedback.candidate_id.is_not(None)).options(
        joinedload(Feedback.candidate), joinedload(Feedback.version)
    )
    return [reading(row) for row in db.session.scalars(wanted.order_by(Feedback.contact_at))]


def reading(row: Feedback) -> Reading:
    """An answer as it is shown, with the words it was asked with."""
    sheet = sheet_of(row.version) if row.version else first_sheet()
    marks, words = row.answers.get("marks", []), row.answers.get("words", [row.good, row.bad])
    return Reading(
        title=sheet.title,
        on=row.on,
        score=row.score,
        score_wording=sheet.score,
        marks=_paired(sheet.statements, marks),
        words=_paired(sheet.texts, words),
        who=row.candidate.full_name if row.candidate else "",
        candidate_id=row.candidate_id,
        wants_contact=row.contact_at is not None,
        settled=row.settled_at is not None,
        number=row.id,
    )


def foretell(sheet: Sheet, said: Said, on: date, who: str = "") -> Reading:
    """An answer as it will be shown, before it is kept."""
    return Reading(
        title=sheet.title,
        on=on.replace(day=1) if said.anonymous else on,
        score=said.score,
        score_wording=sheet.score,
        marks=_paired(sheet.statements, said.marks),
        words=_paired(sheet.texts, said.words),
        who=who,
        wants_contact=said.wants_contact,
    )


@dataclass(frozen=True)
class Score:
    """cNPS: the share of 9 and 10 minus the share of 0 to 6, as points from -100 to 100; None below five answers."""

    count: int
    points: int | None


def score() -> Score:
    """The score of all answers that may be read."""
    return _score(db.session.scalars(select(Feedback.score)))


def scores_by_month() -> Mapping[str, Score]:
    """The score of each month, the newest first."""
    return _scores((f"{on:%Y-%m}", points) for on, points in db.session.execute(select(Feedback.on, Feedback.score)))


def scores_by_questionnaire() -> Mapping[int, Score]:
    """The score of each questionnaire, by its number."""
    rows = select(Version.questionnaire_id, Feedback.score).join(Version, Version.id == Feedback.version_id)
    return _scores((number, points) for number, points in db.session.execute(rows))


def answer_rates(pairs: Iterable[tuple[object, bool]]) -> Mapping[object, Rate]:
    """How many of whom we asked answered, by any key; the greatest key first."""
    groups: dict[object, list[bool]] = defaultdict(list)
    for key, answered in pairs:
        groups[key].append(answered)
    return {key: Rate(sum(groups[key]), len(groups[key])) for key in sorted(groups, key=str, reverse=True)}


def has_sealed() -> bool:
    """Whether answers wait for others. How many is nobody's business."""
    return db.session.scalar(select(Sealed.id).limit(1)) is not None


def list_aside() -> Sequence[Aside]:
    """Feedback that looked like a robot's, the newest day first."""
    return db.session.scalars(select(Aside).order_by(Aside.on.desc(), Aside.id).limit(PAGE)).all()


def get_aside(aside_id: int) -> Aside:
    """Feedback that was kept aside; NotFound when it went already."""
    if row := db.session.get(Aside, aside_id):
        return row
    raise NotFound(_("This is not here any more."))


def _paired(wordings: Sequence[str], given: Sequence[T | None]) -> tuple[tuple[str, T], ...]:
    return tuple((wording, one) for wording, one in zip(wordings, given, strict=False) if one)


def _scores(rows: Iterable[tuple[K, int]]) -> dict[K, Score]:
    groups: dict[K, list[int]] = defaultdict(list)
    for key, points in rows:
        groups[key].append(points)
    return {key: _score(groups[key]) for key in sorted(groups, key=str, reverse=True)}


def _score(numbers: Iterable[int]) -> Score:
    given = list(numbers)
    if len(given) < FEW:
        return Score(len(given), None)
    return Score(len(given), round(100 * sum((one >= 9) - (one <= 6) for one in given) / len(given)))
