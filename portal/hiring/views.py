"""Public pages of hires: the form of a manager, and the thanks."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.guard import WORK_BITS
from portal.hiring import queries
from portal.hiring.forms import ReviewForm
from portal.security import limit_posts, personal, takes_form

hiring = Blueprint("hiring", __name__)
hiring.after_request(personal)


@hiring.route("/reviews/<token>", methods=["GET", "POST"])
@limit_posts("60 per minute")
@takes_form("review")
def review(token: str) -> ResponseReturnValue:
    """How is somebody doing whom we hired? Opening the page does nothing."""
    row = queries.get_review(token)
    form = ReviewForm(row)
    if row.answered_at or (request.method == "POST" and form.accept(None)):
        return redirect(url_for(".thanks"), 303)
    page = render_template("hiring/review.html", form=form, hire=row.hire, day=row.day, work_bits=WORK_BITS)
    return page, form.status


@hiring.get("/reviews/thanks")
def thanks() -> ResponseReturnValue:
    """Thank you; this page knows nothing of anybody."""
    return render_template("hiring/thanks.html")


@hiring.app_template_filter("role_name")
def role_name(role: str) -> str:
    """The title of a role."""
    return queries.role_name(role)
