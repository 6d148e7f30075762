"""Metric 7, candidate feedback."""

from portal.analytics.queries.feedback.report import OPEN, FeedbackReport, ScoreRow, candidate_feedback

__all__ = ["OPEN", "FeedbackReport", "ScoreRow", "candidate_feedback"]
