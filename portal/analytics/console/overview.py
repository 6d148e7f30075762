"""All numbers at a glance, and each on a page of its own."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.analytics.console import metrics
from portal.analytics.console.door import analytics
from portal.analytics.console.faces.shares import weakest
from portal.analytics.forms import FilterForm
from portal.analytics.queries import Filters


@analytics.get("")
@requires(Right.SEE_NUMBERS)
def index() -> ResponseReturnValue:
    """What works, and what would you stop?"""
    form = FilterForm(request.args)
    filters = form.filters()
    faces = metrics.faces(by_activity=form.by_activity())
    reports = {name: face.count(filters) for name, face in faces.items()}
    tiles = {name: face.tile(reports[name]) for name, face in faces.items()}
    known = metrics.get_report("response", filters) if form.by_activity() else reports["response"]
    told = {"weak": weakest(known), "response": known, "tables": faces["response"].tables(reports["response"], filters)[:1]}
    return render_template(
        "console/analytics/index.html",
        form=form,
        filters=filters,
        tiles=tiles,
        then=_then(form, filters),
        metrics=metrics,
        **told,
    )


@analytics.get("/<metric>")
@requires(Right.SEE_NUMBERS)
def metric(metric: str) -> ResponseReturnValue:
    """One number: as a picture, as a table, and what it means."""
    form = FilterForm(request.args)
    filters = form.filters()
    face = metrics.get_face(metric, by_activity=form.by_activity())
    report = face.count(filters)
    told = {"facts": face.facts(report), "tables": face.tables(report, filters), "tile": face.tile(report)}
    other = form.compared(filters)
    then = face.tile(face.count(other)) if other else None
    around = metrics.around(metric)
    return render_template(
        "console/analytics/metric.html",
        form=form,
        filters=filters,
        metric=metric,
        around=around,
        then=then,
        metrics=metrics,
        **told,
    )


def _then(form: FilterForm, filters: Filters) -> dict[str, Any]:
    """The same tiles for what they are compared with; none where nothing is compared."""
    other = form.compared(filters)
    faces = metrics.faces(by_activity=form.by_activity()) if other else {}
    return {name: face.tile(face.count(other)) for name, face in faces.items() if other}
