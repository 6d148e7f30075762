"""What is done in outreach: campaigns, their messages, links and visits."""

from portal.outreach.services.campaigns import Plan, add_campaign, check_active, edit_campaign, end_campaign, reopen_campaign
from portal.outreach.services.links import address_of, channel_link, link_for, pause_link, resume_link, token_of
from portal.outreach.services.messages import draft, queue, remove, settle, write_note
from portal.outreach.services.people import person_of
from portal.outreach.services.visits import answered, classify, prove, visit

__all__ = [
    "Plan",
    "add_campaign",
    "address_of",
    "answered",
    "channel_link",
    "check_active",
    "classify",
    "draft",
    "edit_campaign",
    "end_campaign",
    "link_for",
    "pause_link",
    "person_of",
    "prove",
    "queue",
    "remove",
    "reopen_campaign",
    "resume_link",
    "settle",
    "token_of",
    "visit",
    "write_note",
]
