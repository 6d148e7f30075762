"""Staff pages of what a campaign brought and cost."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.permissions import Right, requires, staff
from portal.config import settings
from portal.errors import Invalid
from portal.outreach import queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import frame
from portal.outreach.models import Campaign, Cost
from portal.sourcing.forms import CostForm


@outreach.get("/<int:campaign_id>/results")
@requires(Right.SEE_CANDIDATES)
def results(campaign_id: int) -> ResponseReturnValue:
    """Delivered, visits, answers, cost."""
    form = CostForm(formdata=None, data={"on": clock.today(settings().time_zone)})
    return _page(queries.get_campaign(campaign_id), form)


@outreach.post("/<int:campaign_id>/costs")
@requires(Right.SEND)
def add_cost(campaign_id: int) -> ResponseReturnValue:
    """Note what was spent."""
    campaign, form = queries.get_campaign(campaign_id), CostForm()
    if not form.validate() or not _save(form, campaign):
        return _page(campaign, form), 422
    return redirect(url_for(".results", campaign_id=campaign_id, _anchor="costs"), 303)


@outreach.post("/costs/<int:amount_id>/removals")
@requires(Right.SEND)
def remove_cost(amount_id: int) -> ResponseReturnValue:
    """Take an amount away that was noted by mistake."""
    cost = services.remove_cost(amount_id)
    return redirect(url_for(".results", campaign_id=cost.campaign_id, _anchor="costs"), 303)


def _page(campaign: Campaign, form: CostForm) -> str:
    costs = queries.list_costs(campaign.id)
    return render_template("console/outreach/results.html", campaign=campaign, form=form, costs=costs, **frame(campaign))


def _save(form: CostForm, campaign: Campaign) -> Cost | None:
    try:
        return services.add_cost(campaign, form.minor(), form.what.data or "", form.on.data, staff().id)
    except Invalid as error:
        form[error.field or "what"].errors = [error.message]
        return None
