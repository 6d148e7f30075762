"""Staff pages of sourcing: personas and sources."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock, codes
from portal.accounts.permissions import Right, requires, staff
from portal.config import settings
from portal.errors import NotFound
from portal.sourcing import queries, services
from portal.sourcing.forms import ORIGINS, CostForm, PeriodForm, PersonaForm, SourceForm
from portal.sourcing.models import Cost, Persona, Source

sourcing = Blueprint("sourcing", __name__, url_prefix="/sourcing")


@sourcing.get("/personas")
@requires(Right.SEE_CANDIDATES)
def personas() -> ResponseReturnValue:
    """Whom are we looking for?"""
    rows = queries.list_personas(archived="archived" in request.args)
    return render_template(
        "console/sourcing/personas.html", personas=rows, tallies=queries.tallies_by_persona(), nothing=queries.Tally()
    )


@sourcing.route("/personas/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_persona() -> ResponseReturnValue:
    """Write down a new persona."""
    form = PersonaForm()
    if not form.validate_on_submit():
        return _persona_page(form, None)
    persona = services.add_persona(**form.values())
    flash(_("%(name)s is there. People can be counted to it from now on.", name=persona.name), "good")
    return redirect(url_for(".personas"))


@sourcing.route("/personas/<int:persona_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def persona(persona_id: int) -> ResponseReturnValue:
    """Read and change a persona."""
    row = queries.get_persona(persona_id)
    form = PersonaForm(row)
    if not form.validate_on_submit():
        return _persona_page(form, row)
    services.edit_persona(row, **form.values())
    flash(_("Saved."), "good")
    return redirect(url_for(".personas"))


@sourcing.post("/personas/<int:persona_id>/archivings")
@requires(Right.EDIT_CANDIDATES)
def archive_persona(persona_id: int) -> ResponseReturnValue:
    """Put away, or take out again."""
    row = services.archive_persona(queries.get_persona(persona_id), request.form.get("archived") != "no")
    flash(_put_away(row.name, row.archived_at is not None), "good")
    return redirect(url_for(".personas"))


@sourcing.get("/sources")
@requires(Right.SEE_CANDIDATES)
def sources() -> ResponseReturnValue:
    """Where do people come from, and what did it bring?"""
    rows = queries.list_sources(archived="archived" in request.args)
    return render_template(
        "console/sourcing/sources.html",
        sources=rows,
        tallies=queries.tallies_by_source(),
        nothing=queries.Tally(),
        origins=ORIGINS,
    )


@sourcing.route("/sources/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_source() -> ResponseReturnValue:
    """Write down a new source."""
    form = SourceForm()
    if not form.validate_on_submit():
        return _source_page(form, None)
    source = services.add_source(**form.values())
    flash(_("%(name)s is there. Import its people next.", name=source.name), "good")
    return redirect(url_for(".source", source_id=source.id))


@sourcing.route("/sources/<int:source_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def source(source_id: int) -> ResponseReturnValue:
    """Read and change a source."""
    row = queries.get_source(source_id)
    form = SourceForm(row)
    if not form.validate_on_submit():
        return _source_page(form, row)
    services.edit_source(row, **form.values())
    flash(_("Saved."), "good")
    return redirect(url_for(".sources"))


@sourcing.post("/sources/<int:source_id>/archivings")
@requires(Right.EDIT_CANDIDATES)
def archive_source(source_id: int) -> ResponseReturnValue:
    """Put away, or take out again."""
    row = services.archive_source(queries.get_source(source_id), request.form.get("archived") != "no")
    flash(_put_away(row.name, row.archived_at is not None), "good")
    return redirect(url_for(".sources"))


@sourcing.post("/sources/<int:source_id>/costs")
@requires(Right.EDIT_CANDIDATES)
def add_cost(source_id: int) -> ResponseReturnValue:
    """Write down what was spent, and when."""
    row, form = queries.get_source(source_id), CostForm()
    if not form.validate_on_submit():
        return _source_page(SourceForm(row, formdata=None), row, form)
    services.add_cost(row, form.on.data, form.minor(), form.what.data or "", staff().id)
    return redirect(url_for(".source", source_id=source_id, _anchor="costs"))


@sourcing.post("/costs/<int:cost_id>/removals")
@requires(Right.EDIT_CANDIDATES)
def remove_cost(cost_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    cost = queries.get_cost(cost_id)
    services.remove_cost(cost)
    return redirect(url_for(".source", source_id=cost.source_id, _anchor="costs"))


@sourcing.post("/sources/<int:source_id>/check-ins")
@requires(Right.EDIT_CANDIDATES)
def open_check_in(source_id: int) -> ResponseReturnValue:
    """Make the check-in page of an event."""
    services.open_check_in(queries.get_source(source_id))
    return redirect(url_for(".source", source_id=source_id, _anchor="check-in"))


@sourcing.get("/sources/<int:source_id>/code.<any(svg, png):kind>")
@requires(Right.SEE_CANDIDATES)
def check_in_code(source_id: int, kind: str) -> ResponseReturnValue:
    """The check-in page as a code to print or to show on a screen."""
    address = services.check_in_address(queries.get_source(source_id))
    if not address:
        raise NotFound(_("This source has no check-in page."))
    return Response(codes.draw(address, kind), mimetype=codes.TYPES[kind])


@sourcing.app_template_filter("long_month")
def long_month(first: date) -> str:
    """“November 2026”."""
    return str(format_date(first, "LLLL y"))


def _persona_page(form: PersonaForm, row: Persona | None) -> ResponseReturnValue:
    tally = queries.tallies_by_persona().get(row.id, queries.Tally()) if row else None
    page = render_template("console/sourcing/persona.html", form=form, persona=row, tally=tally, usual=queries.CHECKLIST)
    return page, 422 if form.errors else 200


def _source_page(form: SourceForm, row: Source | None, cost_form: CostForm | None = None) -> ResponseReturnValue:
    shown = _around(row, cost_form) if row else {"tally": None}
    page = render_template("console/sourcing/source.html", form=form, source=row, **shown)
    return page, 422 if form.errors or (cost_form and cost_form.errors) else 200


def _around(row: Source, cost_form: CostForm | None) -> dict[str, Any]:
    """What stands beside the form of a source: what it brought, what it cost over time, its check-in page."""
    period, costs = PeriodForm(request.args), queries.list_costs(row.id)
    return {
        "tally": queries.tallies_by_source().get(row.id, queries.Tally()),
        "costs": costs,
        "months": _by_month(costs),
        "period": period,
        "in_period": queries.spent_between(*period.period()).get(row.id, 0),
        "cost_form": cost_form or CostForm(formdata=None, on=clock.today(settings().time_zone)),
        "check_in": services.check_in_address(row),
        "is_open": queries.is_open(row),
    }


def _by_month(costs: Any) -> list[tuple[Any, int]]:
    """First day of each month with what was spent in it, the latest first."""

    def month(cost: Cost) -> Any:
        return cost.on.replace(day=1)

    return [(first, sum(cost.amount_minor for cost in rows)) for first, rows in groupby(costs, key=month)]


def _put_away(name: str, archived: bool) -> str:
    sentence = _("%(name)s is put away. What belongs to it stays.") if archived else _("%(name)s is in use again.")
    return str(sentence % {"name": name})
