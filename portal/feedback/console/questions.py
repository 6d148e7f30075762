"""What people are asked, and what they must not be asked."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.errors import Invalid
from portal.feedback import queries, services
from portal.feedback.console.door import feedback
from portal.feedback.details import FEW
from portal.feedback.forms import QuestionnaireForm, TryForm
from portal.feedback.models import Questionnaire
from portal.feedback.verdicts import check
from portal.feedback.verdicts.topics import TOPICS


@feedback.get("/questions")
@requires(Right.SEE_CANDIDATES)
def questions() -> ResponseReturnValue:
    """All questionnaires, the open form first."""
    rows = [(row, queries.current_version(row.id)) for row in queries.list_questionnaires() if row.key != queries.OPEN]
    scores = queries.scores_by_questionnaire()
    opened = queries.open_version()
    return render_template(
        "console/feedback/questions.html", rows=rows, opened=opened, open_sheet=queries.open_sheet(), scores=scores, few=FEW
    )


@feedback.route("/questions/open", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def open_questions() -> ResponseReturnValue:
    """The form that anybody finds."""
    form, version = QuestionnaireForm(sheet=queries.open_sheet(), is_open=True), queries.open_version()
    if form.validate_on_submit() and _saved(form, version.questionnaire if version else None, is_open=True):
        return redirect(url_for(".questions"), 303)
    versions = queries.list_versions(version.questionnaire_id) if version else []
    return render_template("console/feedback/question.html", form=form, heading=_("Open form"), versions=versions), form.status


@feedback.route("/questions/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_questions() -> ResponseReturnValue:
    """A questionnaire for a rule."""
    form = QuestionnaireForm(sheet=queries.first_sheet())
    if form.validate_on_submit() and _saved(form, None):
        return redirect(url_for(".questions"), 303)
    return render_template("console/feedback/question.html", form=form, heading=_("New questionnaire"), versions=[]), form.status


@feedback.route("/questions/<int:questionnaire_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def question(questionnaire_id: int) -> ResponseReturnValue:
    """Read and change a questionnaire."""
    row = queries.get_questionnaire(questionnaire_id)
    versions = queries.list_versions(row.id)
    form = QuestionnaireForm(row.name, queries.sheet_of(versions[0]), is_open=row.key == queries.OPEN)
    if form.validate_on_submit() and _saved(form, row, is_open=row.key == queries.OPEN):
        return redirect(url_for(".questions"), 303)
    return render_template("console/feedback/question.html", form=form, heading=row.name, versions=versions), form.status


@feedback.get("/not-to-ask")
@requires(Right.SEE_CANDIDATES)
def not_to_ask() -> ResponseReturnValue:
    """The list of what must not be asked, and a place to try a sentence."""
    text = request.args.get("text", "")[:2000]
    form = TryForm(formdata=None, data={"text": text})
    return render_template("console/feedback/not_to_ask.html", topics=TOPICS, form=form, text=text, found=check(text))


def _saved(form: QuestionnaireForm, row: Questionnaire | None, *, is_open: bool = False) -> bool:
    try:
        if is_open:
            services.edit_open(form.sheet(), staff().id)
        elif row is None:
            services.add_questionnaire(form.name.data, form.sheet(), staff().id)
        else:
            services.edit_questionnaire(row, form.name.data, form.sheet(), staff().id)
    except Invalid as error:
        form.put(error)
        return False
    flash(_("Saved. Who was asked already still sees the old words."), "good")
    return True
