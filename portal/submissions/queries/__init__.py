"""Reading of submissions: answers, interest, questions, referrals, what was kept aside."""

from portal.submissions.queries.interest import (
    find_interest,
    find_pending,
    get_interest,
    get_pending,
    has_confirmation_since,
    list_latest_interests,
    list_pending,
    pending_of,
)
from portal.submissions.queries.quarantine import count_quarantine, get_quarantined, list_quarantine
from portal.submissions.queries.questions import (
    count_open,
    find_question,
    get_question,
    last_published,
    list_asked,
    list_settled,
    open_questions,
)
from portal.submissions.queries.referrals import find_referral, get_referral, is_asked, list_referrals, referral_of
from portal.submissions.queries.responses import (
    count_responses,
    current_response,
    find_response,
    find_tap,
    is_read,
    list_latest_responses,
    list_responses,
    list_taps,
)

__all__ = [
    "count_open",
    "count_quarantine",
    "count_responses",
    "current_response",
    "find_interest",
    "find_pending",
    "find_question",
    "find_referral",
    "find_response",
    "find_tap",
    "get_interest",
    "get_pending",
    "get_quarantined",
    "get_question",
    "get_referral",
    "has_confirmation_since",
    "is_asked",
    "is_read",
    "last_published",
    "list_asked",
    "list_latest_interests",
    "list_latest_responses",
    "list_pending",
    "list_quarantine",
    "list_referrals",
    "list_responses",
    "list_settled",
    "list_taps",
    "open_questions",
    "pending_of",
    "referral_of",
]
