"""All numbers of the last twelve months as plain figures, for scripts."""

from typing import Any

from portal.analytics.queries.engagement import engagement
from portal.analytics.queries.periods import Filters, Report, as_records
from portal.analytics.queries.pool import pool_growth
from portal.analytics.queries.response import response_rate
from portal.analytics.queries.visits import visits


def summary() -> dict[str, Any]:
    """What `portal stats --json` prints: each metric as a whole, by campaign and by month; shares are 0 to 1."""
    filters = Filters.last_year()
    reports: dict[str, Report[Any]] = {
        "response_rate": response_rate(filters),
        "visits": visits(filters),
        "engagement_rate": engagement(filters),
    }
    found: dict[str, Any] = {"since": filters.since.isoformat(), "until": filters.until.isoformat()}
    for name, report in reports.items():
        (total,) = as_records([report.total])
        found[name] = total | {"by_campaign": as_records(report.by_campaign), "by_month": as_records(report.by_month)}
    months = pool_growth(filters)
    found["talent_pool"] = [
        record | {"left": row.left, "end": row.end, "growth": row.growth}
        for record, row in zip(as_records(months), months, strict=True)
    ]
    return found
