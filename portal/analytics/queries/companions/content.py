"""Which pages people had looked at before they said that they are interested."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_, select

from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns, seconds, span, within
from portal.content.queries import find_page
from portal.db import db
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.rates import Rate
from portal.submissions.models import Answer
from portal.timeline.models import Kind, Touchpoint

# A yes so long after a look is taken to have to do with it.
WINDOW_DAYS = 30
_DAY = 86_400


@dataclass(frozen=True)
class PageRow:
    """People seen on a page, and those of them who said yes or filled in the interest form within 30 days of a look at it."""

    label: str
    page: str
    interested: Rate


def content_to_interest(filters: Filters) -> Sequence[PageRow]:
    """Pages that people looked at in a period, human visits only, those with most interest first.

    Somebody counts for each page they looked at, so the rows add up to more people than there are. It is no proof of a cause.
    """
    seen = LandingLink.candidate_id
    people = func.count(distinct(seen)), func.count(distinct(case((_said_yes(), seen), else_=None)))
    rows = select(Visit.page, *people).join(LandingLink, LandingLink.id == Visit.link_id)
    rows = rows.outerjoin(Touchpoint, and_(Touchpoint.candidate_id == seen, _said_yes()))
    rows = rows.where(seen.is_not(None), Visit.verdict == Verdict.HUMAN, within(Visit.at.expression, span(filters)))
    rows = rows.where(*of_campaigns(filters, LandingLink.campaign_id.expression))
    if (chosen := chosen_people(filters)) is not None:
        rows = rows.where(seen.in_(chosen))
    found = [PageRow(_title(page), page, Rate(yes, all_)) for page, all_, yes in db.session.execute(rows.group_by(Visit.page))]
    return sorted(found, key=lambda row: (-row.interested.hits, -(row.interested.value or 0), row.label))


def _said_yes() -> ColumnElement[Any]:
    """A yes of any kind, after the visit and within the window."""
    yes = and_(Touchpoint.kind == Kind.RESPONDED, Touchpoint.details["answer"].as_string() == Answer.INTERESTED.value)
    soon = seconds(Touchpoint.at) - seconds(Visit.at) <= WINDOW_DAYS * _DAY
    return and_(or_(Touchpoint.kind == Kind.INTEREST_GIVEN, yes), Touchpoint.at >= Visit.at, soon)


def _title(path: str) -> str:
    page = find_page(path)
    return page.title if page else path
