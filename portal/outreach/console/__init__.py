"""Staff pages of outreach: campaigns, who is in them, the notes, sending, links. Importing them registers their views."""

from portal.outreach.console import campaigns, links, messages
from portal.outreach.console.door import outreach

__all__ = ["campaigns", "links", "messages", "outreach"]
