"""The metrics in their order, and what stands beside them: each with how it is counted and shown."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from portal.analytics.console.faces.feedback import FEEDBACK
from portal.analytics.console.faces.funnel import CONVERSION
from portal.analytics.console.faces.happened import ACTIVITY
from portal.analytics.console.faces.hires import QUALITY, TIMES_TO_HIRE
from portal.analytics.console.faces.pool import POOL, VISITS
from portal.analytics.console.faces.shapes import Face, Table
from portal.analytics.console.faces.shares import ENGAGEMENT, RESPONSE
from portal.analytics.console.faces.times import TIMES
from portal.analytics.queries import Filters
from portal.errors import NotFound

FACES: dict[str, Face] = {
    "response": RESPONSE,
    "engagement": ENGAGEMENT,
    "conversion": CONVERSION,
    "time-to-engagement": TIMES,
    "time-to-hire": TIMES_TO_HIRE,
    "quality": QUALITY,
    "feedback": FEEDBACK,
    "pool": POOL,
    "visits": VISITS,
}
# The eight; visits stand beside them.
METRICS = tuple(name for name in FACES if name != "visits")


def get_face(metric: str, *, by_activity: bool = False) -> Face:
    """How a metric is shown; NotFound when there is none of that name. What follows cohorts has another face for activity."""
    if metric not in FACES:
        raise NotFound(_("There is no such number."))
    return ACTIVITY if by_activity and FACES[metric].cohort else FACES[metric]


def faces(*, by_activity: bool = False) -> dict[str, Face]:
    """The eight. By activity, metrics that follow cohorts share one face, which stands once."""
    found = {name: get_face(name, by_activity=by_activity) for name in METRICS}
    return {name: face for name, face in found.items() if face is not ACTIVITY or name == METRICS[0]}


def get_report(metric: str, filters: Filters) -> Any:
    """A metric, counted."""
    return get_face(metric).count(filters)


def get_table(metric: str, key: str, filters: Filters, *, by_activity: bool = False) -> Table:
    """One table of a metric; the first one when none is named. NotFound when there is none of that name."""
    face = get_face(metric, by_activity=by_activity)
    return pick(face.tables(face.count(filters), filters), key)


def pick(tables: Sequence[Table], key: str) -> Table:
    """The table of a name; the first one for an empty name."""
    found = next((table for table in tables if key in {table.key, ""}), None)
    if found is None:
        raise NotFound(_("There is no such table."))
    return found


def around(metric: str) -> tuple[str | None, str | None]:
    """The metrics before and after one."""
    names = list(FACES)
    at = names.index(metric)
    return names[at - 1] if at else None, names[at + 1] if metric != names[-1] else None


def is_cohort(metric: str) -> bool:
    """Whether a metric follows people from their first contact."""
    return FACES[metric].cohort
