"""Campaigns: one effort to one persona from one source, with the text all its messages share."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts.queries import get_user
from portal.config import settings
from portal.content.queries import find_page
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Invalid
from portal.markup import check_text
from portal.outreach import queries
from portal.outreach.models import Campaign
from portal.outreach.services.leaving import check_active, take_back
from portal.sourcing.queries import get_persona, get_source

NAME_LIMIT = 200
SUBJECT_LIMIT = 200
BODY_LIMIT = 20_000
REASON_LIMIT = 500
LARGEST_BUDGET = 2**31 - 1
# Without the note it would be a circular; without the link nobody could answer in one press.
NEEDED = ("note", "landing_link")


@dataclass(frozen=True)
class Plan:
    """What staff decide about a campaign. `page` is a path of the site; subject and body have placeholders.

    `pay_reason`: why the letter names no pay, needed where the page says none. Days are the company's, both included.
    """

    name: str
    persona_id: int
    source_id: int
    owner_id: int
    page: str
    subject: str
    body: str
    pay_reason: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget_minor: int | None = None
    currency: str = "EUR"


def add_campaign(plan: Plan) -> Campaign:
    """Begin a campaign; nothing is sent before somebody writes notes and says so."""
    with transaction() as session:
        campaign = Campaign(**asdict(_checked(plan, None)), created_at=clock.now())
        session.add(campaign)
        session.flush()
        return campaign


def edit_campaign(campaign: Campaign, plan: Plan) -> Campaign:
    """Change a campaign; messages that are not sent yet follow. Another text or page begins the comparison of A and B anew."""
    with transaction() as session:
        session.refresh(campaign)
        values = asdict(_checked(plan, campaign))
        if values["starts_on"] != campaign.starts_on and queries.list_queued(campaign.id):
            raise Invalid(_("Messages wait to leave. Undo their sending before you move the first day."), "starts_on")
        if campaign.alternative and any(values[name] != getattr(campaign, name) for name in ("subject", "body", "page")):
            campaign.alternative.since = clock.now()
        for name, value in values.items():
            setattr(campaign, name, value)
        session.flush()
        return campaign


def end_campaign(campaign: Campaign) -> Campaign:
    """Send nothing more from this campaign; what has not left stays. Its links go on working, because people answer late."""
    with transaction():
        campaign.ended_at = campaign.ended_at or clock.now()
        take_back(campaign)
        return campaign


def reopen_campaign(campaign: Campaign) -> Campaign:
    """Go on with an ended campaign; a last day that has passed no longer holds."""
    with transaction():
        campaign.ended_at = None
        if campaign.ends_on and campaign.ends_on < clock.today(settings().time_zone):
            campaign.ends_on = None
        return campaign


def pause_campaign(campaign: Campaign) -> Campaign:
    """Let nothing leave until somebody goes on; what was on its way waits."""
    check_active(campaign)
    with transaction():
        campaign.paused_at = campaign.paused_at or clock.now()
        for purpose, number in _on_their_way(campaign):
            delivery.hold(purpose, number)
        return campaign


def resume_campaign(campaign: Campaign) -> Campaign:
    """Go on with a paused campaign."""
    with transaction():
        campaign.paused_at = None
        for purpose, number in _on_their_way(campaign):
            delivery.release(purpose, number)
        return campaign


def end_due() -> int:
    """End the campaigns whose last day has passed; returns how many."""
    with transaction() as session:
        today = clock.today(settings().time_zone)
        over = select(Campaign).where(Campaign.ended_at.is_(None), Campaign.ends_on < today)
        campaigns = session.scalars(over.with_for_update()).all()
        for campaign in campaigns:
            end_campaign(campaign)
        return len(campaigns)


def check_words(subject: str, body: str) -> None:
    """Invalid, with the field, unless a first letter can be made of these words."""
    check_text(subject, "subject", SUBJECT_LIMIT)
    check_text(body, "body", BODY_LIMIT)
    for name in NEEDED:
        if "{{" + name + "}}" not in body.replace(" ", ""):
            raise Invalid(_("The text needs {{%(name)s}} once, where it shall stand.", name=name), "body")


def check_page(path: str) -> None:
    """Invalid unless the site has this page."""
    if find_page(path) is None:
        raise Invalid(_("There is no page “%(page)s” on the site.", page=path), "page")


def _checked(plan: Plan, campaign: Campaign | None) -> Plan:
    """The plan, trimmed, when it can be used; Invalid with the field that cannot."""
    plan = replace(plan, name=plan.name.strip(), subject=one_line(plan.subject), pay_reason=one_line(plan.pay_reason))
    _check_name(plan.name, campaign)
    get_persona(plan.persona_id), get_source(plan.source_id), get_user(plan.owner_id)
    check_page(plan.page)
    check_words(plan.subject, plan.body)
    _check_days(plan, campaign)
    if len(plan.pay_reason) > REASON_LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=REASON_LIMIT), "pay_reason")
    if plan.budget_minor is not None and not 0 <= plan.budget_minor <= LARGEST_BUDGET:
        raise Invalid(_("A budget is between nothing and %(limit)s.", limit=LARGEST_BUDGET // 100), "budget")
    return plan


def one_line(text: str) -> str:
    """Text for one line: every kind of line break becomes a blank."""
    return " ".join(text.split())


def _check_name(name: str, campaign: Campaign | None) -> None:
    if not name:
        raise Invalid(_("Give the campaign a name."), "name")
    if len(name) > NAME_LIMIT:
        raise Invalid(_("A name has at most %(limit)s characters.", limit=NAME_LIMIT), "name")
    if (found := queries.find_campaign(name)) and found is not campaign:
        raise Invalid(_("There is a campaign of this name already."), "name")


def _check_days(plan: Plan, campaign: Campaign | None) -> None:
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise Invalid(_("The last day lies before the first."), "ends_on")
    unchanged = campaign is not None and campaign.ends_on == plan.ends_on
    if plan.ends_on and plan.ends_on < clock.today(settings().time_zone) and not unchanged:
        raise Invalid(_("This day has passed, so nothing could ever leave."), "ends_on")


def _on_their_way(campaign: Campaign) -> list[tuple[Purpose, int]]:
    first = [(Purpose.OUTREACH, message.id) for message in queries.list_queued(campaign.id)]
    return first + [(Purpose.FOLLOW_UP, number) for number in queries.list_unsettled_ids(campaign.id)]
