"""Staff pages of submissions: what candidates said, and what was kept aside."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.submissions import front, queries, services
from portal.submissions.forms import RemovalForm, ReplyForm
from portal.submissions.models import REASONS, Answer, Question

submissions = Blueprint("submissions", __name__, url_prefix="/answers")


@submissions.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """Answers and interest forms, newest first."""
    shown = {"responses": queries.list_latest_responses(), "interests": queries.list_latest_interests()}
    counts = queries.count_responses()
    waits = {"kept": queries.count_quarantine(), "open_questions": queries.count_open(), "taps": queries.list_taps()}
    names = {"counts": counts, "Answer": Answer, "reasons": REASONS, **front.labels()}
    return render_template("console/submissions/index.html", **names, **waits, **shown)


@submissions.get("/questions")
@requires(Right.SEE_CANDIDATES)
def questions() -> ResponseReturnValue:
    """What was asked: first what waits for us, the longest first."""
    rows = {"waiting": queries.open_questions(), "settled": queries.list_settled()}
    return render_template("console/submissions/questions.html", titled=front.titled, **rows)


@submissions.get("/questions/<int:question_id>")
@requires(Right.SEE_CANDIDATES)
def question(question_id: int) -> ResponseReturnValue:
    """One question, and what can be done with it."""
    row = queries.get_question(question_id)
    return _question_page(row, ReplyForm(formdata=None, data={"answer": row.answer}), RemovalForm(formdata=None))


@submissions.post("/questions/<int:question_id>/clearances")
@requires(Right.EDIT_CANDIDATES)
def clear(question_id: int) -> ResponseReturnValue:
    """It is no spam: it stands on its page from now on."""
    services.clear(queries.get_question(question_id), staff().id)
    flash(_("It stands on its page now, with its age, until somebody answers."), "good")
    return redirect(url_for(".question", question_id=question_id), 303)


@submissions.post("/questions/<int:question_id>/answers")
@requires(Right.EDIT_CANDIDATES)
def reply(question_id: int) -> ResponseReturnValue:
    """Answer under one's own name."""
    row, form = queries.get_question(question_id), ReplyForm()
    if not form.accept(row, staff()):
        return _question_page(row, form, RemovalForm(formdata=None)), 422
    flash(_("The answer stands on the page, under your name."), "good")
    return redirect(url_for(".question", question_id=question_id), 303)


@submissions.post("/questions/<int:question_id>/removals")
@requires(Right.EDIT_CANDIDATES)
def remove(question_id: int) -> ResponseReturnValue:
    """Spam, or against the law: readers see which, and the sentence."""
    row, form = queries.get_question(question_id), RemovalForm()
    if not form.accept(row, staff()):
        return _question_page(row, ReplyForm(formdata=None, data={"answer": row.answer}), form), 422
    flash(_("Removed. The page says why."), "good")
    return redirect(url_for(".question", question_id=question_id), 303)


@submissions.get("/referrals")
@requires(Right.SEE_CANDIDATES)
def referrals() -> ResponseReturnValue:
    """Friends who said yes, and how many are still thinking; nothing of those."""
    return render_template("console/submissions/referrals.html", rows=queries.list_referrals(), **front.labels())


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


def _question_page(row: Question, reply_form: ReplyForm, removal_form: RemovalForm) -> str:
    forms = {"reply": reply_form, "removal": removal_form}
    return render_template("console/submissions/question.html", question=row, page=front.titled(row.page), user=staff(), **forms)
