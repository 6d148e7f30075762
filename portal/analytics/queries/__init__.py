"""The numbers as METRICS.md defines them; every sum is made by the database."""

from portal.analytics.queries.activity import ActivityRow, activity
from portal.analytics.queries.companions import (
    AnsweringReport,
    AnsweringRow,
    BasisReport,
    CostReport,
    CostRow,
    MailReport,
    MailRow,
    PageRow,
    ReasonRow,
    complaints,
    content_to_interest,
    costs,
    decline_reasons,
    time_to_answer,
    valid_basis,
)
from portal.analytics.queries.conversion import CONVERSION_DAYS, STAGES_REACHED, ConversionRow, conversion
from portal.analytics.queries.durations import Durations, Point, durations
from portal.analytics.queries.engagement import EngagementRow, engagement
from portal.analytics.queries.feedback import FeedbackReport, ScoreRow, candidate_feedback
from portal.analytics.queries.heat import LAST_DAYS, HeatRow, heat
from portal.analytics.queries.hires import HireTimesRow, time_to_hire
from portal.analytics.queries.panels import answers as answers_panel
from portal.analytics.queries.panels import visits as visits_panel
from portal.analytics.queries.people import LISTED, Behind, Person, people_behind
from portal.analytics.queries.periods import Filters, Options, Report, as_records, options
from portal.analytics.queries.pool import PoolRow, pool_growth
from portal.analytics.queries.quality import INDICATORS, Quality, QualityRow, quality_of_hire
from portal.analytics.queries.response import WINDOW_DAYS, CohortRow, response_rate
from portal.analytics.queries.summary import summary
from portal.analytics.queries.times import WITHIN_DAYS, TimesRow, curve, time_to_engagement
from portal.analytics.queries.visits import VisitRow, visits
from portal.rates import Rate

__all__ = [
    "CONVERSION_DAYS",
    "INDICATORS",
    "LAST_DAYS",
    "LISTED",
    "STAGES_REACHED",
    "WINDOW_DAYS",
    "WITHIN_DAYS",
    "ActivityRow",
    "AnsweringReport",
    "AnsweringRow",
    "BasisReport",
    "Behind",
    "CohortRow",
    "ConversionRow",
    "CostReport",
    "CostRow",
    "Durations",
    "EngagementRow",
    "FeedbackReport",
    "Filters",
    "HeatRow",
    "HireTimesRow",
    "MailReport",
    "MailRow",
    "Options",
    "PageRow",
    "Person",
    "Point",
    "PoolRow",
    "Quality",
    "QualityRow",
    "Rate",
    "ReasonRow",
    "Report",
    "ScoreRow",
    "TimesRow",
    "VisitRow",
    "activity",
    "answers_panel",
    "as_records",
    "candidate_feedback",
    "complaints",
    "content_to_interest",
    "conversion",
    "costs",
    "curve",
    "decline_reasons",
    "durations",
    "engagement",
    "heat",
    "options",
    "people_behind",
    "pool_growth",
    "quality_of_hire",
    "response_rate",
    "summary",
    "time_to_answer",
    "time_to_engagement",
    "time_to_hire",
    "valid_basis",
    "visits",
    "visits_panel",
]
