"""Newsletters every other month, and how some people leave them."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.content import queries as content
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.demo.cast import Cast
from portal.demo.timetable import Timetable
from portal.mailings import services as mailings
from portal.mailings.models import Rule
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName

EVERY_DAYS = 61
TUESDAY_AT_NINE = Rule(nth=1, weekday=1, hour=9)
LEAVES = 0.012
SUBJECTS = (
    "What the storm of January taught the gate at Leer",
    "Spring: the pay table, and who asked for what",
    "A lock is lifted, and you may watch",
    "Summer at the water: two new stories",
    "How we did with our promise to answer",
    "Before the storms: the test bench is approved",
)


def plan_newsletters(rng: Random, cast: Cast, timetable: Timetable, start: datetime) -> None:
    """Put the newsletters of the year on the timetable, and begin the series that goes on after it."""
    for number, subject in enumerate(SUBJECTS):
        moment = start + timedelta(days=20 + number * EVERY_DAYS, hours=10)
        timetable.plan(moment, partial(_send, rng, cast, timetable, subject))
    timetable.plan(timetable.end - timedelta(days=12), partial(_begin_series, cast))


def _send(rng: Random, cast: Cast, timetable: Timetable, subject: str) -> None:
    body = content.get_mail("newsletter-monthly").body
    mailing = mailings.add_mailing(mailings.Text(subject=subject, body=body, sender_id=cast.staff[2]))
    day = clock.now().date() + timedelta(days=4)
    mailings.plan(mailing, day)
    # Nine in the morning comes at different hours from Tokyo to Lisbon.
    mailing_id = mailing.id
    midnight = clock.now().replace(hour=0, minute=5) + timedelta(days=4)
    for hour in range(-14, 12, 2):
        timetable.work(midnight + timedelta(hours=hour))
    timetable.plan(midnight + timedelta(days=1, hours=8), partial(_leave, rng, mailing_id))


def _leave(rng: Random, mailing_id: int) -> None:
    """A few unsubscribe, as always."""
    reached = select(Delivery.candidate_id).filter_by(purpose=Purpose.MAILING, subject_id=mailing_id, status=Status.SENT)
    for candidate_id in db.session.scalars(reached.order_by(Delivery.candidate_id)).all():
        candidate = db.session.get(Candidate, candidate_id)
        if candidate is not None and rng.random() < LEAVES:
            candidates.unsubscribe(candidate, "one click")


def _begin_series(cast: Cast) -> None:
    """What the console shows as coming next."""
    segment = pipeline.add_segment("Read or answered", {"stages": [StageName.ENGAGED.value, StageName.INTERESTED.value]})
    pipeline.add_segment("Not now", {"stages": [StageName.NOT_NOW.value]})
    mail = content.get_mail("newsletter-monthly")
    text = mailings.Text(subject=mail.subject, body=mail.body, segment_id=segment.id, sender_id=cast.staff[2])
    mailings.add_series("Letter from the coast", text, TUESDAY_AT_NINE)
