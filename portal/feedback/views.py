"""Public pages of feedback."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.feedback.forms import FeedbackForm
from portal.guard import WORK_BITS
from portal.outreach.front import first_name
from portal.outreach.queries import get_link
from portal.security import limit_posts, personal

feedback = Blueprint("feedback", __name__)
feedback.after_request(personal)


@feedback.route("/feedback", methods=["GET", "POST"])
@feedback.route("/l/<token>/feedback", methods=["GET", "POST"])
@limit_posts("60 per minute")
def form(token: str = "") -> ResponseReturnValue:
    """How did we treat you?"""
    link, answer = get_link(token) if token else None, FeedbackForm()
    if request.method == "POST" and answer.accept(link):
        return redirect(url_for(".thanks", token=token or None), 303)
    around = {"token": token, "asks_who": link is None or link.candidate_id is None, "work_bits": WORK_BITS}
    return render_template(
        "feedback/form.html", form=answer, first_name=first_name(link) if link else "", **around
    ), answer.status


@feedback.get("/feedback/thanks")
@feedback.get("/l/<token>/feedback/thanks")
def thanks(token: str = "") -> ResponseReturnValue:
    """Thank you for telling us."""
    if token:
        get_link(token)
    return render_template("feedback/thanks.html", token=token)
