"""Public pages of events: the check-in on a guest's phone, and its confirmation."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.events import queries, services
from portal.events.forms import CheckInForm
from portal.guard import WORK_BITS
from portal.security import limit_posts, personal, takes_form
from portal.sourcing.models import Source
from portal.sourcing.queries import find_event, is_open

events = Blueprint("events", __name__)
events.after_request(personal)


@events.route("/check-in/<token>", methods=["GET", "POST"])
@limit_posts("60 per minute")
@takes_form("check-in")
def check_in(token: str) -> ResponseReturnValue:
    """I am here: name, address, and whether we may keep them."""
    event = _get_event(token)
    if not is_open(event):
        return render_template("events/closed.html", event=event), 404
    form = CheckInForm(event)
    if request.method == "POST" and form.accept(None):
        return redirect(url_for(".thanks", token=token), 303)
    page = render_template("events/check_in.html", form=form, event=event, work_bits=WORK_BITS)
    return page, form.status


@events.get("/check-in/<token>/thanks")
def thanks(token: str) -> ResponseReturnValue:
    """Look into your mail."""
    return render_template("events/thanks.html", event=_get_event(token), confirmed=False)


@events.route("/check-in/confirmations/<token>", methods=["GET", "POST"])
@limit_posts("60 per minute")
@takes_form("check-in")
def confirm(token: str) -> ResponseReturnValue:
    """The address is mine. Opening the page does nothing; the button does."""
    row = queries.get_by_token(token)
    if request.method == "POST":
        event = row.source
        services.confirm(row)
        return render_template("events/thanks.html", event=event, confirmed=True)
    return render_template("events/confirm.html", event=row.source, row=row)


def _get_event(token: str) -> Source:
    if event := find_event(token):
        return event
    raise NotFound("")
