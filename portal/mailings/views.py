"""Public pages of mailings: where the way out of every mail leads. Opening a page never unsubscribes anybody."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.candidates import services as candidates
from portal.mailings import front
from portal.mailings.forms import PaceForm
from portal.security import limit_posts, personal, takes_form, without_form_token

mailings = Blueprint("mailings", __name__)
mailings.after_request(personal)


@mailings.get("/u/<token>")
@mailings.get("/u/<token>/one-click")
def wishes(token: str) -> ResponseReturnValue:
    """What holds now, and the buttons that change it."""
    candidate = front.find_reader(token)
    form = PaceForm(formdata=None, data={"pace": candidate.pace} if candidate else None)
    return render_template("mailings/wishes.html", token=token, candidate=candidate, form=form)


@mailings.post("/u/<token>")
@limit_posts("60 per minute")
@takes_form("wishes")
def unsubscribe(token: str) -> ResponseReturnValue:
    """No more newsletters."""
    if candidate := front.find_reader(token):
        candidates.unsubscribe(candidate, "page")
    return redirect(url_for(".wishes", token=token), 303)


@mailings.post("/u/<token>/one-click")
@without_form_token("RFC 8058: mail programs post here without having seen a page; the signed token is the proof.")
def one_click(token: str) -> ResponseReturnValue:
    """The same, by the button of a mail program; as often as it likes."""
    if candidate := front.find_reader(token):
        candidates.unsubscribe(candidate, "one click")
    return "Unsubscribed.\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@mailings.post("/u/<token>/returns")
@limit_posts("60 per minute")
@takes_form("wishes")
def resubscribe(token: str) -> ResponseReturnValue:
    """Newsletters may come again."""
    if candidate := front.find_reader(token):
        candidates.resubscribe(candidate, "page")
    return redirect(url_for(".wishes", token=token), 303)


@mailings.post("/u/<token>/paces")
@limit_posts("60 per minute")
@takes_form("wishes")
def pace(token: str) -> ResponseReturnValue:
    """How often at most."""
    candidate, form = front.find_reader(token), PaceForm()
    if not form.validate():
        return render_template("mailings/wishes.html", token=token, candidate=candidate, form=form), 422
    if candidate:
        candidates.set_preferences(candidate, form.chosen(), candidate.paused_until)
    return redirect(url_for(".wishes", token=token), 303)
