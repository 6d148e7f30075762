"""Public pages of submissions: answers behind a personal link, interest, questions, friends, and the thanks after each."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.outreach.front import first_name
from portal.outreach.models import LandingLink
from portal.outreach.queries import get_link
from portal.security import limit_posts, personal, takes_form
from portal.submissions import front, queries, services
from portal.submissions.forms import CHOICE, AnswerForm, FriendForm, InterestForm, PressForm, QuestionForm, ReferralForm
from portal.submissions.models import Answer, PendingInterest, Referral

submissions = Blueprint("submissions", __name__)
submissions.after_request(personal)

# What an answer is called in an address, and the page that asks for it.
WORDS = {"interested": Answer.INTERESTED, "not-now": Answer.NOT_NOW, "no": Answer.NO}
PAGES = {
    Answer.INTERESTED: "submissions/interested.html",
    Answer.NOT_NOW: "submissions/not_now.html",
    Answer.NO: "submissions/no.html",
}
FORMS = "600 per minute"  # a school class behind one address gets through; the guard looks at each post


@submissions.get("/l/<token>/answer/<any('interested','not-now','no'):word>")
def answer(token: str, word: str) -> ResponseReturnValue:
    """Where the links of a mail and of the landing page lead. Opening it answers nothing; its buttons do."""
    return _answer_page(token, front.get_personal_link(token), AnswerForm(formdata=None, answer=WORDS[word]))


@submissions.post("/l/<token>/responses")
@limit_posts(FORMS)
@takes_form("responses", CHOICE)
def respond(token: str) -> ResponseReturnValue:
    """One press: interested, not now, or no. When nobody can be sure that it was a person's, the next page asks."""
    link, form = front.get_personal_link(token), AnswerForm()
    if not form.accept(link):
        return _answer_page(token, link, form)
    return redirect(url_for(".thanks", token=token, after=form.answer.data), 303)


@submissions.route("/interest", methods=["GET", "POST"])
@submissions.route("/l/<token>/interest", methods=["GET", "POST"])
@limit_posts(FORMS)
def interest(token: str = "") -> ResponseReturnValue:
    """The interest form; behind a personal link it knows a first name, never an address."""
    link = get_link(token) if token else None
    form = InterestForm(data=front.asked_about(link))
    if request.method == "POST" and form.accept(link):
        return redirect(_thanks_url(token, "interest" if link and link.candidate_id else "interest-mail"), 303)
    return render_template("submissions/interest.html", form=form, **front.around(link, token)), form.status


@submissions.route("/confirm/<interest_token>", methods=["GET", "POST"])
@limit_posts(FORMS)
def confirm(interest_token: str) -> ResponseReturnValue:
    """Where the mail of the interest form leads: what was typed, and the one button that makes it count."""
    pending, form = queries.pending_of(interest_token), PressForm()
    if request.method == "POST" and form.is_pressed():
        services.confirm_interest(_chosen(pending))
        return redirect(_thanks_url("", "interest"), 303)
    waiting = queries.list_pending(pending.address_key)
    shown = {"waiting": waiting, "interest_token": interest_token, **front.labels()}
    return render_template("submissions/confirm.html", form=form, **shown)


@submissions.route("/ask", methods=["GET", "POST"])
@submissions.route("/l/<token>/ask", methods=["GET", "POST"])
@limit_posts(FORMS)
def ask(token: str = "") -> ResponseReturnValue:
    """A question to the team, about a page of the site."""
    link = get_link(token) if token else None
    form = QuestionForm(data={"page": front.page_in_question(link)})
    if request.method == "POST" and form.accept(link):
        return redirect(_thanks_url(token, "question", form.given().page), 303)
    return render_template(
        "submissions/ask.html", form=form, about=front.titled(form.page.data), **front.around(link, token)
    ), form.status


@submissions.route("/refer", methods=["GET", "POST"])
@submissions.route("/l/<token>/refer", methods=["GET", "POST"])
@limit_posts(FORMS)
def refer(token: str = "") -> ResponseReturnValue:
    """A friend it might suit. They are asked first."""
    link = get_link(token) if token else None
    form = ReferralForm(data={"name": first_name(link) if link else "", "about": front.subject_in_question(link)})
    if request.method == "POST" and form.accept(link):
        return redirect(_thanks_url(token, "referral"), 303)
    return render_template("submissions/refer.html", form=form, **front.around(link, token)), form.status


@submissions.route("/referred/<referral_token>", methods=["GET", "POST"])
@limit_posts(FORMS)
def referred(referral_token: str) -> ResponseReturnValue:
    """Where the friend's mail leads. A post is a yes."""
    referral, form = queries.referral_of(referral_token), FriendForm()
    if request.method == "POST" and form.accept(referral):
        return redirect(_thanks_url("", "friend-yes"), 303)
    return _friend_page(referral, form, referral_token)


@submissions.post("/referred/<referral_token>/refusals")
@limit_posts(FORMS)
@takes_form("referred")
def refuse(referral_token: str) -> ResponseReturnValue:
    """The friend's no: what we have of them goes at once, and on their wish nobody asks again."""
    referral, form = queries.referral_of(referral_token), FriendForm()
    if not form.is_pressed():
        return _friend_page(referral, form, referral_token)
    services.decline_referral(referral, never="never" in request.form)
    return redirect(_thanks_url("", "friend-no"), 303)


@submissions.get("/thanks")
@submissions.get("/l/<token>/thanks")
def thanks(token: str = "") -> ResponseReturnValue:
    """Thank you, and the next small step."""
    link = get_link(token) if token else None
    after, asked_on = request.args.get("after", ""), front.titled(request.args.get("page", ""))
    return render_template("submissions/thanks.html", after=after, asked_on=asked_on, **front.around(link, token))


def _answer_page(token: str, link: LandingLink, form: AnswerForm) -> ResponseReturnValue:
    """The page of an answer, with what is wrong beside its field."""
    template = PAGES.get(form.answer.data, PAGES[Answer.NO])
    before = request.values.get("before", "")
    page = render_template(template, form=form, before=before, dates=front.quick_dates(link), **front.around(link, token))
    return page, form.status


def _friend_page(referral: Referral, form: FriendForm, referral_token: str) -> ResponseReturnValue:
    about = front.subject_name(referral.about)
    page = render_template("submissions/referred.html", referral=referral, form=form, about=about, referral_token=referral_token)
    return page, form.status


def _chosen(pending: PendingInterest) -> PendingInterest:
    """Which of the forms that wait under this address was pressed; the one of the mail unless another is named."""
    waiting = {str(row.id): row for row in queries.list_pending(pending.address_key)}
    return waiting.get(request.form.get("which", ""), pending)


def _thanks_url(token: str, after: str, page: str | None = None) -> str:
    return url_for(".thanks", token=token or None, after=after, page=page)
