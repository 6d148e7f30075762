"""Campaigns: one effort to one persona from one source, with the text all its messages share."""

from dataclasses import asdict, dataclass, replace

from flask_babel import gettext as _

from portal import clock
from portal.accounts.queries import get_user
from portal.content.queries import find_page
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.markup import check_text
from portal.outreach import queries
from portal.outreach.models import Campaign
from portal.sourcing.queries import get_persona, get_source

NAME_LIMIT = 200
SUBJECT_LIMIT = 200
BODY_LIMIT = 20_000
# Without the note it would be a circular; without the link nobody could answer in one press.
NEEDED = ("note", "landing_link")


@dataclass(frozen=True)
class Plan:
    """What staff decide about a campaign. `page` is a path of the site; subject and body have placeholders."""

    name: str
    persona_id: int
    source_id: int
    owner_id: int
    page: str
    subject: str
    body: str


def add_campaign(plan: Plan) -> Campaign:
    """Begin a campaign; nothing is sent before somebody writes notes and says so."""
    with transaction() as session:
        campaign = Campaign(**asdict(_checked(plan, None)), created_at=clock.now())
        session.add(campaign)
        session.flush()
        return campaign


def edit_campaign(campaign: Campaign, plan: Plan) -> Campaign:
    """Change a campaign; messages that are not sent yet follow."""
    with transaction() as session:
        for name, value in asdict(_checked(plan, campaign)).items():
            setattr(campaign, name, value)
        session.flush()
        return campaign


def end_campaign(campaign: Campaign) -> Campaign:
    """Send nothing more from this campaign. Its links go on working, because people answer late."""
    with transaction():
        campaign.ended_at = campaign.ended_at or clock.now()
        return campaign


def reopen_campaign(campaign: Campaign) -> Campaign:
    """Go on with an ended campaign."""
    with transaction():
        campaign.ended_at = None
        return campaign


def check_active(campaign: Campaign) -> None:
    """Conflict when the campaign has ended."""
    if campaign.ended_at is not None:
        raise Conflict(_("This campaign has ended. Open it again before you add or send anything."))


def _checked(plan: Plan, campaign: Campaign | None) -> Plan:
    """The plan, trimmed, when it can be used; Invalid with the field that cannot."""
    plan = replace(plan, name=plan.name.strip(), subject=plan.subject.replace("\n", " ").strip())
    _check_name(plan.name, campaign)
    get_persona(plan.persona_id), get_source(plan.source_id), get_user(plan.owner_id)
    if find_page(plan.page) is None:
        raise Invalid(_("There is no page “%(page)s” on the site.", page=plan.page), "page")
    check_text(plan.subject, "subject", SUBJECT_LIMIT)
    check_text(plan.body, "body", BODY_LIMIT)
    for name in NEEDED:
        if "{{" + name + "}}" not in plan.body.replace(" ", ""):
            raise Invalid(_("The text needs {{%(name)s}} once, where it shall stand.", name=name), "body")
    return plan


def _check_name(name: str, campaign: Campaign | None) -> None:
    if not name:
        raise Invalid(_("Give the campaign a name."), "name")
    if len(name) > NAME_LIMIT:
        raise Invalid(_("A name has at most %(limit)s characters.", limit=NAME_LIMIT), "name")
    if (found := queries.find_campaign(name)) and found is not campaign:
        raise Invalid(_("There is a campaign of this name already."), "name")
