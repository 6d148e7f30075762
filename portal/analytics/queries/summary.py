"""All numbers of the last twelve months as plain figures, for scripts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from portal.analytics.queries.companions import (
    complaints,
    content_to_interest,
    costs,
    decline_reasons,
    time_to_answer,
    valid_basis,
)
from portal.analytics.queries.conversion import conversion
from portal.analytics.queries.engagement import engagement
from portal.analytics.queries.feedback import candidate_feedback
from portal.analytics.queries.heat import heat
from portal.analytics.queries.hires import time_to_hire
from portal.analytics.queries.periods import Filters, as_records
from portal.analytics.queries.pool import pool_growth
from portal.analytics.queries.quality import quality_of_hire
from portal.analytics.queries.response import response_rate
from portal.analytics.queries.times import curve, time_to_engagement
from portal.analytics.queries.visits import visits
from portal.config import settings
from portal.outreach import verdicts
from portal.rates import Rate

# The eight metrics in their order, then what stands beside them; the keys are those of the pages and of the CSV files.
_COUNTED: Mapping[str, Callable[[Filters], Any]] = {
    "response": response_rate,
    "engagement": engagement,
    "conversion": conversion,
    "time-to-engagement": time_to_engagement,
    "time-to-hire": time_to_hire,
    "quality": quality_of_hire,
    "feedback": candidate_feedback,
    "pool": pool_growth,
    "visits": visits,
    "curve": curve,
    "heat": heat,
    "costs": costs,
    "time-to-answer": time_to_answer,
    "decline-reasons": decline_reasons,
    "complaints": complaints,
    "valid-basis": valid_basis,
    "content": content_to_interest,
}


def summary() -> dict[str, Any]:
    """What `portal stats --json` prints: each metric as a whole and by its parts. Shares are 0 to 1, times in days.

    `rules` is the version of the rules that tell people from machines; days and months are those of `zone`.
    """
    filters = Filters.last_year()
    found: dict[str, Any] = {"since": filters.since.isoformat(), "until": filters.until.isoformat()}
    found |= {"zone": settings().time_zone, "rules": verdicts.VERSION}
    return found | {name: _told(count(filters)) for name, count in _COUNTED.items()}


def _told(report: Any) -> Any:
    """A report as plain figures: its whole beside its parts by name; a list of rows as a list."""
    if _is_rows(report):
        return as_records([_with_properties(row) for row in report])
    found: dict[str, Any] = {}
    for name, value in _with_properties(report).items():
        if _is_rows(value) or (is_dataclass(value) and not isinstance(value, Rate) and name != "total"):
            found[name] = _told(value)
        else:
            found |= as_records([_with_properties(value) if name == "total" else {name: value}])[0]
    return found


def _is_rows(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(map(is_dataclass, value)) and not _are_rates(value)


def _are_rates(value: Sequence[Any]) -> bool:
    return bool(value) and all(isinstance(one, Rate) for one in value)


def _with_properties(row: Any) -> dict[str, Any]:
    """The fields of a row and what it works out from them."""
    worked_out = [name for name, kind in vars(type(row)).items() if isinstance(kind, property)]
    return {name: getattr(row, name) for name in [*(field.name for field in fields(row)), *worked_out]}
