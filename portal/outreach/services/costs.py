"""What a campaign cost so far, amount by amount."""

from datetime import date

from flask_babel import gettext as _

from portal.db import transaction
from portal.errors import Invalid, NotFound
from portal.outreach import queries
from portal.outreach.models import Campaign, Cost
from portal.outreach.services.campaigns import LARGEST_BUDGET, NAME_LIMIT, one_line


def add_cost(campaign: Campaign, amount_minor: int, what: str, on: date, actor_id: int | None = None) -> Cost:
    """Note money that was spent, in smallest units of the campaign's currency."""
    what = one_line(what)
    if not what:
        raise Invalid(_("Say what it was spent on."), "what")
    if len(what) > NAME_LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=NAME_LIMIT), "what")
    if not 0 < amount_minor <= LARGEST_BUDGET:
        raise Invalid(_("Say how much it was."), "amount")
    with transaction() as session:
        cost = Cost(campaign_id=campaign.id, amount_minor=amount_minor, what=what, on=on, actor_id=actor_id)
        session.add(cost)
        session.flush()
        return cost


def remove_cost(cost_id: int) -> Cost:
    """Take back an amount that was noted by mistake."""
    with transaction() as session:
        if (cost := queries.find_cost(cost_id)) is None:
            raise NotFound(_("This amount is not here any more."))
        session.delete(cost)
        return cost
