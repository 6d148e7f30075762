"""Activity: what happened in the period, beside the cohorts and never mixed with them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Table, Tile
from portal.analytics.queries import ActivityRow, Filters, Report, activity
from portal.templating import number

Rows = Sequence[ActivityRow]


def _tile(report: Report[ActivityRow]) -> Tile:
    whole = report.total
    trend = [float(row.answered) for row in report.by_month]
    contacted = _("%(people)s contacted in the same days, not a share of them", people=number(whole.contacted))
    return Tile(
        number(whole.answered),
        _("answered in the period"),
        _("%(yes)s interested", yes=number(whole.interested)),
        trend,
        beside=contacted,
    )


def _facts(report: Report[ActivityRow]) -> Sequence[tuple[str, str, str]]:
    return list(zip(_names(), [cell.text for cell in _cells(report.total)], [""] * len(_names()), strict=True))


def _names() -> tuple[str, ...]:
    return _("Contacted"), _("Visited"), _("Answered"), _("Interested"), _("Asked"), _("Unsubscribed")


def _tables(report: Report[ActivityRow], filters: Filters) -> Sequence[Table]:
    campaigns = words.campaign_lines(report.by_campaign, _cells, report.total)
    by_month = words.month_lines(report.by_month, _cells, filters)
    note = _("People, whenever they were first contacted. No shares: these columns are no cohort.")
    return [
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *_names()),
            campaigns,
            report.by_campaign,
            lambda: _bars(report.by_campaign),
            note,
        ),
        Table("month", _("By month"), (_("Month"), *_names()), by_month, report.by_month, lambda: _bars(report.by_month)),
    ]


def _bars(rows: Rows) -> Markup:
    bars = [
        charts.Stack(words.month_name(row.label), (row.interested, max(row.answered - row.interested, 0)), number(row.answered))
        for row in rows
    ]
    return charts.stacks(bars, (_("interested"), _("other answers")), _("People who answered in the period"))


def _cells(row: Any) -> list[Cell]:
    counts = (row.contacted, row.visited, row.answered, row.interested, row.asked, row.unsubscribed)
    return [Cell(number(count), "strong" if at == 2 else "") for at, count in enumerate(counts)]


ACTIVITY = Face(activity, _tile, _facts, _tables)
