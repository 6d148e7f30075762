"""What these pages show: a first name and who wrote, never more of anybody; days and subjects to choose; what others asked."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.config import settings
from portal.content.models import Page
from portal.content.queries import find_page, list_pages, list_picked, site
from portal.db import db
from portal.delivery.verdicts import zone_of
from portal.errors import NotFound
from portal.guard import WORK_BITS
from portal.outreach.front import PROOF, first_name, writer
from portal.outreach.models import LandingLink
from portal.outreach.queries import delivered_near, get_link
from portal.outreach.verdicts import SCANNER_TIME
from portal.submissions.models import Question
from portal.submissions.queries import list_asked

MONTHS = (3, 6, 12)
LATEST = timedelta(days=2 * 365)
TEAM = "team:"


def get_personal_link(token: str) -> LandingLink:
    """The open link of one person; NotFound for unknown ones and for those of a channel."""
    link = get_link(token)
    if link.candidate_id is None:
        raise NotFound(_("This link is not valid, or no longer."))
    return link


def is_early(link: LandingLink) -> bool:
    """Whether a mail reached this person only just now, so that a scanner may be what opens its links."""
    now = clock.now()
    return delivered_near(link.candidate_id, now - SCANNER_TIME, now) is not None


def subjects() -> list[tuple[str, str]]:
    """What somebody may be interested in: the company (an empty key), a role (the path of its story), or a team."""
    stories = [page for page in list_pages("story") if page.role]
    teams = sorted({str(page.meta["team"]) for page in stories if page.meta["team"]})
    roles = [(page.path, page.role) for page in stories]
    return [("", _("%(company)s as a whole", company=site().name)), *roles, *((TEAM + team, team) for team in teams)]


def subject_name(key: str) -> str:
    """What such a key means to a reader; empty for the company, and for what is not on the site any more."""
    return dict(subjects()).get(key, "") if key else ""


def subject_in_question(link: LandingLink | None) -> str:
    """The subject that the address names (`?about=`), else that of the link's page; only what is on the site."""
    known = dict(subjects())
    wanted = request.args.get("about", "") or (link.page if link else "")
    return wanted if wanted in known else ""


def asked_about(link: LandingLink | None) -> dict[str, Any]:
    """What the interest form knows before anybody typed: a first name, the subject, and what matters (`?matters=`)."""
    picked = [criterion.key for criterion in list_picked(request.args.getlist("matters"))]
    return {"name": first_name(link) if link else "", "about": subject_in_question(link), "matters": picked}


def page_in_question(link: LandingLink | None) -> str:
    """The page that the address names (`?page=`), else that of the link; the first page when there is no such page."""
    page = find_page(request.args.get("page", "") or (link.page if link else "/"))
    return page.path if page else "/"


def titled(path: str | None) -> Page | None:
    """The page at a path that a stranger named, for its title and its own address."""
    return find_page(path) if path else None


def labels() -> dict[str, Any]:
    """Words for what somebody chose: criteria, and what they are interested in."""
    return {"criteria": {one.key: one.label for one in site().criteria}, "subject_name": subject_name}


def asked(path: str, token: str = "") -> Markup:
    """What readers of a page asked, what was answered, and the way to ask; shown beneath every page of the site."""
    today = clock.today(settings().time_zone)
    page = render_template("submissions/_asked.html", questions=_questions(path), path=path, token=token, today=today)
    return Markup(page)  # noqa: S704 - Jinja has escaped what people typed


def _questions(path: str) -> Sequence[Question]:
    """None while the database is away: pages of the site need none."""
    try:
        return list_asked(path)
    except SQLAlchemyError:
        db.session.rollback()
        return ()


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
        # A form that is shown again still belongs to the visit of the page it was filled in on, and can be proved with it.
        "visit": request.environ.setdefault(PROOF, request.form.get("visit", "")),
    }


def quick_dates(link: LandingLink) -> dict[str, Any]:
    """Days to be asked again: in 3, 6 and 12 months; and the first and the last that can be chosen, by the person's own clock."""
    zone = str(zone_of(link.candidate)) if link.candidate else settings().time_zone
    today = clock.today(zone)
    quick = [(months, _in_months(today, months)) for months in MONTHS]
    return {"quick": quick, "first": today + timedelta(days=1), "last": today + LATEST}


def _in_months(day: date, months: int) -> date:
    """The same day so many months later, or the 28th where a month may have no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, 28))
