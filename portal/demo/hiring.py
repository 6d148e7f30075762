"""Who was hired, here and from elsewhere, and what their managers say of it."""

from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.demo.cast import STAFF, Cast
from portal.demo.timetable import Timetable
from portal.hiring import queries, services
from portal.hiring.models import Hire, Leaving, Review
from portal.hiring.services import Marks, Offer
from portal.pipeline.models import Placement, StageName

ELSEWHERE, ANSWERS, LEAVES = 9, 0.85, 0.04
ROLES = ("Control engineer", "Welder", "Electrician")
MANAGERS = tuple((name, name.lower().replace(" ", ".") + "@sielwerk.example") for name, _title, _role in STAFF[:2])


def plan_hiring(rng: Random, cast: Cast, timetable: Timetable, start: datetime) -> None:
    """Put on the timetable: every month who signed is noted, managers answer, and now and then somebody leaves."""
    for number in range(ELSEWHERE):
        timetable.plan(start + timedelta(days=5 + 21 * number), partial(_note_elsewhere, rng, cast))
    for week in range(1, 52):
        timetable.plan(start + timedelta(days=7 * week, hours=9), partial(_note, rng, cast))
        timetable.plan(start + timedelta(days=7 * week, hours=11), partial(_answer, rng))
    for month in range(3, 12):
        timetable.plan(start + timedelta(days=30 * month, hours=12), partial(_leave, rng))


def _note(rng: Random, cast: Cast) -> None:
    """Everybody who stands at Hired, once."""
    noted = select(Hire.candidate_id).where(Hire.candidate_id.is_not(None))
    signed = select(Placement).where(Placement.stage == StageName.HIRED, Placement.candidate_id.not_in(noted))
    for placement in db.session.scalars(signed.order_by(Placement.id)).all():
        number, persona = placement.candidate_id, placement.candidate.persona
        known = {"considered_on": queries.considered_on(number), "campaign_id": queries.campaign_of(number)}
        accepted = placement.since.date()
        services.record(_offer(rng, persona.page if persona else ROLES[0], accepted, candidate_id=number, **known), cast.staff[2])


def _note_elsewhere(rng: Random, cast: Cast) -> None:
    today = clock.now().date()
    considered = today - timedelta(days=rng.randint(20, 70))
    source_id, _name = rng.choice(cast.sources)
    services.record(_offer(rng, rng.choice(ROLES), today, source_id=source_id, considered_on=considered), cast.staff[2])


def _offer(rng: Random, role: str, accepted: date, **more: Any) -> Offer:
    name, email = rng.choice(MANAGERS)
    begins = clock.now().date() + timedelta(days=rng.randint(7, 45))
    return Offer(role=role, accepted_on=accepted, starts_on=begins, manager_name=name, manager_email=email, **more)


def _answer(rng: Random) -> None:
    """Most managers answer what they were asked in the last week."""
    fresh = select(Review).where(Review.answered_at.is_(None), Review.asked_at > clock.now() - timedelta(days=7))
    for review in db.session.scalars(fresh.order_by(Review.id)).all():
        better = 0.5 if review.hire.candidate_id else 0.0
        if rng.random() < ANSWERS and queries.is_open(review):
            rating, ramp_up, satisfaction = (min(5, max(1, round(rng.gauss(3.7 + better, 0.8)))) for _question in range(3))
            services.answer(review, Marks(rating, ramp_up, satisfaction, review.hire.left_on is None))


def _leave(rng: Random) -> None:
    there = select(Hire).where(Hire.left_on.is_(None), Hire.starts_on < clock.now().date() - timedelta(days=30))
    for hire in db.session.scalars(there.order_by(Hire.id)).all():
        if rng.random() < (LEAVES / 2 if hire.candidate_id else LEAVES):
            services.leave(hire, clock.now().date(), rng.choice((Leaving.RESIGNED, Leaving.AGREED)))
