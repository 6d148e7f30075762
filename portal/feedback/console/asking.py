"""When people are asked, and how many of them answer."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.errors import Invalid
from portal.feedback import queries, services
from portal.feedback.console.door import feedback
from portal.feedback.details import FEW
from portal.feedback.forms import RuleForm
from portal.feedback.forms.staff import EVENTS
from portal.feedback.models import Rule
from portal.pipeline.models import STAGES


@feedback.get("/rules")
@requires(Right.SEE_CANDIDATES)
def rules() -> ResponseReturnValue:
    """Who is asked when, and the answer rate by rule, questionnaire and month."""
    asked = queries.list_asked()
    rates = {
        "by_rule": queries.answer_rates((one.rule_id, one.answered) for one in asked),
        "by_questionnaire": queries.answer_rates((one.questionnaire_id, one.answered) for one in asked),
        "by_month": queries.answer_rates((one.month, one.answered) for one in asked),
    }
    names = {row.id: row.name for row in queries.list_questionnaires()}
    words = {"events": EVENTS, "stages": STAGES, "few": FEW, "names": names}
    return render_template("console/feedback/rules.html", rules=queries.list_rules(), **rates, **words)


@feedback.route("/rules/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_rule() -> ResponseReturnValue:
    """Write down a new rule."""
    return _written(None)


@feedback.route("/rules/<int:rule_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def rule(rule_id: int) -> ResponseReturnValue:
    """Read and change a rule."""
    return _written(queries.get_rule(rule_id))


@feedback.post("/rules/<int:rule_id>/pauses")
@requires(Right.EDIT_CANDIDATES)
def pause_rule(rule_id: int) -> ResponseReturnValue:
    """Stop asking, or begin again."""
    row = services.pause_rule(queries.get_rule(rule_id), request.form.get("paused") != "no")
    flash(_("It asks again, from now on.") if row.active_since else _("It asks nobody any more."), "good")
    return redirect(url_for(".rules"), 303)


def _written(row: Rule | None) -> ResponseReturnValue:
    form = RuleForm(row)
    if form.validate_on_submit():
        try:
            services.edit_rule(row, form.plan()) if row else services.add_rule(form.plan())
        except Invalid as error:
            form.put(error)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".rules"), 303)
    return render_template("console/feedback/rule.html", form=form, rule=row), form.status
