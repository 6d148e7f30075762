"""What happens when people say something."""

from portal.submissions.services.interest import Given, confirm_interest, forget_pending, give_interest
from portal.submissions.services.quarantine import (
    INTEREST,
    QUESTION,
    REFERRAL,
    content_of,
    discard,
    init_app,
    keep_aside,
    let_through,
    purge,
    release,
)
from portal.submissions.services.questions import NAME_LIMIT, Asked, answer_question, ask, clear, forget_addresses, remove
from portal.submissions.services.referrals import Friend, accept_referral, decline_referral, forget_friends, refer
from portal.submissions.services.responses import respond
from portal.submissions.services.taps import forget_taps, settle_taps, tap

__all__ = [
    "INTEREST",
    "NAME_LIMIT",
    "QUESTION",
    "REFERRAL",
    "Asked",
    "Friend",
    "Given",
    "accept_referral",
    "answer_question",
    "ask",
    "clear",
    "confirm_interest",
    "content_of",
    "decline_referral",
    "discard",
    "forget_addresses",
    "forget_friends",
    "forget_pending",
    "forget_taps",
    "give_interest",
    "init_app",
    "keep_aside",
    "let_through",
    "purge",
    "refer",
    "release",
    "remove",
    "respond",
    "settle_taps",
    "tap",
]
