"""What the pages of answers and forms show: a first name and who wrote, never more of anybody; and days to choose from."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.config import settings
from portal.content.queries import find_page
from portal.errors import NotFound
from portal.guard import WORK_BITS
from portal.outreach.front import first_name, writer
from portal.outreach.models import LandingLink
from portal.outreach.queries import get_link

MONTHS = (3, 6, 12)
LATEST = timedelta(days=2 * 365)


def get_personal_link(token: str) -> LandingLink:
    """The open link of one person; NotFound for unknown ones and for those of a channel."""
    link = get_link(token)
    if link.candidate_id is None:
        raise NotFound(_("This link is not valid, or no longer."))
    return link


def around(link: LandingLink | None, token: str) -> dict[str, Any]:
    """What every page of an answer shows besides its form."""
    page = find_page(link.page) if link else None
    return {
        "token": token,
        "first_name": first_name(link) if link else "",
        "writer": writer(link) if link else None,
        "page": page,
        "asks_who": link is None or link.candidate_id is None,
        "work_bits": WORK_BITS,
    }


def quick_dates() -> dict[str, Any]:
    """Days to be asked again: in 3, 6 and 12 months; and the first and the last that can be chosen."""
    today = clock.today(settings().time_zone)
    quick = [(months, _in_months(today, months)) for months in MONTHS]
    return {"quick": quick, "first": today + timedelta(days=1), "last": today + LATEST}


def _in_months(day: date, months: int) -> date:
    """The same day so many months later, or the 28th where a month may have no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, 28))
