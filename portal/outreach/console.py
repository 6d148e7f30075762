"""Staff pages of outreach: campaigns, who is in them, the notes, sending."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from portal.accounts.permissions import Right, requires, staff
from portal.content import queries as content
from portal.delivery.emails import write
from portal.delivery.front import framed
from portal.errors import Invalid
from portal.outreach import emails, queries, services
from portal.outreach.forms import CampaignForm, ChoiceForm, LinkForm, NoteForm
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.security import row_number

outreach = Blueprint("outreach", __name__, url_prefix="/outreach")

PREVIEW = "preview"  # stands where the token of the way out will be


@outreach.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """All campaigns."""
    campaigns = queries.list_campaigns()
    counts = queries.count_messages([row.id for row in campaigns])
    return render_template("console/outreach/index.html", campaigns=campaigns, counts=counts, Status=MessageStatus)


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
    return render_template("console/outreach/new.html", form=form, starters=starters, starter=starter), _status(form)


@outreach.get("/<int:campaign_id>")
@requires(Right.SEE_CANDIDATES)
def show(campaign_id: int) -> ResponseReturnValue:
    """A campaign: its messages, what is missing, its links."""
    return _show(queries.get_campaign(campaign_id), LinkForm(formdata=None))


@outreach.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@requires(Right.SEND)
def edit(campaign_id: int) -> ResponseReturnValue:
    """Change a campaign."""
    campaign = queries.get_campaign(campaign_id)
    form = CampaignForm(obj=campaign)
    if form.validate_on_submit() and _save(form, campaign):
        return redirect(url_for(".show", campaign_id=campaign.id), 303)
    return render_template("console/outreach/edit.html", form=form, campaign=campaign), _status(form)


@outreach.get("/<int:campaign_id>/candidates")
@requires(Right.SEND)
def choose(campaign_id: int) -> ResponseReturnValue:
    """Whom to add."""
    campaign = queries.get_campaign(campaign_id)
    defaults = MultiDict({"persona": campaign.persona_id, "source": campaign.source_id, "stage": "", "reached": "never"})
    form = ChoiceForm(formdata=request.args or defaults)
    choices = queries.list_choices(campaign, **form.criteria())
    return render_template(
        "console/outreach/choose.html", campaign=campaign, form=form, choices=choices, limit=queries.CHOICE_LIMIT
    )


@outreach.post("/<int:campaign_id>/messages")
@requires(Right.SEND)
def add(campaign_id: int) -> ResponseReturnValue:
    """Draft a message for each chosen candidate."""
    chosen = request.form.getlist("candidate", type=row_number)
    drafted = services.draft(queries.get_campaign(campaign_id), chosen)
    flash(ngettext("%(num)d message waits for a note.", "%(num)d messages wait for a note.", len(drafted)), "good")
    if left_out := len(set(chosen)) - len(drafted):
        flash(_("%(count)s left out: they are in another outreach by now, or must not be written to.", count=left_out), "warn")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.route("/messages/<int:message_id>", methods=["GET", "POST"])
@requires(Right.SEND)
def note(message_id: int) -> ResponseReturnValue:
    """Write the note of one message, with its evidence beside it; then the next that lacks one."""
    message = queries.get_message(message_id)
    form = NoteForm(obj=message)
    if form.validate_on_submit():
        services.write_note(message, form.note.data or "")
        following = queries.next_held(message.campaign_id, message.id) if "next" in request.form else None
        return redirect(_after_note(message, following), 303)
    shown = {"letter": emails.letter(message, PREVIEW), "following": queries.next_held(message.campaign_id, message.id)}
    return render_template("console/outreach/note.html", message=message, form=form, Status=MessageStatus, **shown), _status(form)


@outreach.get("/messages/<int:message_id>/frame")
@requires(Right.SEND)
def look(message_id: int) -> ResponseReturnValue:
    """The mail as its reader will see it, for the sandboxed frame beside the note; its way out opens nothing."""
    return framed(write(emails.letter(queries.get_message(message_id), PREVIEW)).html)


@outreach.post("/messages/<int:message_id>/removals")
@requires(Right.SEND)
def remove(message_id: int) -> ResponseReturnValue:
    """Take somebody out again."""
    message = queries.get_message(message_id)
    campaign_id = message.campaign_id
    services.remove(message)
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/runs")
@requires(Right.SEND)
def send(campaign_id: int) -> ResponseReturnValue:
    """Send what is ready."""
    count = services.queue(queries.get_campaign(campaign_id))
    flash(ngettext("%(num)d message is on its way.", "%(num)d messages are on their way.", count), "good")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/ends")
@requires(Right.SEND)
def end(campaign_id: int) -> ResponseReturnValue:
    """End the campaign, or open it again."""
    campaign = queries.get_campaign(campaign_id)
    (services.reopen_campaign if "reopen" in request.form else services.end_campaign)(campaign)
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@outreach.post("/<int:campaign_id>/links")
@requires(Right.SEND)
def add_link(campaign_id: int) -> ResponseReturnValue:
    """Make a link for a channel."""
    campaign, form = queries.get_campaign(campaign_id), LinkForm()
    if not form.validate():
        return _show(campaign, form), 422
    services.channel_link(campaign, form.label.data)
    return redirect(url_for(".show", campaign_id=campaign_id) + "#links", 303)


@outreach.post("/links/<int:link_id>/pauses")
@requires(Right.SEND)
def pause_link(link_id: int) -> ResponseReturnValue:
    """Close a link for now, or open it again."""
    link = queries.get_link_row(link_id)
    (services.resume_link if link.paused_at else services.pause_link)(link)
    return redirect(url_for(".show", campaign_id=link.campaign_id) + "#links", 303)


def _show(campaign: Campaign, form: LinkForm) -> str:
    counts = queries.count_messages([campaign.id])[campaign.id]
    links = [(link, services.address_of(link)) for link in queries.list_channel_links(campaign.id)]
    return render_template(
        "console/outreach/show.html",
        campaign=campaign,
        messages=queries.list_messages(campaign.id),
        counts=counts,
        next_held=queries.next_held(campaign.id),
        links=links,
        link_form=form,
        visits=queries.count_visits(campaign.id),
        page=content.find_page(campaign.page),
        Status=MessageStatus,
    )


def _save(form: CampaignForm, campaign: Campaign | None) -> Campaign | None:
    """The saved campaign; what is wrong goes beside its field."""
    try:
        return services.edit_campaign(campaign, form.plan()) if campaign else services.add_campaign(form.plan())
    except Invalid as error:
        form[error.field or "name"].errors = [error.message]
        return None


def _status(form: CampaignForm | NoteForm) -> int:
    return 422 if form.errors else 200


def _after_note(message: OutreachMessage, following: OutreachMessage | None) -> str:
    if following:
        return url_for(".note", message_id=following.id)
    return url_for(".show", campaign_id=message.campaign_id)
