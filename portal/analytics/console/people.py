"""The people behind a number, for who may see people."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.analytics import queries
from portal.analytics.console import metrics
from portal.analytics.console.door import analytics
from portal.analytics.forms import FilterForm
from portal.candidates import sheets
from portal.errors import NotFound


@analytics.get("/<metric>/people/<part>")
@requires(Right.SEE_CANDIDATES)
def people(metric: str, part: str) -> ResponseReturnValue:
    """Who was counted, by name; erased people as nobody."""
    form = FilterForm(request.args)
    filters, behind = form.filters(), _behind(form, metric, part)
    face = metrics.get_face(metric)
    return render_template(
        "console/analytics/people.html",
        form=form,
        filters=filters,
        behind=behind,
        metric=metric,
        part=part,
        face=face,
        metrics=metrics,
    )


@analytics.get("/<metric>/people/<part>.csv")
@requires(Right.SEE_CANDIDATES)
def people_table(metric: str, part: str) -> ResponseReturnValue:
    """The same page of people, for a spreadsheet."""
    rows = [[one.candidate_id, one.name, one.at] for one in _behind(FilterForm(request.args), metric, part).people]
    answer = Response(sheets.write(["candidate", "name", "at"], rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{metric}-{part}.csv"'
    return answer


def _behind(form: FilterForm, metric: str, part: str) -> queries.Behind:
    page = max(1, request.args.get("page", 1, type=int) or 1)
    found = queries.people_behind(metric, part, form.filters(), min(page, 10_000))
    if found is None:
        raise NotFound(_("There is no list of people behind this number."))
    return found
