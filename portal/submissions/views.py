"""Public pages of submissions: answers behind a personal link, the interest form, and the thanks after each."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.outreach.front import first_name
from portal.outreach.models import LandingLink
from portal.outreach.queries import get_link
from portal.security import limit_posts, personal
from portal.submissions import front
from portal.submissions.forms import AnswerForm, InterestForm
from portal.submissions.models import Answer

submissions = Blueprint("submissions", __name__)
submissions.after_request(personal)

PAGES = {Answer.NOT_NOW: "submissions/not_now.html", Answer.NO: "submissions/no.html"}


@submissions.post("/l/<token>/responses")
@limit_posts("600 per minute")
def respond(token: str) -> ResponseReturnValue:
    """One press: interested, not now, or no."""
    link, form = front.get_personal_link(token), AnswerForm()
    if not form.accept(link):
        return _answer_page(token, link, form)
    return redirect(url_for(".thanks", token=token, after=form.answer.data), 303)


@submissions.get("/l/<token>/not-now")
def not_now(token: str) -> ResponseReturnValue:
    """When may we ask again? The buttons answer, opening this does not."""
    return _answer_page(token, front.get_personal_link(token), AnswerForm(formdata=None, answer=Answer.NOT_NOW))


@submissions.get("/l/<token>/no")
def no(token: str) -> ResponseReturnValue:
    """A no, with a reason or without."""
    return _answer_page(token, front.get_personal_link(token), AnswerForm(formdata=None, answer=Answer.NO))


@submissions.route("/interest", methods=["GET", "POST"])
@submissions.route("/l/<token>/interest", methods=["GET", "POST"])
@limit_posts("60 per minute")
def interest(token: str = "") -> ResponseReturnValue:
    """The interest form; behind a personal link it knows a first name, never an address."""
    link = get_link(token) if token else None
    form = InterestForm(data={"name": first_name(link)} if link else None)
    if request.method == "POST" and form.accept(link):
        return redirect(_thanks_url(token, "interest"), 303)
    return render_template("submissions/interest.html", form=form, **front.around(link, token)), form.status


@submissions.get("/thanks")
@submissions.get("/l/<token>/thanks")
def thanks(token: str = "") -> ResponseReturnValue:
    """Thank you, and the next small step."""
    link = get_link(token) if token else None
    after = request.args.get("after", "")
    return render_template("submissions/thanks.html", after=after, **front.around(link, token))


def _answer_page(token: str, link: LandingLink, form: AnswerForm) -> ResponseReturnValue:
    """The page of an answer, with what is wrong beside its field."""
    template = PAGES.get(form.answer.data, "submissions/no.html")
    page = render_template(template, form=form, dates=front.quick_dates(), **front.around(link, token))
    return page, form.status


def _thanks_url(token: str, after: str) -> str:
    return url_for(".thanks", token=token, after=after) if token else url_for(".thanks", after=after)
