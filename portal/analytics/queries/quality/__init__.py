"""Metric 6, quality of hire."""

from portal.analytics.queries.quality.marks import INDICATORS, SEASONED_DAYS
from portal.analytics.queries.quality.report import Quality, QualityRow, quality_of_hire

__all__ = ["INDICATORS", "SEASONED_DAYS", "Quality", "QualityRow", "quality_of_hire"]
