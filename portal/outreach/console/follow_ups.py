"""Staff pages of follow-ups."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.errors import Invalid
from portal.outreach import queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import frame
from portal.outreach.forms import FOLLOW_UP, FollowUpForm
from portal.outreach.models import Campaign, FollowUp

BEGINNING = {"wait_days": 5, "body": FOLLOW_UP}


@outreach.route("/<int:campaign_id>/follow-ups", methods=["GET", "POST"])
@requires(Right.SEND)
def follow_ups(campaign_id: int) -> ResponseReturnValue:
    """What goes to who has not answered; one more of it."""
    campaign, form = queries.get_campaign(campaign_id), FollowUpForm(data=BEGINNING)
    if form.validate_on_submit() and _save(form, campaign, None):
        return redirect(url_for(".follow_ups", campaign_id=campaign_id), 303)
    shown = [(step, FollowUpForm(formdata=None, obj=step, prefix=f"s{step.id}-")) for step in campaign.follow_ups]
    return _page(campaign, form, shown, 422 if form.errors else 200)


@outreach.post("/follow-ups/<int:follow_up_id>")
@requires(Right.SEND)
def edit_follow_up(follow_up_id: int) -> ResponseReturnValue:
    """Change a text that follows."""
    step = queries.get_follow_up(follow_up_id)
    form = FollowUpForm(prefix=f"s{step.id}-")
    if form.validate() and _save(form, step.campaign, step):
        return redirect(url_for(".follow_ups", campaign_id=step.campaign_id), 303)
    others = [(row, FollowUpForm(formdata=None, obj=row, prefix=f"s{row.id}-")) for row in step.campaign.follow_ups]
    shown = [(row, form if row.id == step.id else other) for row, other in others]
    return _page(step.campaign, FollowUpForm(formdata=None, data=BEGINNING), shown, 422)


@outreach.post("/follow-ups/<int:follow_up_id>/removals")
@requires(Right.SEND)
def remove_follow_up(follow_up_id: int) -> ResponseReturnValue:
    """Take the last text away."""
    step = queries.get_follow_up(follow_up_id)
    campaign_id = step.campaign_id
    services.remove_follow_up(step)
    return redirect(url_for(".follow_ups", campaign_id=campaign_id), 303)


def _page(campaign: Campaign, form: FollowUpForm, steps: list[tuple[FollowUp, FollowUpForm]], status: int) -> ResponseReturnValue:
    counts = queries.count_follow_ups(campaign.id)
    page = "console/outreach/follow_ups.html"
    return render_template(page, campaign=campaign, form=form, steps=steps, counts=counts, **frame(campaign)), status


def _save(form: FollowUpForm, campaign: Campaign, step: FollowUp | None) -> FollowUp | None:
    wait, body = form.wait_days.data, form.body.data
    try:
        return services.edit_follow_up(step, wait, body) if step else services.add_follow_up(campaign, wait, body)
    except Invalid as error:
        form[error.field or "body"].errors = [error.message]
        return None
