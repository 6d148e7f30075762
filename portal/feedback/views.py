"""Public pages of feedback: with a name or without, behind a link or not, the thanks, and what changed because of it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.feedback import queries
from portal.feedback.forms import NamedForm, RequestForm, UnnamedForm, asking
from portal.feedback.forms.answers import SheetForm
from portal.feedback.front import around, ballot_token, read_ballot
from portal.outreach.front import first_name
from portal.outreach.queries import get_link
from portal.security import limit_posts, personal

feedback = Blueprint("feedback", __name__)
feedback.after_request(personal)


@feedback.route("/feedback", methods=["GET", "POST"])
@feedback.get("/l/<token>/feedback")
@limit_posts("60 per minute")
def form(token: str = "") -> ResponseReturnValue:
    """How did we treat you? Nobody's answer; behind a personal link first the choice, whose way without a name leads off it."""
    if not token:
        return _answer(asking(UnnamedForm, queries.open_sheet()), named_url=url_for(".named"))
    urls = {"unnamed_url": url_for(".form"), "named_url": url_for(".named", token=token)}
    page = around(token=token, first_name=first_name(get_link(token)), **urls)
    return render_template("feedback/choose.html", sheet=queries.open_sheet(), **page)


@feedback.get("/feedback/asked/<token>")
def asked(token: str) -> ResponseReturnValue:
    """The same for somebody whom we asked. Opening it says nothing and marks nothing."""
    row = queries.get_request(token)
    if queries.is_spent(row):
        return render_template("feedback/spent.html")
    urls = {"unnamed_url": url_for(".ballot", token=ballot_token(row)), "named_url": url_for(".asked_named", token=token)}
    name = row.candidate.greeting_name if row.candidate else ""
    return render_template("feedback/choose.html", sheet=queries.sheet_of(row.version), **around(first_name=name, **urls))


@feedback.route("/feedback/unnamed/<token>", methods=["GET", "POST"])
@limit_posts("60 per minute")
def ballot(token: str) -> ResponseReturnValue:
    """The same with a ballot: one answer of somebody whom we asked, and nobody can say whose."""
    read = read_ballot(token)
    if read.used:
        return render_template("feedback/spent.html")
    answer = asking(UnnamedForm, queries.sheet_of(read.version))
    answer.version, answer.ballot = read.version, read.secret
    return _answer(answer)


@feedback.route("/feedback/named", methods=["GET", "POST"])
@feedback.route("/l/<token>/feedback/named", methods=["GET", "POST"])
@limit_posts("60 per minute")
def named(token: str = "") -> ResponseReturnValue:
    """How did we treat you? With your name."""
    link = get_link(token) if token else None
    name = first_name(link) if link else ""
    return _answer(asking(NamedForm, queries.open_sheet()), link, token=token, first_name=name, unnamed_url=url_for(".form"))


@feedback.route("/feedback/asked/<token>/named", methods=["GET", "POST"])
@limit_posts("60 per minute")
def asked_named(token: str) -> ResponseReturnValue:
    """The same for somebody whom we asked."""
    row = queries.get_request(token)
    if queries.is_spent(row) and request.method == "GET":
        return render_template("feedback/spent.html")
    answer = asking(RequestForm, queries.sheet_of(row.version))
    answer.asked = row
    name = row.candidate.greeting_name if row.candidate else ""
    return _answer(answer, first_name=name, unnamed_url=url_for(".ballot", token=ballot_token(row)))


@feedback.get("/feedback/thanks")
@feedback.get("/l/<token>/feedback/thanks")
def thanks(token: str = "") -> ResponseReturnValue:
    """Thank you for telling us."""
    if token:
        get_link(token)
    return render_template("feedback/thanks.html", token=token)


@feedback.get("/what-we-changed")
def changes() -> ResponseReturnValue:
    """What we changed because of what people said."""
    return render_template("feedback/changes.html", changes=queries.list_changes(published=True))


def _answer(answer: SheetForm, link: Any = None, **more: Any) -> ResponseReturnValue:
    """The questions; then the answer as HR will see it; then thanks."""
    page = around(**more)
    if request.method == "POST" and answer.accept(link):
        return redirect(url_for(".thanks", token=page["token"] or None), 303)
    asks_who = (
        isinstance(answer, NamedForm) and not isinstance(answer, RequestForm) and (link is None or link.candidate_id is None)
    )
    template = "feedback/preview.html" if answer.previewed else "feedback/form.html"
    return render_template(template, form=answer, asks_who=asks_who, **page), answer.status
