"""Public pages of outreach: what somebody finds behind a landing link, and how we count who came."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal.errors import NotFound, Refused
from portal.outreach import front, queries, services, verdicts
from portal.security import personal, without_form_token

outreach = Blueprint("outreach", __name__)


@outreach.after_request
def mark(response: Response) -> Response:
    """What lies behind a link is one person's; how we count is for everybody."""
    if {"token", "alias"} & (request.view_args or {}).keys():
        personal(response)
    return response


@outreach.get("/l/<token>")
@outreach.get("/l/<token>/<path:page>")
def land(token: str, page: str = "") -> ResponseReturnValue:
    """The page behind a link. The door answers before Flask is asked; this is for what it cannot do."""
    reply = front.desk().answer(token, page, request.environ)
    if reply is None:
        raise NotFound(_("There is no page at this address."))
    return Response(reply.body, reply.status)


@outreach.get("/go/<alias>")
def go(alias: str) -> ResponseReturnValue:
    """A short name leads to its channel link; one that is not open looks like a token that is none, and counts as a guess."""
    link = queries.find_alias(alias)
    if link is not None:
        return redirect(services.address_with_parameters(link), 302)
    reply = front.desk().answer(f"go:{alias}", "", request.environ)
    return Response(reply.body if reply else b"", reply.status if reply else "404 NOT FOUND")


@outreach.get("/l/<token>" + verdicts.UNSEEN)
def unseen(token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Where a link leads that no person can see: whoever had the page with that link before it is a machine."""
    services.followed_unseen(request.args.get("page", ""))
    return render_template("outreach/unseen.html")


@outreach.post("/l/<token>/proofs")
@without_form_token("Sent by a script of our own page; carries a token of its own and changes a verdict only.")
def prove(token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A reader's proof to be a person. The answer tells nothing."""
    _refuse_other_sites()
    services.prove(request.form.get("visit", ""))
    return "", 204


@outreach.get("/how-we-count")
def counting() -> ResponseReturnValue:
    """What is kept of a visit, and the rules that judge it: those in use, from the same table."""
    facts = {"rules": verdicts.RULES, "version": verdicts.VERSION, "unproved": verdicts.explain(verdicts.NOTHING_KNOWN)}
    return render_template("outreach/counting.html", **facts)


@outreach.app_template_global()
def proof_attributes() -> str:
    """Attributes of `<body>` with which a page behind a personal link can prove that a person reads it; nothing elsewhere."""
    proof, token = request.environ.get(front.PROOF), (request.view_args or {}).get("token")
    return Markup(' data-proof="/l/{}/proofs" data-visit="{}"').format(token, proof) if proof and token else ""


def _refuse_other_sites() -> None:
    """Browsers say where a post comes from; ours comes from our own page."""
    origin = request.headers.get("Origin", "")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Refused("")
    if origin and urlsplit(origin).netloc != request.host:
        raise Refused("")
