"""Staff pages of feedback."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.feedback import queries, services

feedback = Blueprint("feedback", __name__, url_prefix="/feedback")


@feedback.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """How people were treated; no score below five answers."""
    rows = queries.list_feedback()
    kept = len(queries.list_aside())
    return render_template("console/feedback/index.html", rows=rows, score=queries.score(), few=queries.FEW, kept=kept)


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
