"""Staff pages of outreach messages: who is in, the notes, sending."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from portal.accounts.permissions import Right, requires
from portal.delivery.emails import write
from portal.delivery.front import framed
from portal.outreach import emails, queries, services
from portal.outreach.console.door import outreach
from portal.outreach.forms import ChoiceForm, NoteForm
from portal.outreach.models import MessageStatus, OutreachMessage
from portal.security import row_number

PREVIEW = "preview"  # stands where the token of the way out will be


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
    return render_template(
        "console/outreach/note.html", message=message, form=form, Status=MessageStatus, **shown
    ), 422 if form.errors else 200


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


def _after_note(message: OutreachMessage, following: OutreachMessage | None) -> str:
    if following:
        return url_for(".note", message_id=following.id)
    return url_for(".show", campaign_id=message.campaign_id)
