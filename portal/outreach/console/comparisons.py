"""Staff pages of A and B."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.errors import Invalid
from portal.outreach import queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import frame
from portal.outreach.forms import AlternativeForm
from portal.outreach.models import Alternative, Campaign


@outreach.route("/<int:campaign_id>/comparison", methods=["GET", "POST"])
@requires(Right.SEND)
def comparison(campaign_id: int) -> ResponseReturnValue:
    """How A and B stand; another B."""
    campaign = queries.get_campaign(campaign_id)
    form = AlternativeForm(obj=campaign.alternative or campaign)
    if form.validate_on_submit() and _save(form, campaign):
        return redirect(url_for(".comparison", campaign_id=campaign_id), 303)
    if not form.is_submitted() and campaign.alternative is None:
        form.page.data = ""
    shown = {"few": queries.FEWEST, "dealt": queries.count_arms(campaign), "Outcome": queries.Outcome}
    page = "console/outreach/comparison.html"
    return render_template(page, campaign=campaign, form=form, **shown, **frame(campaign)), 422 if form.errors else 200


@outreach.post("/<int:campaign_id>/comparison/stops")
@requires(Right.SEND)
def stop_comparison(campaign_id: int) -> ResponseReturnValue:
    """Everybody gets A from now on."""
    services.stop_alternative(queries.get_campaign(campaign_id))
    return redirect(url_for(".comparison", campaign_id=campaign_id), 303)


def _save(form: AlternativeForm, campaign: Campaign) -> Alternative | None:
    try:
        return services.set_alternative(campaign, form.subject.data, form.body.data, form.page.data or "")
    except Invalid as error:
        form[error.field or "body"].errors = [error.message]
        return None
