"""Time to engagement: how soon people answer, with those who have not answered yet kept as waiting."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.analytics import queries
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Line, Table, Tile
from portal.analytics.queries import WINDOW_DAYS, Filters, Report, TimesRow, time_to_engagement
from portal.templating import number, percent

_DAYS = (1, 7, 14, 30, 60, 90)
_COLUMNS = ("0–1", "2–3", "4–7", "8–14", "15–30")


def _tile(report: Report[TimesRow]) -> Tile:
    whole = report.total
    times, week = whole.answered_times, whole.within[7]
    return Tile(
        words.days(times.median),
        _("p75 %(p75)s · p90 %(p90)s", p75=words.days(times.p75), p90=words.days(times.p90)),
        _("median of the %(answered)s of %(people)s who answered", answered=number(whole.answered), people=number(whole.people)),
        [row.answered_times.median for row in report.by_month],
        words.ripe(whole, WINDOW_DAYS),
        _("%(share)s of all within 7 days", share=words.share(week)),
    )


def _facts(report: Report[TimesRow]) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    times = whole.answered_times
    median = words.days(whole.times.median) if whole.times.median is not None else _("not reached")
    return [
        (_("Median"), words.days(times.median), _("of the %(count)s who answered", count=number(whole.answered))),
        (_("p75"), words.days(times.p75), ""),
        (_("p90"), words.days(times.p90), ""),
        (_("Of all %(people)s", people=number(whole.people)), str(median), _("who has not answered counts as waiting")),
        (_("First click"), words.days(whole.first_click.median), _("apart from this: a click is no answer")),
        (_("How ripe"), words.ripeness(whole, WINDOW_DAYS).text, ""),
    ]


def _tables(report: Report[TimesRow], filters: Filters) -> Sequence[Table]:
    points, rows = queries.curve(filters), queries.heat(filters)
    parts = _parts()
    curve = _("Within"), _("Have answered"), _("95% interval"), _("Still waited for")
    months = _("Month"), _("People"), *(_("Day %(days)s", days=days) for days in _COLUMNS)
    return [
        Table("curve", _("Share who have answered, by day"), curve, _curve_lines(points), points, lambda: _curve(points)),
        Table("heat", _("When each month's people answered"), months, _heat_lines(rows, filters), rows, lambda: _heat(rows)),
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *parts),
            words.campaign_lines(report.by_campaign, _cells, report.total),
            report.by_campaign,
        ),
        Table(
            "month",
            _("By month of first contact"),
            (_("Month"), *parts),
            words.month_lines(report.by_month, _cells, filters),
            report.by_month,
        ),
    ]


def _parts() -> tuple[str, ...]:
    """The heads of what stands beside a campaign or a month."""
    within = _("Within 1 d"), _("7 d"), _("30 d")
    return _("People"), _("Answered"), _("Median"), _("p75"), _("p90"), *within, _("First click"), _("How ripe")


def _curve(points: Sequence[Any]) -> Markup:
    return charts.curve(
        points,
        _("Share of people who have answered, by days since the first delivered message"),
        (_("days"), _("still waited for")),
    )


def _curve_lines(points: Sequence[Any]) -> list[Line]:
    """The curve at the days people ask about; each is the last step at or before it."""
    found = []
    for day in _DAYS:
        known = [point for point in points if point.day <= day]
        if known and points[-1].day >= day:
            last = known[-1]
            cells = [Cell(percent(last.share, 1), "strong"), Cell(_ends(last), "muted"), Cell(number(last.at_risk))]
            found.append(Line(words.days(day), cells))
    return found


def _ends(point: Any) -> str:
    if point.low is None or point.high is None:
        return words.DASH
    return str(_("%(low)s to %(high)s", low=percent(point.low, 1), high=percent(point.high, 1)))


def _heat(rows: Sequence[Any]) -> Markup:
    named = [replace(row, label=words.month_name(row.label)) for row in rows]
    return charts.heat(
        named, _("When each month's people gave their first answer"), _COLUMNS, _("days after the first message"), _("people")
    )


def _heat_lines(rows: Sequence[Any], filters: Filters) -> list[Line]:
    return words.month_lines(rows, _heat_cells, filters)


def _heat_cells(row: Any) -> list[Cell]:
    return [Cell(number(row.people), part="people"), *(Cell(percent(share, 1)) for share in row.shares)]


def _cells(row: TimesRow) -> list[Cell]:
    times = row.answered_times
    counts = [Cell(number(row.people), part="people"), Cell(number(row.answered), part="answered")]
    spans = [Cell(words.days(times.median), "strong"), Cell(words.days(times.p75)), Cell(words.days(times.p90))]
    within = [Cell(words.share(row.within[days])) for days in (1, 7, 30)]
    return [*counts, *spans, *within, Cell(words.days(row.first_click.median), "muted"), words.ripeness(row, WINDOW_DAYS)]


TIMES = Face(time_to_engagement, _tile, _facts, _tables, cohort=True)
