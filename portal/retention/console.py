"""Staff pages about keeping data: who lacks what, the rules, legal holds, erasing, and the audit trail."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.permissions import Right, may, requires, staff
from portal.accounts.queries import list_users
from portal.candidates.queries import get_candidate
from portal.errors import Conflict, Invalid, NotFound
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.privacy.queries import find_erasure, list_rules
from portal.privacy.queries.trail import list_trail, verify
from portal.retention import queries, services
from portal.retention.forms import ACTIONS, BASES, EraseForm, HoldForm, RuleForm, TrailForm
from portal.retention.queries import Lack

retention = Blueprint("retention", __name__, url_prefix="/retention")


@retention.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """Who lacks what, and whose day comes?"""
    counts = queries.report()
    lack = next((one for one in Lack if one.value == request.args.get("lack")), None) or _most_urgent(counts)
    page = max(request.args.get("page", 1, type=int), 1)
    rows = queries.list_lacking(lack, min(page, 10_000))
    return render_template("console/retention/index.html", counts=counts, lack=lack, page=page, rows=rows, size=queries.SIZE)


@retention.post("/notices")
@requires(Right.SEND)
def send_late_notices() -> ResponseReturnValue:
    """Tell everybody who is late, with one press."""
    sent = services.send_late_notices(staff().id)
    flash(ngettext("%(num)d notice is on its way.", "%(num)d notices are on their way.", sent), "good")
    return redirect(url_for(".index", lack="late"), 303)


@retention.post("/candidates/<int:candidate_id>/notices")
@requires(Right.SEND)
def send_notice(candidate_id: int) -> ResponseReturnValue:
    """Tell one person."""
    services.send_notice(get_candidate(candidate_id), staff().id)
    flash(_("The notice is on its way. It counts as soon as it has left."), "good")
    return redirect(url_for("console.pipeline.show", candidate_id=candidate_id), 303)


@retention.route("/candidates/<int:candidate_id>/holds", methods=["GET", "POST"])
@requires(Right.MANAGE_PRIVACY)
def hold(candidate_id: int) -> ResponseReturnValue:
    """Keep although a rule would delete."""
    candidate, form = get_candidate(candidate_id), HoldForm()
    if form.validate_on_submit():
        services.hold(candidate, form.reason.data or "", form.until.data, staff().id)
        flash(_("Held. Nothing is mailed, nobody uses it, and no rule deletes it."), "good")
        return redirect(url_for("console.pipeline.show", candidate_id=candidate_id), 303)
    return render_template("console/retention/hold.html", candidate=candidate, form=form), 422 if form.errors else 200


@retention.post("/candidates/<int:candidate_id>/releases")
@requires(Right.MANAGE_PRIVACY)
def release(candidate_id: int) -> ResponseReturnValue:
    """The duty is over."""
    if services.end_hold(queries.get_hold(candidate_id), staff().id):
        flash(_("The hold has ended, and the person is erased, as they had asked."), "good")
        return redirect(url_for(".index", lack="held"), 303)
    flash(_("The hold has ended. The rules of retention count again."), "good")
    return redirect(url_for("console.pipeline.show", candidate_id=candidate_id), 303)


@retention.route("/candidates/<int:candidate_id>/erasures", methods=["GET", "POST"])
@requires(Right.ERASE)
def erase(candidate_id: int) -> ResponseReturnValue:
    """Erase somebody who asked for it, after saying what that does."""
    candidate, form = get_candidate(candidate_id), EraseForm()
    if form.validate_on_submit():
        receipt = privacy.erase(candidate_id, "staff", staff().id)
        return redirect(url_for(".receipt", reference=receipt.reference), 303)
    standing = queries.standing_of(candidate)
    return render_template("console/retention/erase.html", candidate=candidate, form=form, standing=standing)


@retention.get("/receipts/<reference>")
@requires(Right.ERASE)
def receipt(reference: str) -> ResponseReturnValue:
    """What was erased, to be read out to who asked. It names nobody."""
    if (row := find_erasure(reference)) is None:
        raise NotFound(_("There is no receipt of this number."))
    return render_template("console/retention/receipt.html", receipt=row)


@retention.route("/rules", methods=["GET", "POST"])
@requires(Right.MANAGE_PRIVACY)
def rules() -> ResponseReturnValue:
    """For how long are people kept, by country and ground?"""
    form = RuleForm()
    if form.validate_on_submit() and _keeps(form):
        flash(_("Kept. All days of deletion are being worked out anew."), "good")
        return redirect(url_for(".rules"), 303)
    page = render_template("console/retention/rules.html", form=form, rules=list_rules(), bases=BASES)
    return page, 422 if form.errors else 200


@retention.post("/rules/<int:rule_id>/removals")
@requires(Right.MANAGE_PRIVACY)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Let the rule for all others count instead."""
    privacy.remove_rule(rule_id, staff().id)
    flash(_("The rule is gone. All days of deletion are being worked out anew."), "good")
    return redirect(url_for(".rules"), 303)


@retention.get("/trail")
@requires(Right.MANAGE_PRIVACY)
def trail() -> ResponseReturnValue:
    """Who saw, exported or changed whom, and when?"""
    form = TrailForm(request.args)
    entries = list_trail(form.filters(request.args.get("before", type=int)))
    people = {user.id: user.full_name or user.email for user in list_users()}
    return render_template("console/retention/trail.html", form=form, entries=entries, people=people, actions=ACTIONS)


@retention.get("/trail/verdict")
@requires(Right.MANAGE_PRIVACY)
def trail_verdict() -> ResponseReturnValue:
    """Has anybody touched the trail?"""
    return render_template("console/retention/verdict.html", findings=verify())


@retention.app_context_processor
def parts() -> dict[str, Any]:
    """What the panel on a candidate's page asks for while it is drawn."""
    return {"candidate_standing": queries.standing_of, "may_staff": lambda right: may(staff(), Right(right)), "bases": BASES}


def _keeps(form: RuleForm) -> bool:
    try:
        privacy.set_rule(form.country.data or "", Basis(form.basis.data), form.months.data, staff().id)
    except (Invalid, Conflict) as error:
        field = form[getattr(error, "field", None) or "country"]
        field.errors = [*field.errors, error.message]
        return False
    return True


def _most_urgent(counts: Any) -> Lack:
    return next((lack for lack in Lack if counts[lack]), Lack.NOTICE)
