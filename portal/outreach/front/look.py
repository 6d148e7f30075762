"""The page behind a link as its reader will see it, for staff who want to know before they send."""

from flask import current_app
from flask_babel import get_locale

from portal import clock
from portal.content.queries import find_page
from portal.outreach.front.press import Press, personal_values
from portal.outreach.models import LandingLink
from portal.outreach.queries import find_opened
from portal.outreach.services import token_of

# Stands where the token would be: links and forms of the page lead nowhere, and no visit is kept.
NOWHERE = "preview"


def look_at(link: LandingLink) -> bytes | None:
    """The first page of a link; None while the link is closed or its page is gone."""
    opened, page = find_opened(token_of(link), clock.now()), find_page(link.page)
    if opened is None or page is None:
        return None
    language = str(get_locale() or "en")
    press = Press(current_app._get_current_object())  # type: ignore[attr-defined]
    return press.landing(opened, page, is_first=True, language=language).fill(personal_values(opened, NOWHERE, "", language))
