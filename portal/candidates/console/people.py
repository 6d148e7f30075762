"""Staff pages of candidates: adding and editing them, their notes and wishes. A candidate's own page is the pipeline's."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, may, requires, staff
from portal.candidates import queries, services
from portal.candidates.forms import CandidateForm, NoteForm, PreferencesForm
from portal.candidates.models import Candidate, Pace
from portal.security import row_number
from portal.timeline.models import Channel

candidates = Blueprint("candidates", __name__)


@candidates.route("/candidates/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new() -> ResponseReturnValue:
    """Add somebody by hand."""
    form = CandidateForm(owner_id=staff().id, source_id=request.args.get("source", type=row_number))
    if not form.validate_on_submit():
        return render_template("console/candidates/new.html", form=form), 422 if form.errors else 200
    chosen = form.assignment()
    candidate = services.add(
        form.details(), chosen.source_id, persona_id=chosen.persona_id, owner_id=chosen.owner_id, actor_id=staff().id
    )
    flash(_("%(name)s is here. Before the first message: a note on why them.", name=candidate.full_name), "good")
    return _page_of(candidate)


@candidates.get("/candidates/<int:candidate_id>")
@requires(Right.SEE_CANDIDATES)
def show(candidate_id: int) -> ResponseReturnValue:
    """The page of a candidate lies with the pipeline, which knows their stage."""
    return _page_of(queries.get_candidate(candidate_id))


@candidates.route("/candidates/<int:candidate_id>/edit", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def edit(candidate_id: int) -> ResponseReturnValue:
    """Change what is known."""
    candidate = queries.get_candidate(candidate_id)
    form = CandidateForm(candidate)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("console/candidates/edit.html", form=form, candidate=candidate), status
    services.edit(candidate, form.details(), form.assignment(), actor_id=staff().id)
    flash(_("Saved."), "good")
    return _page_of(candidate)


@candidates.post("/candidates/<int:candidate_id>/notes")
@requires(Right.EDIT_CANDIDATES)
def add_note(candidate_id: int) -> ResponseReturnValue:
    """Write a note about somebody."""
    candidate, form = queries.get_candidate(candidate_id), NoteForm()
    if not form.validate_on_submit():
        return render_template("console/candidates/note.html", form=form, candidate=candidate), 422
    services.add_note(candidate, form.text.data, staff().id)
    return _page_of(candidate, "notes")


@candidates.post("/candidates/<int:candidate_id>/preferences")
@requires(Right.EDIT_CANDIDATES)
def set_preferences(candidate_id: int) -> ResponseReturnValue:
    """Keep the pace and pause that somebody asked us for."""
    candidate, form = queries.get_candidate(candidate_id), PreferencesForm()
    if not form.validate_on_submit():
        return render_template("console/candidates/preferences.html", form=form, candidate=candidate), 422
    services.set_preferences(
        candidate, Pace(form.pace.data), form.paused_until.data, actor_id=staff().id, channel=Channel.CONSOLE
    )
    flash(_("Their wish is kept, for every kind of mail."), "good")
    return _page_of(candidate)


@candidates.post("/candidates/<int:candidate_id>/subscriptions")
@requires(Right.EDIT_CANDIDATES)
def subscribe(candidate_id: int) -> ResponseReturnValue:
    """Unsubscribe somebody who told us so, or take them back because they asked."""
    change = services.resubscribe if request.form.get("subscribed") == "yes" else services.unsubscribe
    return _page_of(change(queries.get_candidate(candidate_id), "console", actor_id=staff().id))


@candidates.post("/candidates/<int:candidate_id>/contact")
@requires(Right.EDIT_CANDIDATES)
def set_contact(candidate_id: int) -> ResponseReturnValue:
    """Do not contact, or no longer so."""
    change = services.allow_contact if request.form.get("allowed") == "yes" else services.stop_contact
    return _page_of(change(queries.get_candidate(candidate_id), actor_id=staff().id))


@candidates.post("/candidates/<int:candidate_id>/objections")
@requires(Right.EDIT_CANDIDATES)
def object_to_contact(candidate_id: int) -> ResponseReturnValue:
    """Somebody said never again, by telephone say."""
    candidate = services.object_to_contact(queries.get_candidate(candidate_id), actor_id=staff().id)
    flash(_("Nothing will be sent to them again, and no list can bring them back."), "good")
    return _page_of(candidate)


@candidates.app_context_processor
def parts() -> dict[str, Any]:
    """What the parts of a candidate's page ask for while they are drawn."""
    return {
        "duplicate_count": queries.count_duplicates,
        "duplicates_of": queries.list_duplicates_of,
        "reasons_in_words": services.in_words,
        "candidate_rights": queries.get_rights,
        "may_edit_candidates": lambda: may(staff(), Right.EDIT_CANDIDATES),
    }


def _page_of(candidate: Candidate, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("console.pipeline.show", candidate_id=candidate.id, _anchor=anchor))
