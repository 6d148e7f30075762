"""What is done in feedback: asking by rule, taking answers, wording questionnaires, telling what changed."""

from portal.feedback.services.answers import answer_request, give_named, give_unnamed, release_batches, settle
from portal.feedback.services.aside import content_of, discard, keep_aside, purge, release
from portal.feedback.services.changes import Told, add_change, delete_change, edit_change, publish, withdraw
from portal.feedback.services.requests import Plan, add_rule, ask_due, edit_rule, pause_rule, remind_due
from portal.feedback.services.sheets import add_questionnaire, check_allowed, edit_open, edit_questionnaire, ensure_open

__all__ = [
    "Plan",
    "Told",
    "add_change",
    "add_questionnaire",
    "add_rule",
    "answer_request",
    "ask_due",
    "check_allowed",
    "content_of",
    "delete_change",
    "discard",
    "edit_change",
    "edit_open",
    "edit_questionnaire",
    "edit_rule",
    "ensure_open",
    "give_named",
    "give_unnamed",
    "keep_aside",
    "pause_rule",
    "publish",
    "purge",
    "release",
    "release_batches",
    "remind_due",
    "settle",
    "withdraw",
]
