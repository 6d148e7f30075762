"""Staff pages of outreach messages: who is in, the notes, the words for one person, tests."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from portal.accounts.permissions import Right, requires, staff
from portal.delivery.emails import write
from portal.delivery.front import framed
from portal.errors import Invalid
from portal.outreach import emails, queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import NEEDS, OPEN, mends
from portal.outreach.forms import ChoiceForm, NoteForm, TextForm
from portal.outreach.models import MessageStatus, OutreachMessage
from portal.outreach.queries.research import find_aside
from portal.security import row_number


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
    """Write why this person, and the note; then the next message that lacks one of them."""
    message = queries.get_message(message_id)
    form = NoteForm(data={"note": message.note, "evidence": message.candidate.evidence})
    if form.validate_on_submit() and _save_note(form, message):
        following = queries.next_held(message.campaign_id, message.id) if "next" in request.form else None
        return redirect(_after_note(message, following), 303)
    return _message_page(message, form, "note")


@outreach.route("/messages/<int:message_id>/text", methods=["GET", "POST"])
@requires(Right.SEND)
def text(message_id: int) -> ResponseReturnValue:
    """Words for this one person."""
    message = queries.get_message(message_id)
    words = queries.words(message)
    form = TextForm(data={"subject": words.subject, "body": words.body})
    if form.validate_on_submit() and _save_text(form, message):
        return redirect(url_for(".note", message_id=message_id), 303)
    return _message_page(message, form, "text")


@outreach.post("/messages/<int:message_id>/text/returns")
@requires(Right.SEND)
def return_text(message_id: int) -> ResponseReturnValue:
    """Back to the campaign's text."""
    services.follow_campaign(queries.get_message(message_id))
    return redirect(url_for(".note", message_id=message_id), 303)


@outreach.get("/messages/<int:message_id>/frame")
@requires(Right.SEND)
def look(message_id: int) -> ResponseReturnValue:
    """The mail as its reader will see it, for a sandboxed frame; its way out opens nothing."""
    return framed(write(emails.letter(queries.get_message(message_id), emails.MARK, emails.MARK)).html)


@outreach.post("/messages/<int:message_id>/tests")
@requires(Right.SEND)
def test(message_id: int) -> ResponseReturnValue:
    """Mail it to whoever presses."""
    message = queries.get_message(message_id)
    services.send_sample(message, staff())
    flash(_("A test is on its way to %(address)s. Its links open nothing, and it counts nowhere.", address=staff().email), "good")
    return redirect(url_for(".note", message_id=message_id), 303)


@outreach.post("/messages/<int:message_id>/runs")
@requires(Right.SEND)
def send_one(message_id: int) -> ResponseReturnValue:
    """Send this one alone."""
    message = queries.get_message(message_id)
    if not services.queue(message.campaign, message):
        flash(_("It cannot leave yet: something is missing, or it is set aside."), "warn")
    return redirect(url_for(".show", campaign_id=message.campaign_id, message=message_id), 303)


@outreach.post("/messages/<int:message_id>/removals")
@requires(Right.SEND)
def remove(message_id: int) -> ResponseReturnValue:
    """Take somebody out again."""
    message = queries.get_message(message_id)
    campaign_id = message.campaign_id
    services.remove(message)
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _message_page(message: OutreachMessage, form: NoteForm | TextForm, part: str) -> ResponseReturnValue:
    letter = emails.letter(message, emails.MARK, emails.MARK)
    contacts = queries.recent_contacts([message.candidate_id], message.campaign_id)
    aside = find_aside(message.id)
    page = render_template(
        "console/outreach/note.html",
        message=message,
        form=form,
        part=part,
        Status=MessageStatus,
        letter=letter,
        written=write(letter),
        card=queries.card(message),
        needs=NEEDS,
        mends=mends(message),
        open=message.status in OPEN,
        place=queries.place_of(message),
        contact=contacts.get(message.candidate_id),
        following=queries.next_held(message.campaign_id, message.id),
        aside=aside.reason if aside else "",
        own_words=queries.has_own_words(message),
    )
    return page, 422 if form.errors else 200


def _save_note(form: NoteForm, message: OutreachMessage) -> bool:
    try:
        services.write_note(message, form.note.data or "")
        services.write_evidence(message, form.evidence.data or "", staff().id)
    except Invalid as error:
        form[error.field if error.field in form else "note"].errors = [error.message]
        return False
    return True


def _save_text(form: TextForm, message: OutreachMessage) -> bool:
    try:
        services.reword(message, form.subject.data, form.body.data)
    except Invalid as error:
        form[error.field or "body"].errors = [error.message]
        return False
    return True


def _after_note(message: OutreachMessage, following: OutreachMessage | None) -> str:
    if following:
        return url_for(".note", message_id=following.id)
    return url_for(".show", campaign_id=message.campaign_id)
