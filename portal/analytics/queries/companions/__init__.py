"""What stands beside the eight metrics."""

from portal.analytics.queries.companions.answering import AnsweringReport, AnsweringRow, time_to_answer
from portal.analytics.queries.companions.basis import BasisReport, valid_basis
from portal.analytics.queries.companions.complaints import STOP, WARN, MailReport, MailRow, complaints
from portal.analytics.queries.companions.content import PageRow, content_to_interest
from portal.analytics.queries.companions.costs import CostReport, CostRow, costs
from portal.analytics.queries.companions.declines import ReasonRow, decline_reasons

__all__ = [
    "STOP",
    "WARN",
    "AnsweringReport",
    "AnsweringRow",
    "BasisReport",
    "CostReport",
    "CostRow",
    "MailReport",
    "MailRow",
    "PageRow",
    "ReasonRow",
    "complaints",
    "content_to_interest",
    "costs",
    "decline_reasons",
    "time_to_answer",
    "valid_basis",
]
