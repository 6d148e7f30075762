"""Staff pages of outreach: campaigns, who is in them, notes, sending, what follows, results, links. Importing registers views."""

from portal.outreach.console import campaigns, comparisons, follow_ups, hand, links, messages, research, results
from portal.outreach.console.door import outreach

__all__ = ["campaigns", "comparisons", "follow_ups", "hand", "links", "messages", "outreach", "research", "results"]
