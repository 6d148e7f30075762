"""Noting hires and how they end, and asking their managers at 90, 180 and 365 days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.candidates.queries import get_candidate
from portal.config import settings
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Conflict, Invalid, NotFound
from portal.hiring import queries
from portal.hiring.models import REVIEW_DAYS, Hire, Leaving, Review
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement, stage_of
from portal.privacy.queries import address_key

REVIEW = "review"  # what its form is called, where a robot's is kept aside
SLICE = 200
BEST = 5


@dataclass(frozen=True)
class Offer:
    """An accepted offer as staff note it. Without a person (hired from elsewhere) the source must be known."""

    role: str
    accepted_on: date
    candidate_id: int | None = None
    campaign_id: int | None = None
    source_id: int | None = None
    considered_on: date | None = None
    starts_on: date | None = None
    manager_name: str = ""
    manager_email: str = ""


@dataclass(frozen=True)
class Marks:
    """What a manager says, each from 1 to 5; None where they leave it out."""

    rating: int | None
    ramp_up: int | None
    satisfaction: int | None
    employed: bool


def record(offer: Offer, actor_id: int | None = None) -> Hire:
    """Note that somebody accepted; a candidate stands at Hired from then on. Conflict when a hire of theirs has not ended."""
    with transaction() as session:
        if offer.candidate_id is not None:
            _lock_person(offer.candidate_id)
        hire = Hire(**_columns(offer), created_at=clock.now(), actor_id=actor_id)
        session.add(hire)
        session.flush()
        if hire.candidate_id is not None and stage_of(find_placement(hire.candidate_id)) is not StageName.HIRED:
            pipeline.move(hire.candidate_id, StageName.HIRED, _("Accepted the offer"), actor_id)
        return hire


def edit(hire: Hire, offer: Offer) -> Hire:
    """Change what is known of a hire; whose it is stays. Reviews that were asked for stay asked."""
    with transaction() as session:
        hire = session.get_one(Hire, hire.id, with_for_update=True, populate_existing=True)
        for name, value in _columns(offer, of=hire).items():
            if name != "candidate_id":
                setattr(hire, name, value)
        _check_end(hire, hire.left_on, hire.leaving)
        return hire


def leave(hire: Hire, on: date | None, why: Leaving | None) -> Hire:
    """Note that somebody left and why; both empty takes it back. Invalid when only one is given."""
    if (on is None) != (why is None):
        raise Invalid(_("Name the day and the reason."), field="leaving" if on else "left_on")
    with transaction() as session:
        hire = session.get_one(Hire, hire.id, with_for_update=True, populate_existing=True)
        if on is None and hire.candidate_id is not None and queries.find_current(hire.candidate_id) not in {None, hire}:
            raise Conflict(_("They were hired again since, so this hire has ended."))
        _check_end(hire, on, why)
        hire.left_on, hire.leaving = on, why
        return hire


def withdraw(hire: Hire, withdrawn: bool = True) -> Hire:
    """The hire was noted by mistake and counts nowhere; or it was no mistake. Mails that wait find that out when they leave."""
    with transaction() as session:
        hire = session.get_one(Hire, hire.id, with_for_update=True, populate_existing=True)
        if (hire.withdrawn_at is not None) == withdrawn:
            return hire
        if not withdrawn and hire.left_on is None and hire.candidate_id is not None:
            _lock_person(hire.candidate_id)
        hire.withdrawn_at = clock.now() if withdrawn else None
        return hire


def ask_due(limit: int = SLICE) -> int:
    """Ask the managers of whom a day has come; returns how many mails were handed in."""
    with transaction():
        due = queries.list_due(clock.today(settings().time_zone))[:limit]
        for hire, day in due:
            ask(hire, day)
        return len(due)


def ask(hire: Hire, day: int) -> Review:
    """Write to the manager about one of the days; a day that was asked about is not asked about again."""
    if day not in REVIEW_DAYS or not hire.manager_email:
        raise Invalid(_("There is nobody to ask, or no such day."), field="manager_email")
    with transaction() as session:
        session.refresh(hire, with_for_update=True)
        if found := next((review for review in hire.reviews if review.day == day), None):
            return found
        nonce = tokens.new_nonce()
        hashed = tokens.digest(tokens.derive(queries.LINK, nonce))
        review = Review(hire=hire, day=day, nonce=nonce, token_hash=hashed, asked_at=clock.now())
        session.add(review)
        session.flush()
        delivery.enqueue_to(Purpose.REVIEW, queries.subject_of(review.id), hire.manager_email, hire.manager_name)
        return review


def remind_due(limit: int = SLICE) -> int:
    """Write once more, once, to managers who have not answered within a week; returns how many."""
    with transaction():
        due = queries.list_to_remind(clock.now(), limit)
        for review in due:
            review.reminded_at = clock.now()
            subject, hire = queries.subject_of(review.id, reminder=True), review.hire
            delivery.enqueue_to(Purpose.REVIEW, subject, hire.manager_email, hire.manager_name)
        return len(due)


def answer(review: Review, marks: Marks) -> Review:
    """Keep what the manager says; the first answer stays. NotFound when the hire was withdrawn or the link grew old."""
    with transaction() as session:
        review = session.get_one(Review, review.id, with_for_update=True, populate_existing=True)
        if not queries.is_open(review):
            raise NotFound(_("This link is not valid, or no longer."))
        if review.answered_at is not None:
            return review
        for name in ("rating", "ramp_up", "satisfaction"):
            setattr(review, name, _mark(getattr(marks, name), name))
        review.employed, review.answered_at = marks.employed, clock.now()
        for reminder in (False, True):
            delivery.cancel(Purpose.REVIEW, queries.subject_of(review.id, reminder=reminder))
        return review


def take_in(link: object, content: Mapping[str, Any], key: str) -> None:  # noqa: ARG001 - as every form that is let through
    """It was the manager after all: keep the answer, unless the link grew old meanwhile."""
    given = {name: content[name] for name in ("rating", "ramp_up", "satisfaction", "employed")}
    with transaction() as session:
        if (review := session.get(Review, content["review_id"])) and queries.is_open(review):
            answer(review, Marks(**given))


def _lock_person(candidate_id: int) -> None:
    with transaction() as session:
        session.get(Candidate, candidate_id, with_for_update={"key_share": True}, populate_existing=True)
        if queries.find_current(candidate_id):
            raise Conflict(_("Their hire is noted already. Note first that they left, or withdraw it."))


def _columns(offer: Offer, of: Hire | None = None) -> dict[str, object]:
    role, email = offer.role.strip(), offer.manager_email.strip()
    if not role:
        raise Invalid(_("Say for which role."), field="title")
    if email:
        address_key(email)
    _check_days(offer)
    person = get_candidate(offer.candidate_id) if offer.candidate_id is not None else None
    source_id = offer.source_id or (person.source_id if person else None)
    if person is None and source_id is None and (of is None or of.erased_at is None):
        raise Invalid(_("Say where they came from, so that the numbers can compare."), field="source_id")
    names = {"role": role, "source_id": source_id, "manager_name": offer.manager_name.strip(), "manager_email": email}
    return {**vars(offer), **names}


def _check_days(offer: Offer) -> None:
    today = clock.today(settings().time_zone)
    if offer.accepted_on > today:
        raise Invalid(_("This day has not come yet."), field="accepted_on")
    if offer.considered_on and offer.considered_on > offer.accepted_on:
        raise Invalid(_("They were considered before they accepted."), field="considered_on")
    if offer.starts_on and not timedelta(0) <= offer.starts_on - offer.accepted_on <= timedelta(days=730):
        raise Invalid(_("The first day comes after the offer was accepted, within two years."), field="starts_on")


def _check_end(hire: Hire, on: date | None, why: Leaving | None) -> None:
    began = hire.accepted_on if why is Leaving.NEVER_STARTED else hire.starts_on or hire.accepted_on
    if on is not None and on < began:
        raise Invalid(_("Nobody leaves before they begin."), field="left_on")


def _mark(mark: int | None, field: str) -> int | None:
    if mark is not None and not 1 <= mark <= BEST:
        raise Invalid(_("Choose a number from 1 to 5."), field=field)
    return mark
