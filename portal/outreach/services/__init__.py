"""What is done in outreach: campaigns, their messages, links and visits."""

from portal.outreach.services.alternatives import deal, set_alternative, stop_alternative
from portal.outreach.services.campaigns import (
    Plan,
    add_campaign,
    edit_campaign,
    end_campaign,
    end_due,
    pause_campaign,
    reopen_campaign,
    resume_campaign,
)
from portal.outreach.services.costs import add_cost, remove_cost
from portal.outreach.services.follow_ups import (
    add_follow_up,
    edit_follow_up,
    follow_up,
    remove_follow_up,
    settle_follow_ups,
)
from portal.outreach.services.hand import check_by_hand, hand_over, settle_handed, take_hand_back
from portal.outreach.services.leaving import UNDO, check_active, queue, send_sample, settle, undo
from portal.outreach.services.links import address_of, channel_link, link_for, pause_link, resume_link, token_of
from portal.outreach.services.messages import (
    draft,
    follow_campaign,
    remove,
    reword,
    write_evidence,
    write_note,
)
from portal.outreach.services.people import person_of
from portal.outreach.services.visits import (
    answered,
    classify,
    followed_unseen,
    forget_visits,
    judge_all_anew,
    keep,
    new_proof,
    prove,
    reclassify,
    visit,
)

__all__ = [
    "UNDO",
    "Plan",
    "add_campaign",
    "add_cost",
    "add_follow_up",
    "address_of",
    "answered",
    "channel_link",
    "check_active",
    "check_by_hand",
    "classify",
    "deal",
    "draft",
    "edit_campaign",
    "edit_follow_up",
    "end_campaign",
    "end_due",
    "follow_campaign",
    "follow_up",
    "followed_unseen",
    "forget_visits",
    "hand_over",
    "judge_all_anew",
    "keep",
    "link_for",
    "new_proof",
    "pause_campaign",
    "pause_link",
    "person_of",
    "prove",
    "queue",
    "reclassify",
    "remove",
    "remove_cost",
    "remove_follow_up",
    "reopen_campaign",
    "resume_campaign",
    "resume_link",
    "reword",
    "send_sample",
    "set_alternative",
    "settle",
    "settle_follow_ups",
    "settle_handed",
    "stop_alternative",
    "take_hand_back",
    "token_of",
    "undo",
    "visit",
    "write_evidence",
    "write_note",
]
