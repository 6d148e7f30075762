"""Tables and charts to take away: CSV, SVG, PNG."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.accounts.permissions import Right, requires
from portal.analytics import queries
from portal.analytics.console import metrics
from portal.analytics.console.door import analytics
from portal.analytics.console.faces.shapes import Table
from portal.analytics.forms import FilterForm
from portal.candidates import sheets
from portal.errors import NotFound


@analytics.get("/<metric>.csv")
@requires(Right.SEE_NUMBERS)
def table(metric: str) -> ResponseReturnValue:
    """The figures of one table, for a spreadsheet."""
    found = _asked(metric, request.args.get("by", ""))
    records = queries.as_records(found.records)
    content = sheets.write(list(records[0]) if records else [], [list(record.values()) for record in records])
    return _file(content, "text/csv", f"{metric}-by-{found.key}.csv")


@analytics.get("/<metric>/<chart>.svg")
@requires(Right.SEE_NUMBERS)
def drawing(metric: str, chart: str) -> ResponseReturnValue:
    """A chart that can be enlarged without end."""
    return _file(charts.standalone(_drawn(metric, chart)), "image/svg+xml", f"{metric}-{chart}.svg")


@analytics.get("/<metric>/<chart>.png")
@requires(Right.SEE_NUMBERS)
def picture(metric: str, chart: str) -> ResponseReturnValue:
    """A chart for a slide."""
    return _file(charts.to_png(_drawn(metric, chart)), "image/png", f"{metric}-{chart}.png")


def _drawn(metric: str, chart: str) -> Markup:
    found = _asked(metric, chart)
    if found.draw is None or not found.lines:
        raise NotFound(_("There is no such picture."))
    return found.draw()


def _asked(metric: str, key: str) -> Table:
    form = FilterForm(request.args)
    return metrics.get_table(metric, key, form.filters(), by_activity=form.by_activity())


def _file(content: str | bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
