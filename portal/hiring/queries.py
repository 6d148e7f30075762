"""Finding hires and reviews: those of a person, those that are due, the one behind a link."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock, tokens
from portal.config import settings
from portal.content.queries import find_page
from portal.db import db
from portal.errors import NotFound
from portal.hiring.models import REVIEW_DAYS, Hire, Review
from portal.outreach.models import OutreachMessage
from portal.pipeline.models import StageName
from portal.pipeline.queries import list_transitions

LINK = "hire review"
# A hire that was entered late is still asked about for so long.
CATCH_UP = timedelta(days=30)
REMIND_AFTER = timedelta(days=7)
OPEN_FOR = timedelta(days=60)
PAGE = 200


def get_hire(hire_id: int) -> Hire:
    """A hire, also a withdrawn one; NotFound when there is none."""
    if found := db.session.get(Hire, hire_id):
        return found
    raise NotFound("There is no such hire.")


def list_hires(limit: int = PAGE) -> Sequence[Hire]:
    """The latest hires by the day of acceptance, withdrawn ones among them."""
    newest = _whole().order_by(Hire.accepted_on.desc(), Hire.id.desc()).limit(limit)
    return db.session.scalars(newest).all()


def list_hires_of(candidate_id: int) -> Sequence[Hire]:
    """The hires of a person, the latest first; withdrawn ones are left out."""
    theirs = _whole().filter_by(candidate_id=candidate_id, withdrawn_at=None)
    return db.session.scalars(theirs.order_by(Hire.accepted_on.desc(), Hire.id.desc())).all()


def find_current(candidate_id: int) -> Hire | None:
    """The hire of a person that has not ended."""
    return next((hire for hire in list_hires_of(candidate_id) if hire.left_on is None), None)


def list_due(today: date) -> list[tuple[Hire, int]]:
    """Hires with each day that came in the last 30 days, while they were there, and that nobody was asked about yet."""
    asked = (
        select(Hire)
        .options(selectinload(Hire.reviews))
        .where(
            Hire.withdrawn_at.is_(None),
            Hire.erased_at.is_(None),
            Hire.manager_email != "",
            Hire.starts_on >= today - timedelta(days=REVIEW_DAYS[-1]) - CATCH_UP,
            Hire.starts_on <= today - timedelta(days=REVIEW_DAYS[0]),
        )
    )
    hires = db.session.scalars(asked.order_by(Hire.id)).all()
    return [(hire, day) for hire in hires for day in REVIEW_DAYS if is_due(hire, day, today)]


def is_due(hire: Hire, day: int, today: date) -> bool:
    """Whether the manager is to be asked about a day that came; not about a day after somebody left."""
    on = due_on(hire, day)
    there = hire.left_on is None or hire.left_on > (on or hire.left_on)
    return on is not None and on <= today <= on + CATCH_UP and there and all(review.day != day for review in hire.reviews)


def due_on(hire: Hire, day: int) -> date | None:
    """When somebody has been there for so many days; None while no first day is known."""
    return hire.starts_on + timedelta(days=day) if hire.starts_on else None


def list_to_remind(at: datetime, limit: int) -> Sequence[Review]:
    """Reviews that were asked for a week ago, not answered, and had no reminder yet."""
    silent = (
        select(Review)
        .join(Review.hire)
        .where(
            Review.answered_at.is_(None),
            Review.reminded_at.is_(None),
            Review.asked_at <= at - REMIND_AFTER,
            Review.asked_at > at - OPEN_FOR,
            Hire.withdrawn_at.is_(None),
            Hire.erased_at.is_(None),
            Hire.manager_email != "",
        )
    )
    return db.session.scalars(silent.order_by(Review.id).limit(limit)).all()


def get_review(token: str) -> Review:
    """The review behind a link; NotFound for unknown, old and withdrawn ones, which look the same."""
    review = db.session.scalar(select(Review).filter_by(token_hash=tokens.digest(token)).options(joinedload(Review.hire)))
    if review is None or not is_open(review):
        raise NotFound(_("This link is not valid, or no longer."))
    return review


def is_open(review: Review) -> bool:
    """Whether it may still be answered, or has been within its time."""
    hire = review.hire
    fresh = review.asked_at is not None and review.asked_at + OPEN_FOR > clock.now()
    return fresh and hire.withdrawn_at is None and hire.erased_at is None


def subject_of(review_id: int, *, reminder: bool = False) -> int:
    """The subject of a review's mail, or of its reminder: even and odd numbers, so that each can be sent once."""
    return 2 * review_id + reminder


def review_of(subject_id: int) -> tuple[Review, bool]:
    """The review that a mail belongs to, and whether the mail is its reminder; NotFound when it is gone."""
    if found := db.session.get(Review, subject_id // 2):
        return found, bool(subject_id % 2)
    raise NotFound("There is no such review.")


def token_of(review: Review) -> str:
    """The token of a review's link."""
    return tokens.derive(LINK, review.nonce)


def role_name(role: str) -> str:
    """A role as people call it: the title of its page, or what was typed."""
    page = find_page(role) if role.startswith("/") else None
    return page.title if page else role


def considered_on(candidate_id: int) -> date | None:
    """The day on which somebody began to be considered, last; in the company's zone."""
    steps = [step for step in list_transitions(candidate_id) if step.to_stage is StageName.CONSIDERED]
    began = next((step.at for step in steps if step.mistaken_at is None), None)
    return began.astimezone(ZoneInfo(settings().time_zone)).date() if began else None


def campaign_of(candidate_id: int) -> int | None:
    """The campaign that last wrote to somebody."""
    written = select(OutreachMessage.campaign_id).filter_by(candidate_id=candidate_id)
    return db.session.scalar(written.order_by(OutreachMessage.id.desc()).limit(1))


def _whole() -> Select[Hire]:
    return select(Hire).options(joinedload(Hire.candidate), joinedload(Hire.source), selectinload(Hire.reviews))
