"""The own page: getting in (`entry`), looking (`page`), changing (`changes`), rights. Importing registers the views."""

from portal.selfservice.views import changes, entry, page, rights
from portal.selfservice.views.door import selfservice

__all__ = ["changes", "entry", "page", "rights", "selfservice"]
