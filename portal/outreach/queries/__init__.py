"""Reading of outreach: campaigns, messages, links, visits, who may be added."""

from portal.outreach.queries.campaigns import count_messages, find_campaign, get_campaign, list_campaigns
from portal.outreach.queries.choices import CHOICE_LIMIT, Choice, choosable_ids, list_choices
from portal.outreach.queries.links import find_link, get_link, get_link_row, list_channel_links
from portal.outreach.queries.messages import (
    delivered_at,
    find_message_of_link,
    get_message,
    list_messages,
    message_for,
    next_held,
)
from portal.outreach.queries.visits import (
    count_visits,
    has_visited_since,
    is_proved,
    latest_page_view,
    list_unclassified,
    neighbours,
)

__all__ = [
    "CHOICE_LIMIT",
    "Choice",
    "choosable_ids",
    "count_messages",
    "count_visits",
    "delivered_at",
    "find_campaign",
    "find_link",
    "find_message_of_link",
    "get_campaign",
    "get_link",
    "get_link_row",
    "get_message",
    "has_visited_since",
    "is_proved",
    "latest_page_view",
    "list_campaigns",
    "list_channel_links",
    "list_choices",
    "list_messages",
    "list_unclassified",
    "message_for",
    "neighbours",
    "next_held",
]
