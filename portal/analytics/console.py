"""Staff pages of the numbers: all at a glance, one at a time, and as tables to take away."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.accounts.permissions import Right, requires
from portal.analytics import queries
from portal.analytics.forms import FilterForm
from portal.analytics.queries import CohortRow, EngagementRow, Filters, PoolRow, Report, VisitRow
from portal.candidates import sheets
from portal.errors import NotFound
from portal.templating import number, percent

analytics = Blueprint("analytics", __name__, url_prefix="/numbers")

METRICS = ("response", "visits", "engagement", "pool")


@analytics.get("")
@requires(Right.SEE_NUMBERS)
def index() -> ResponseReturnValue:
    """What works, and what would you stop?"""
    form = FilterForm(request.args)
    filters = form.filters()
    found = {name: _report(name, filters) for name in METRICS}
    weak = _weakest(found["response"])
    return render_template("console/analytics/index.html", form=form, filters=filters, weak=weak, reports=found)


@analytics.get("/<metric>")
@requires(Right.SEE_NUMBERS)
def metric(metric: str) -> ResponseReturnValue:
    """One number: by campaign, by month, and what it means."""
    form = FilterForm(request.args)
    filters = form.filters()
    report = _report(metric, filters)
    at = METRICS.index(metric)
    around = METRICS[at - 1] if at else None, METRICS[at + 1] if metric != METRICS[-1] else None
    return render_template(
        "console/analytics/metric.html", form=form, filters=filters, metric=metric, report=report, around=around, at=at + 1
    )


@analytics.get("/<metric>.csv")
@requires(Right.SEE_NUMBERS)
def table(metric: str) -> ResponseReturnValue:
    """The figures of one table, for a spreadsheet."""
    by = "month" if metric == "pool" or request.args.get("by") == "month" else "campaign"
    report = _report(metric, FilterForm(request.args).filters())
    rows = report if metric == "pool" else getattr(report, f"by_{by}")
    records = queries.as_records(rows)
    content = sheets.write(list(records[0]) if records else [], [list(record.values()) for record in records])
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{metric}-by-{by}.csv"'
    return answer


@analytics.app_template_filter("month_name")
def month_name(label: str) -> str:
    """“Nov 2026” for 2026-11; anything else as it is."""
    try:
        return str(format_date(date.fromisoformat(f"{label}-01"), "LLL y"))
    except ValueError:
        return label


@analytics.context_processor
def _page_words() -> dict[str, Any]:
    """What templates of this feature ask for while they are drawn."""
    return {"address": _address, "draw": _DRAWINGS, "rate": _rate_words, "trend": _TRENDS, "metrics": METRICS}


def _report(metric: str, filters: Filters) -> Any:
    if metric not in METRICS:
        raise NotFound(_("There is no such number."))
    count = {
        "response": queries.response_rate,
        "visits": queries.visits,
        "engagement": queries.engagement,
        "pool": queries.pool_growth,
    }
    return count[metric](filters)


def _address(endpoint: str, **more: Any) -> str:
    """The address of another page of the numbers, with the same filters."""
    kept = {name: value for name, value in request.args.items() if value and name != "by"}
    return url_for(endpoint, **(kept | more))


def _weakest(report: Report[CohortRow]) -> CohortRow | None:
    """The campaign that clearly does worse than all together: even the upper end of its interval lies below their share."""
    whole = report.total.responded.value
    ends = [(row.responded.high, row) for row in report.by_campaign if row.responded.high is not None]
    weak = [(high, row) for high, row in ends if whole is not None and high < whole]
    return min(weak, key=lambda one: one[0])[1] if weak else None


def _rate_words(rate: queries.Rate) -> str:
    """“21.3%”, or a dash where nobody was counted."""
    return percent(rate.value, 1)


def _response_by_campaign(report: Report[CohortRow]) -> Markup:
    weak, whole = _weakest(report), report.total.responded.value
    rows = [_interval(row, row.responded, row is weak) for row in report.by_campaign]
    return charts.intervals(rows, _("Answered within 30 days, by campaign, with 95% interval"), whole)


def _response_by_month(report: Report[CohortRow]) -> Markup:
    return _line([(row.label, row.responded) for row in report.by_month], _("Answered within 30 days, by month of first contact"))


def _engagement_by_campaign(report: Report[EngagementRow]) -> Markup:
    rows = [_interval(row, row.engaged) for row in report.by_campaign]
    return charts.intervals(rows, _("Engaged, by campaign, with 95% interval"), report.total.engaged.value)


def _engagement_by_month(report: Report[EngagementRow]) -> Markup:
    return _line([(row.label, row.engaged) for row in report.by_month], _("Engaged of those touched, by month"))


def _visits_by_campaign(report: Report[VisitRow]) -> Markup:
    return _visit_bars([(row.label, row) for row in report.by_campaign], _("Visits by campaign"))


def _visits_by_month(report: Report[VisitRow]) -> Markup:
    return _visit_bars([(month_name(row.label), row) for row in report.by_month], _("Visits by month"))


def _pool_by_month(rows: Sequence[PoolRow]) -> Markup:
    labels = _ticks([row.label for row in rows])
    came = [(row.joined, row.reactivated) for row in rows]
    found = [charts.Change(labels[at], came[at], row.left, row.end) for at, row in enumerate(rows)]
    return charts.changes(found, (_("joined"), _("came back"), _("left"), _("pool")), _("The engaged pool by month"))


def _visit_bars(rows: Sequence[tuple[str, VisitRow]], title: str) -> Markup:
    bars = [charts.Stack(label, (row.human, row.unconfirmed, row.machine, row.preview), number(row.raw)) for label, row in rows]
    return charts.stacks(bars, (_("human"), _("unconfirmed"), _("machine"), _("preview")), title)


def _interval(row: CohortRow | EngagementRow, rate: queries.Rate, bad: bool = False) -> charts.Interval:
    text = _("%(share)s of %(people)s", share=_rate_words(rate), people=rate.of)
    return charts.Interval(row.label, rate.value, rate.low, rate.high, str(text), bad)


def _line(rows: Sequence[tuple[str, queries.Rate]], title: str) -> Markup:
    labels, rates = _ticks([label for label, _rate in rows]), [rate for _label, rate in rows]
    bands = [(rate.low, rate.high) for rate in rates]
    return charts.lines(labels, [rate.value for rate in rates], title, [_rate_words(rate) for rate in rates], bands)


def _ticks(labels: Sequence[str]) -> list[str]:
    """Months for an axis: the year stands at the first one and at each January."""
    days = [date.fromisoformat(f"{label}-01") for label in labels]
    return [str(format_date(day, "LLL yy" if day.month == 1 or at == 0 else "LLL")) for at, day in enumerate(days)]


def _trend(values: Sequence[float | None]) -> Markup:
    told = ", ".join("—" if one is None else f"{one:.3g}" for one in values)
    return charts.spark(values, _("By month: %(values)s", values=told))


_DRAWINGS = {
    "response": (_response_by_campaign, _response_by_month),
    "visits": (_visits_by_campaign, _visits_by_month),
    "engagement": (_engagement_by_campaign, _engagement_by_month),
    "pool": (None, _pool_by_month),
}
_TRENDS = {
    "response": lambda report: _trend([row.responded.value for row in report.by_month]),
    "visits": lambda report: _trend([float(row.human) for row in report.by_month]),
    "engagement": lambda report: _trend([row.engaged.value for row in report.by_month]),
    "pool": lambda rows: _trend([float(row.end) for row in rows]),
}
