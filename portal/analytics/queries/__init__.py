"""The numbers as METRICS.md defines them; every sum is made by the database."""

from portal.analytics.queries.engagement import EngagementRow, engagement
from portal.analytics.queries.feedback import FeedbackReport, ScoreRow, candidate_feedback
from portal.analytics.queries.panels import answers as answers_panel
from portal.analytics.queries.panels import visits as visits_panel
from portal.analytics.queries.periods import Filters, Options, Report, as_records, options
from portal.analytics.queries.pool import PoolRow, pool_growth
from portal.analytics.queries.response import WINDOW_DAYS, CohortRow, response_rate
from portal.analytics.queries.summary import summary
from portal.analytics.queries.visits import VisitRow, visits
from portal.rates import Rate

__all__ = [
    "WINDOW_DAYS",
    "CohortRow",
    "EngagementRow",
    "FeedbackReport",
    "Filters",
    "Options",
    "PoolRow",
    "Rate",
    "Report",
    "ScoreRow",
    "VisitRow",
    "answers_panel",
    "as_records",
    "candidate_feedback",
    "engagement",
    "options",
    "pool_growth",
    "response_rate",
    "summary",
    "visits",
    "visits_panel",
]
