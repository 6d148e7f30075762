"""People are asked how they were treated, some answer, and things change because of it."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.demo.cast import Cast
from portal.demo.timetable import Timetable
from portal.feedback import queries, services
from portal.feedback.details import Said
from portal.feedback.models import Event, Request

ANSWERS, ANONYMOUS = 0.55, 0.7
GOOD = ("Somebody had read my work.", "You answered on the same day.", "The drawback came before the praise.", "")
BAD = ("The answer took four days.", "I did not know who would be on the call.", "", "")
CHANGES = (
    (
        "People waited up to four days for an answer.",
        "Two of us answer now, and whoever is away hands over. Half of all answers take a day.",
    ),
    (
        "Nobody said beforehand who would be on the call.",
        "Each invitation names everybody who takes part, with a line on what they do.",
    ),
    (
        "Some wanted to come without telling their name.",
        "The open day stays with names: the harbour asks for a list. We say so before you ask for a place.",
    ),
)


def plan_listening(rng: Random, cast: Cast, timetable: Timetable, start: datetime) -> None:
    """Put the rule, a month's answers again and again, and what changed on the timetable."""
    timetable.plan(start + timedelta(days=20), partial(_begin, cast))
    for month in range(2, 13):
        timetable.plan(start + timedelta(days=30 * month), partial(_answer, rng))
    for number, (said, changed) in enumerate(CHANGES):
        timetable.plan(start + timedelta(days=150 + 60 * number), partial(_tell, cast, said, changed))


def _begin(cast: Cast) -> None:
    sheet = services.add_questionnaire("After the first talk", queries.first_sheet(), cast.staff[0])
    plan = services.Plan(
        "After a yes", Event.SAID_YES, 4, sheet.id, subject="How was it to talk to us?", body=BODY, sender_id=cast.staff[0]
    )
    services.add_rule(plan)


def _answer(rng: Random) -> None:
    """Of those who were asked in the last month some answer, most of them without their name."""
    recent = select(Request).where(Request.asked_at > clock.now() - timedelta(days=30)).order_by(Request.id)
    for request in db.session.scalars(recent).all():
        if rng.random() > ANSWERS:
            continue
        said = Said(
            score=min(10, max(0, round(rng.gauss(8.2, 1.6)))),
            marks=tuple(rng.choice((3, 4, 4, 5, 5, None)) for _statement in request.version.statements),
            words=(rng.choice(GOOD), rng.choice(BAD)),
        )
        key = queries.ballot_key(queries.ballot_of(request))
        if rng.random() < ANONYMOUS:
            services.give_unnamed(said, key, request.version)
        elif not queries.is_spent(request):
            by_name = {"anonymous": False, "wants_contact": rng.random() < 0.2}
            services.answer_request(request, Said(**vars(said) | by_name), f"demo {request.id}")
    services.release_batches()


def _tell(cast: Cast, said: str, changed: str) -> None:
    today = clock.now().date()
    services.publish(services.add_change(services.Told(said, changed, today, cast.staff[2])))


BODY = """Hello {{first_name|there}},

we talked a few days ago. Would you tell us how it was? Two minutes, with your name or without:

[Say how it was]({{feedback_link}})

What we changed because of earlier answers stands beside it.

{{sender_name}}
"""
