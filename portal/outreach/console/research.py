"""Staff pages of research before contact: a queue to work through by keyboard, one page for each message."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.candidates.queries import get_candidate
from portal.candidates.queries.research import get_research
from portal.candidates.services.research import research as keep_research
from portal.errors import Conflict, Invalid
from portal.outreach import queries
from portal.outreach.console.door import outreach
from portal.outreach.forms.research import ResearchForm, research_form, version_of
from portal.outreach.models import MessageStatus, OutreachMessage
from portal.outreach.queries.research import OPEN, find_aside, first_turn, list_queue, turn_of
from portal.outreach.services.research import work_on


@outreach.get("/<int:campaign_id>/research")
@requires(Right.SEND)
def queue(campaign_id: int) -> ResponseReturnValue:
    """Whose turn is it? The list, and the way to the first."""
    campaign = queries.get_campaign(campaign_id)
    return render_template(
        "console/outreach/research_queue.html",
        campaign=campaign,
        rows=[(message, aside, get_research(message.candidate)) for message, aside in list_queue(campaign_id)],
        first=first_turn(campaign_id),
        Status=MessageStatus,
    )


@outreach.route("/messages/<int:message_id>/research", methods=["GET", "POST"])
@requires(Right.SEND)
def research(message_id: int) -> ResponseReturnValue:
    """One message: facts, checklist, links, fit, evidence, the note."""
    message = queries.get_message(message_id)
    aside = find_aside(message_id)
    found = get_research(message.candidate)
    form = research_form(found, evidence=message.candidate.evidence, note=message.note, hold=aside.reason if aside else "")
    if form.validate_on_submit() and _kept(message, form):
        return redirect(_onwards(message), 303)
    shown = {"message": message, "candidate": message.candidate, "found": found, "aside": aside, "turn": turn_of(message)}
    page = render_template(
        "console/outreach/research.html", form=form, version=version_of(form), open=message.status in OPEN, **shown
    )
    return page, 422 if form.errors else 200


@outreach.route("/candidates/<int:candidate_id>/research", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def research_person(candidate_id: int) -> ResponseReturnValue:
    """The same about somebody who is in no campaign yet."""
    candidate = get_candidate(candidate_id)
    found = get_research(candidate)
    form = research_form(found, evidence=candidate.evidence)
    if form.validate_on_submit():
        try:
            keep_research(candidate, form.findings(), staff().id)
            flash(_("Kept."), "good")
            return redirect(url_for("console.pipeline.show", candidate_id=candidate_id), 303)
        except Invalid as error:
            form.put(error)
    shown: dict[str, Any] = {"message": None, "candidate": candidate, "found": found, "aside": None, "turn": None}
    page = render_template("console/outreach/research.html", form=form, version=version_of(form), open=False, **shown)
    return page, 422 if form.errors else 200


def _kept(message: OutreachMessage, form: ResearchForm) -> bool:
    """Whether all of it is kept; otherwise the form says what is wrong, with everything that was typed."""
    wants_hold = request.form.get("then") == "hold"
    if wants_hold and not form.hold.data:
        form.hold.errors = [_("Say in a few words what it waits for.")]
        return False
    try:
        work_on(message, form.findings(), form.note.data or "", form.hold.data or "", staff().id)
    except Invalid as error:
        form.put(error)
    except Conflict as error:
        form.put(Invalid(error.message, "note"))
    return not form.errors


def _onwards(message: OutreachMessage) -> str:
    """Stay, or go on to whoever is next; at the end of the queue back to the list."""
    if request.form.get("then") == "stay":
        flash(_("Kept."), "good")
        return url_for(".research", message_id=message.id)
    turn = turn_of(message)
    if turn.next_id:
        return url_for(".research", message_id=turn.next_id)
    flash(_("The rest is set aside.") if turn.left else _("That was the last one: nobody waits for a note any more."), "good")
    return url_for(".queue", campaign_id=message.campaign_id)
