"""Public pages of outreach: what somebody finds behind a landing link."""

from urllib.parse import urlsplit

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.content.queries import get_page
from portal.errors import Refused
from portal.outreach import front, queries, services
from portal.outreach.verdicts import read_request
from portal.security import personal, without_form_token

outreach = Blueprint("outreach", __name__)
outreach.after_request(personal)


@outreach.get("/l/<token>")
@outreach.get("/l/<token>/<path:page>")
def land(token: str, page: str = "") -> ResponseReturnValue:
    """The page behind a link; the visit is on disk before the answer leaves."""
    link = queries.find_link(token)
    if link is None:
        return render_template("outreach/closed.html"), 404
    found = get_page(page or link.page)
    visit = services.visit(link, read_request(request.method, request.headers, found.path))
    return render_template("outreach/landing.html", token=token, visit=visit, **front.landing(link, token, found))


@outreach.post("/l/<token>/proofs")
@without_form_token("Sent by a script of our own page; carries a token of its own and changes a verdict only.")
def prove(token: str) -> ResponseReturnValue:
    """A reader's proof to be a person. The answer tells nothing."""
    _refuse_other_sites()
    if queries.find_link(token) is not None:
        services.prove(request.form.get("visit", ""))
    return "", 204


def _refuse_other_sites() -> None:
    """Browsers say where a post comes from; ours comes from our own page."""
    origin = request.headers.get("Origin", "")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Refused("")
    if origin and urlsplit(origin).netloc != request.host:
        raise Refused("")
