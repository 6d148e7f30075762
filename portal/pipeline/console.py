"""Staff pages of the pipeline: the table, a candidate's page, segments."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from portal import clock
from portal.accounts.permissions import Right, requires, staff
from portal.accounts.queries import list_users
from portal.candidates.queries import get_candidate, list_notes
from portal.config import settings
from portal.delivery.front import PURPOSES
from portal.delivery.models import Purpose
from portal.delivery.services.gate import gate
from portal.errors import Conflict, Invalid
from portal.pipeline import queries, services
from portal.pipeline.forms import FilterForm, MoveForm, NextStepForm, SegmentForm
from portal.pipeline.models import STAGES, StageName
from portal.security import Form
from portal.timeline.queries import list_touchpoints

pipeline = Blueprint("pipeline", __name__, url_prefix="/pipeline")


@pipeline.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """Who is where, and who waits for us?"""
    form = FilterForm(request.args)
    filters, sort = form.filters(), request.args.get("sort", "name")
    sort = sort if sort.removeprefix("-") in queries.SORTS else "name"
    page = queries.list_rows(filters, sort, request.args.get("at", ""))
    waiting = queries.count(queries.Filters(waits=True))
    return render_template("console/pipeline/index.html", form=form, filters=filters, page=page, sort=sort, waiting=waiting)


@pipeline.get("/<int:candidate_id>")
@requires(Right.SEE_CANDIDATES)
def show(candidate_id: int) -> ResponseReturnValue:
    """All about one person, and what to do next."""
    return _candidate_page(candidate_id)


@pipeline.post("/<int:candidate_id>/moves")
@requires(Right.EDIT_CANDIDATES)
def move(candidate_id: int) -> ResponseReturnValue:
    """Move somebody to another stage, with a reason."""
    form = MoveForm()
    if not form.validate_on_submit():
        return _candidate_page(candidate_id, move_form=form), 422
    chosen = (candidate_id, form.chosen(), form.reason.data, staff().id)
    if refused := _refusal(form, lambda: services.move(*chosen, seen=form.seen_stage())):
        return _candidate_page(candidate_id, move_form=form), refused
    flash(_("Moved to %(stage)s.", stage=STAGES[form.chosen()]), "good")
    hired = form.chosen() is StageName.HIRED
    return redirect(url_for("console.hiring.new" if hired else ".show", candidate_id=candidate_id))


@pipeline.post("/<int:candidate_id>/moves/<int:step_id>/mistakes")
@requires(Right.EDIT_CANDIDATES)
def judge_move(candidate_id: int, step_id: int) -> ResponseReturnValue:
    """A move was a mistake; or it was none after all."""
    step = services.judge_move(candidate_id, step_id, request.form.get("mistaken") != "no", staff().id)
    flash(_said_of(step.mistaken_at is not None), "good")
    return redirect(url_for(".show", candidate_id=candidate_id, _anchor="timeline-title"))


@pipeline.post("/<int:candidate_id>/next-steps")
@requires(Right.EDIT_CANDIDATES)
def plan(candidate_id: int) -> ResponseReturnValue:
    """Note what happens next."""
    form = NextStepForm()
    if not form.validate_on_submit():
        return _candidate_page(candidate_id, step_form=form), 422
    services.set_next_step(candidate_id, form.text.data or "", form.on.data)
    flash(_("Noted."), "good")
    return redirect(url_for(".show", candidate_id=candidate_id))


@pipeline.get("/segments")
@requires(Right.SEE_CANDIDATES)
def segments() -> ResponseReturnValue:
    """Which groups have we saved, and how large are they?"""
    return render_template("console/pipeline/segments.html", segments=_counted_segments())


@pipeline.route("/segments/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_segment() -> ResponseReturnValue:
    """Save a group under a name."""
    form = SegmentForm(rule={name: request.args.getlist(name) for name in ("stages", "personas", "sources")})
    if not form.validate_on_submit() or _refusal(form, lambda: services.add_segment(form.name.data, form.rule())):
        return _segment_page(form)
    flash(_("%(name)s is saved.", name=form.name.data), "good")
    return redirect(url_for(".segments"))


@pipeline.route("/segments/<int:segment_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def segment(segment_id: int) -> ResponseReturnValue:
    """Read and change a group."""
    row = queries.get_segment(segment_id)
    form = SegmentForm(row.name, row.rule)
    if not form.validate_on_submit() or _refusal(form, lambda: services.edit_segment(row.id, form.name.data, form.rule())):
        return _segment_page(form, row.id)
    flash(_("Saved."), "good")
    return redirect(url_for(".segments"))


@pipeline.post("/segments/<int:segment_id>/removals")
@requires(Right.EDIT_CANDIDATES)
def remove_segment(segment_id: int) -> ResponseReturnValue:
    """Forget a group; nobody in it is touched."""
    services.delete_segment(segment_id)
    flash(_("The segment is gone. Nobody in it was touched."), "good")
    return redirect(url_for(".segments"))


@pipeline.app_template_filter("stage_label")
def stage_label(stage: str) -> str:
    """The word for a stage."""
    return str(STAGES[StageName(stage)])


@pipeline.app_template_filter("short_day")
def short_day(value: date | datetime) -> str:
    """“9 Nov”, with the year when it is another one than now."""
    same = value.year == clock.today(settings().time_zone).year
    return str(format_date(value, "d MMM" if same else "d MMM y"))


@pipeline.app_template_filter("iso_day")
def iso_day(value: str) -> str:
    """“9 Nov” for a day as the timeline's details keep it, 2026-11-09."""
    return short_day(date.fromisoformat(value))


@pipeline.app_template_filter("time_of_day")
def time_of_day(value: datetime) -> str:
    """“14:10” in the company's zone."""
    return str(format_time(value, "HH:mm"))


@pipeline.context_processor
def _page_words() -> dict[str, Any]:
    """What templates of this feature ask for while they are drawn."""
    today = clock.today(settings().time_zone)
    return {
        "address": _address,
        "count_cap": queries.COUNT_CAP,
        "counted_segments": _counted_segments,
        "everybody": lambda: queries.count(queries.Filters()),
        "is_waiting": lambda row: queries.is_waiting(row, today),
        "today": today,
    }


def _address(**changes: Any) -> str:
    """The address of this table with some parameters changed (None drops one); leafing starts again unless `at` is given."""
    kept = {name: value for name, value in request.args.items() if value and name != "at"}
    return url_for(".index", **{name: value for name, value in (kept | changes).items() if value is not None})


def _counted_segments() -> list[tuple[Any, int]]:
    rows = queries.list_segments()
    return [(row, queries.count_ids(queries.segment_candidate_ids(row))) for row in rows]


def _segment_page(form: SegmentForm, segment_id: int | None = None) -> ResponseReturnValue:
    ids = queries.rule_candidate_ids(form.rule())
    size, sample = queries.count_ids(ids), queries.list_sample(ids)
    page = render_template("console/pipeline/segment.html", form=form, segment_id=segment_id, size=size, sample=sample)
    return page, 422 if form.errors else 200


def _said_of(mistaken: bool) -> str:
    if mistaken:
        return str(_("That move counts nowhere now. You can take this back in the timeline."))
    return str(_("That move counts again."))


def _refusal(form: Form, act: Callable[[], object]) -> int:
    """Try it; when a rule forbids it, say so at the field and return the status, so that nothing typed is lost."""
    try:
        act()
    except (Conflict, Invalid) as error:
        field = form[getattr(error, "field", None) or "stage"]
        field.errors = [*field.errors, error.message]
        return error.status
    return 0


def _candidate_page(candidate_id: int, **forms: Form) -> str:
    """The page of a candidate; `forms` are those that came back with an error."""
    candidate = get_candidate(candidate_id)
    placement = queries.find_placement(candidate_id)
    stage = queries.stage_of(placement)
    panels = [panel(candidate_id) for panel in current_app.extensions.get("candidate_panels", ())]
    return render_template(
        "console/pipeline/show.html",
        candidate=candidate,
        placement=placement,
        stage=stage,
        move_form=forms.get("move_form") or MoveForm(formdata=None, stage=stage, seen=stage.value),
        step_form=forms.get("step_form") or _step_form(placement),
        mails=queries.list_mails(candidate_id),
        purposes=PURPOSES,
        notes=list_notes(candidate_id),
        people={user.id: user.full_name or user.email for user in list_users()},
        panels=[(title, rows) for title, rows in panels if rows],
        ruling=gate(candidate, Purpose.OUTREACH, clock.now()),
        moves=(moves := {step.id: step for step in queries.list_transitions(candidate_id)}),
        reasons={number: step.reason for number, step in moves.items()},
        touchpoints=list_touchpoints(candidate_id),
    )


def _step_form(placement: Any) -> NextStepForm:
    return NextStepForm(formdata=None, text=placement.next_step if placement else "", on=placement and placement.next_step_on)
