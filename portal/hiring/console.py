"""Staff pages of hires: the list, noting one, how it ends."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.permissions import Right, requires, staff
from portal.candidates.models import Candidate
from portal.candidates.queries import get_candidate
from portal.config import settings
from portal.hiring import queries, services
from portal.hiring.forms import HireForm, LeavingForm, refusal
from portal.hiring.models import LEAVINGS, REVIEW_DAYS, Hire, Review
from portal.security import row_number

hiring = Blueprint("hiring", __name__, url_prefix="/hires")


@hiring.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """Whom did we win, and how did it go on?"""
    return render_template("console/hiring/index.html", hires=queries.list_hires(), leavings=LEAVINGS)


@hiring.route("/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new() -> ResponseReturnValue:
    """Note an accepted offer, of a candidate or of somebody from elsewhere."""
    number = request.args.get("candidate_id", type=row_number)
    person = get_candidate(number) if number else None
    form = HireForm(_known_of(person))
    if not form.validate_on_submit() or refusal(form, lambda: services.record(form.offer(number), staff().id)):
        return render_template("console/hiring/hire.html", form=form, hire=None, person=person), form.status
    flash(_("Noted. Their manager is asked 90, 180 and 365 days after the first day."), "good")
    return redirect(url_for("console.pipeline.show", candidate_id=number) if number else url_for(".index"))


@hiring.route("/<int:hire_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def show(hire_id: int) -> ResponseReturnValue:
    """Read and change a hire."""
    row = queries.get_hire(hire_id)
    form = HireForm(_columns(row))
    if not form.validate_on_submit() or refusal(form, lambda: services.edit(row, form.offer(row.candidate_id))):
        return _hire_page(row, form, LeavingForm(row, formdata=None)), form.status
    flash(_("Saved."), "good")
    return redirect(url_for(".index"))


@hiring.post("/<int:hire_id>/leavings")
@requires(Right.EDIT_CANDIDATES)
def leave(hire_id: int) -> ResponseReturnValue:
    """They left, or are still there after all."""
    row = queries.get_hire(hire_id)
    form = LeavingForm(row)
    if not form.validate_on_submit() or refusal(form, lambda: services.leave(row, form.left_on.data, form.why())):
        return _hire_page(row, HireForm(_columns(row)), form), 422
    flash(_("Noted."), "good")
    return redirect(url_for(".show", hire_id=hire_id))


@hiring.post("/<int:hire_id>/withdrawals")
@requires(Right.EDIT_CANDIDATES)
def withdraw(hire_id: int) -> ResponseReturnValue:
    """Noted by mistake; or it was no mistake."""
    row = services.withdraw(queries.get_hire(hire_id), request.form.get("withdrawn") != "no")
    flash(_("Withdrawn: it counts nowhere. You can undo this here.") if row.withdrawn_at else _("It counts again."), "good")
    return redirect(url_for(".show", hire_id=hire_id))


@hiring.context_processor
def _page_words() -> dict[str, Any]:
    """What templates of this feature ask for while they are drawn."""
    return {"review_days": REVIEW_DAYS, "review_of": _review_of, "due_on": queries.due_on, "today": _today()}


def _review_of(hire: Hire, day: int) -> Review | None:
    return next((review for review in hire.reviews if review.day == day), None)


def _hire_page(hire: Hire, form: HireForm, leaving: LeavingForm) -> str:
    return render_template("console/hiring/hire.html", form=form, leaving=leaving, hire=hire, person=hire.candidate)


def _columns(hire: Hire) -> dict[str, Any]:
    return {column.name: getattr(hire, column.name) for column in Hire.__table__.columns}


def _known_of(person: Candidate | None) -> dict[str, Any]:
    """What is known already, so that nobody types it again."""
    known: dict[str, Any] = {"accepted_on": _today()}
    if person is None:
        return known
    known |= {"source_id": person.source_id, "role": person.persona.page if person.persona else ""}
    return known | {"considered_on": queries.considered_on(person.id), "campaign_id": queries.campaign_of(person.id)}


def _today() -> date:
    return clock.today(settings().time_zone)
