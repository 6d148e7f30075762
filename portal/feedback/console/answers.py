"""What people said, who waits for an answer, and what was kept aside."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.feedback import queries, services
from portal.feedback.console.door import feedback
from portal.feedback.details import FEW


@feedback.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """How people were treated; nothing anonymous and no score below five answers."""
    shown = {"readings": queries.list_readings(), "waiting": queries.list_waiting(), "months": queries.scores_by_month()}
    kept = len(queries.list_aside())
    sealed = queries.has_sealed()
    return render_template("console/feedback/index.html", score=queries.score(), few=FEW, kept=kept, sealed=sealed, **shown)


@feedback.post("/<int:feedback_id>/settlings")
@requires(Right.EDIT_CANDIDATES)
def settle(feedback_id: int) -> ResponseReturnValue:
    """Somebody answered."""
    services.settle(queries.get_feedback(feedback_id), staff().id)
    flash(_("Noted: this person was answered."), "good")
    return redirect(url_for(".index"), 303)


@feedback.get("/aside")
@requires(Right.SEE_CANDIDATES)
def aside() -> ResponseReturnValue:
    """Posts that looked like a robot's."""
    rows = [(row, services.content_of(row)) for row in queries.list_aside()]
    return render_template("console/feedback/aside.html", rows=rows)


@feedback.post("/aside/<int:aside_id>/releases")
@requires(Right.EDIT_CANDIDATES)
def release(aside_id: int) -> ResponseReturnValue:
    """It was a person; or it was not, and goes now."""
    row = queries.get_aside(aside_id)
    if "discard" in request.form:
        services.discard(row)
        flash(_("Gone."), "good")
    else:
        services.release(row)
        flash(_("Taken in as if it had come just now."), "good")
    return redirect(url_for(".aside"), 303)
