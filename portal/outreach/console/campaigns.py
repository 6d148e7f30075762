"""Staff pages of campaigns."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.accounts.permissions import Right, requires, staff
from portal.config import settings
from portal.content import queries as content
from portal.errors import Invalid
from portal.outreach import queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import overview
from portal.outreach.forms import CampaignForm
from portal.outreach.models import Campaign, MessageStatus


@outreach.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """All campaigns."""
    campaigns = queries.list_campaigns()
    numbers = [row.id for row in campaigns]
    counts, unsent = queries.count_messages(numbers), queries.count_unsent(numbers)
    shown = {"unsent": unsent, "today": clock.today(settings().time_zone), "Status": MessageStatus}
    return render_template("console/outreach/index.html", campaigns=campaigns, counts=counts, **shown)


@outreach.route("/new", methods=["GET", "POST"])
@requires(Right.SEND)
def new() -> ResponseReturnValue:
    """Begin a campaign; `?starter=` names the text to begin with."""
    starters = content.list_mails("outreach")
    starter = next((mail for mail in starters if mail.key == request.args.get("starter")), starters[0] if starters else None)
    texts = {"subject": starter.subject, "body": starter.body} if starter else {}
    form = CampaignForm(data={"owner_id": staff().id, **texts})
    if form.validate_on_submit() and (campaign := _save(form, None)):
        return redirect(url_for(".choose", campaign_id=campaign.id), 303)
    return render_template(
        "console/outreach/new.html", form=form, starters=starters, starter=starter
    ), 422 if form.errors else 200


@outreach.get("/<int:campaign_id>")
@requires(Right.SEE_CANDIDATES)
def show(campaign_id: int) -> ResponseReturnValue:
    """A campaign: its messages, what is missing, what one of them looks like."""
    return overview(queries.get_campaign(campaign_id))


@outreach.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@requires(Right.SEND)
def edit(campaign_id: int) -> ResponseReturnValue:
    """Change a campaign."""
    campaign = queries.get_campaign(campaign_id)
    form = CampaignForm(data=CampaignForm.values_of(campaign))
    if form.validate_on_submit() and _save(form, campaign):
        return redirect(url_for(".show", campaign_id=campaign.id), 303)
    return render_template("console/outreach/edit.html", form=form, campaign=campaign), 422 if form.errors else 200


@outreach.post("/<int:campaign_id>/runs")
@requires(Right.SEND)
def send(campaign_id: int) -> ResponseReturnValue:
    """Send what is ready; for a minute it can be undone."""
    services.queue(queries.get_campaign(campaign_id))
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/undos")
@requires(Right.SEND)
def undo(campaign_id: int) -> ResponseReturnValue:
    """Take back what has not begun to leave."""
    if count := services.undo(queries.get_campaign(campaign_id)):
        flash(ngettext("%(num)d message stays here and is ready.", "%(num)d messages stay here and are ready.", count), "good")
    else:
        flash(_("All of them have left already."), "warn")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/pauses")
@requires(Right.SEND)
def pause(campaign_id: int) -> ResponseReturnValue:
    """Let nothing leave for now, or go on."""
    campaign = queries.get_campaign(campaign_id)
    (services.resume_campaign if campaign.paused_at else services.pause_campaign)(campaign)
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/ends")
@requires(Right.SEND)
def end(campaign_id: int) -> ResponseReturnValue:
    """End the campaign, or open it again."""
    campaign = queries.get_campaign(campaign_id)
    (services.reopen_campaign if "reopen" in request.form else services.end_campaign)(campaign)
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _save(form: CampaignForm, campaign: Campaign | None) -> Campaign | None:
    """The saved campaign; what is wrong goes beside its field."""
    try:
        return services.edit_campaign(campaign, form.plan()) if campaign else services.add_campaign(form.plan())
    except Invalid as error:
        form[error.field or "name"].errors = [error.message]
        return None
