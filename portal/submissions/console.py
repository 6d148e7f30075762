"""Staff pages of submissions: what candidates said, and what was kept aside."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.submissions import queries, services
from portal.submissions.forms import REASONS
from portal.submissions.models import Answer

submissions = Blueprint("submissions", __name__, url_prefix="/answers")


@submissions.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """Answers and interest forms, newest first."""
    shown = {"responses": queries.list_latest_responses(), "interests": queries.list_latest_interests()}
    counts = queries.count_responses()
    kept = len(queries.list_quarantine())
    return render_template("console/submissions/index.html", counts=counts, Answer=Answer, reasons=REASONS, kept=kept, **shown)


@submissions.get("/quarantine")
@requires(Right.SEE_CANDIDATES)
def quarantine() -> ResponseReturnValue:
    """Posts that looked like a robot's."""
    rows = [(row, services.content_of(row)) for row in queries.list_quarantine()]
    return render_template("console/submissions/quarantine.html", rows=rows)


@submissions.post("/quarantine/<int:quarantine_id>/releases")
@requires(Right.EDIT_CANDIDATES)
def release(quarantine_id: int) -> ResponseReturnValue:
    """It was a person; or it was not, and goes now."""
    row = queries.get_quarantined(quarantine_id)
    if "discard" in request.form:
        services.discard(row)
        flash(_("Gone."), "good")
    else:
        services.release(row)
        flash(_("Taken in as if it had come just now."), "good")
    return redirect(url_for(".quarantine"), 303)
