"""A year of believable history in an empty installation, made through the same services as real use. Same seed, same history."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from sqlalchemy import select

from portal import clock
from portal.candidates.models import Candidate
from portal.content import services as content
from portal.db import db
from portal.demo.cast import Cast, hire
from portal.demo.courting import Courting
from portal.demo.hiring import plan_hiring
from portal.demo.letters import plan_newsletters
from portal.demo.listening import plan_listening
from portal.demo.timetable import Timetable
from portal.errors import Conflict

YEAR = timedelta(days=365)


def tell(seed: int, people: int, say: Callable[[str], object]) -> dict[str, int]:
    """Fill the installation; returns what was made, by name. Conflict when there are candidates already."""
    if db.session.scalar(select(Candidate.id).limit(1)) is not None:
        raise Conflict("There are candidates already. The demo fills an empty installation only.")
    rng = Random(seed)  # noqa: S311 - a story, not a secret
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    timetable = Timetable(today)
    with clock.standing_at(today - YEAR):
        cast: Cast = hire()
    courting = Courting(rng, cast, timetable)
    courting.plan_year(today - YEAR, people)
    plan_newsletters(rng, cast, timetable, today - YEAR)
    plan_listening(rng, cast, timetable, today - YEAR)
    plan_hiring(Random(seed), cast, timetable, today - YEAR)  # noqa: S311 - draws of its own, so that the rest stays as it was
    with content.kept():
        timetable.run(lambda moment: say(f"{moment:%B %Y}"))
    return courting.counts()
