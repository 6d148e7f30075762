"""Staff pages of the numbers: all of them, each, who is behind it, files. Importing registers views."""

from portal.analytics.console import companions, files, overview, people, reports
from portal.analytics.console.door import analytics

__all__ = ["analytics", "companions", "files", "overview", "people", "reports"]
