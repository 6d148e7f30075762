"""What stands beside the eight metrics: money, our own speed, reasons, complaints, bases, pages."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.analytics import queries
from portal.analytics.console import metrics as faces
from portal.analytics.console.door import analytics
from portal.analytics.console.faces.beside import tables
from portal.analytics.forms import FilterForm
from portal.candidates import sheets


@analytics.get("/companions")
@requires(Right.SEE_NUMBERS)
def companions() -> ResponseReturnValue:
    """What the eight numbers cost, and what they are made of."""
    form = FilterForm(request.args)
    filters = form.filters()
    return render_template("console/analytics/companions.html", form=form, filters=filters, tables=tables(filters), metrics=faces)


@analytics.get("/companions.csv")
@requires(Right.SEE_NUMBERS)
def companion_table() -> ResponseReturnValue:
    """One of these tables, for a spreadsheet."""
    found = faces.pick(tables(FilterForm(request.args).filters()), request.args.get("by", ""))
    records = queries.as_records(found.records)
    content = sheets.write(list(records[0]) if records else [], [list(record.values()) for record in records])
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.key}.csv"'
    return answer
