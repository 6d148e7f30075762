"""Figures in words, the same on every page of the numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces.shapes import Cell, Line
from portal.analytics.queries import Filters, Rate
from portal.templating import number, percent

DASH = "—"


def share(rate: Rate) -> str:
    """“21.3%”, or a dash where nobody was counted."""
    return percent(rate.value, 1)


def interval(rate: Rate) -> str:
    """“17.0 to 26.4”: the ends of the interval in per cent."""
    if rate.low is None or rate.high is None:
        return DASH
    return str(_("%(low)s to %(high)s", low=format_decimal(rate.low * 100, "0.0"), high=format_decimal(rate.high * 100, "0.0")))


def days(value: float | None) -> str:
    """“2.3 d”; a dash where there is none."""
    return DASH if value is None else str(_("%(days)s d", days=format_decimal(value, "0.0" if value < 10 else "0")))


def signed(value: float | None) -> str:
    """“+41”, “−3”; a dash where there is none."""
    return DASH if value is None else f"{value:+.0f}".replace("-", "−")


def ripe(row: Any, window: int) -> str:
    """“5 of 30 days” while a cohort is younger than its window; nothing afterwards."""
    return str(_("%(days)s of %(window)s days", days=row.age_days, window=window)) if row.immature else ""


def ripeness(row: Any, window: int) -> Cell:
    """The last cell of a row of a cohort."""
    if row.immature:
        return Cell(ripe(row, window), "warn")
    return Cell(_("complete") if row.age_days is not None else DASH, "muted")


def rated(rate: Rate, hits: str, of: str) -> list[Cell]:
    """Four cells: hits, people, share, interval; `hits` and `of` name the people behind them."""
    counts = [Cell(number(rate.hits), part=hits), Cell(number(rate.of), part=of)]
    return [*counts, Cell(share(rate), "strong"), Cell(interval(rate), "muted")]


def month_name(label: str) -> str:
    """“Nov 2026” for 2026-11; anything else as it is."""
    try:
        return str(format_date(date.fromisoformat(f"{label}-01"), "LLL y"))
    except ValueError:
        return label


def by_month(told: str) -> str:
    """What a trend says to people who listen."""
    return str(_("By month: %(values)s", values=told))


def ticks(labels: Sequence[str]) -> list[str]:
    """Months for an axis: the year stands at the first one and at each January."""
    found = [date.fromisoformat(f"{label}-01") for label in labels]
    return [str(format_date(day, "LLL yy" if day.month == 1 or at == 0 else "LLL")) for at, day in enumerate(found)]


def campaign_lines(rows: Iterable[Any], cells: Any, total: Any = None) -> list[Line]:
    """A line for each campaign, and one for all together."""
    lines = [Line(row.label, cells(row), {"campaign": row.campaign_id} if row.campaign_id else {}) for row in rows]
    return lines if total is None else [*lines, Line(_("All together"), cells(total), whole=True)]


def month_lines(rows: Iterable[Any], cells: Any, filters: Filters) -> list[Line]:
    """A line for each month, narrowed to its days within the period."""
    return [Line(month_name(row.label), cells(row), month_days(row.label, filters)) for row in rows]


def month_days(label: str, filters: Filters) -> Mapping[str, str]:
    """The filters of one month of the period."""
    first = date.fromisoformat(f"{label}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {"since": max(first, filters.since).isoformat(), "until": min(last, filters.until).isoformat()}


def whiskers(rows: Iterable[tuple[str, Rate]], title: str, line: float | None, bad: str | None = None) -> Markup:
    """A dot and its interval for each row; the row named `bad` stands out."""
    shown = [
        charts.Interval(label, rate.value, rate.low, rate.high, _of(rate), bad=bad is not None and label == bad)
        for label, rate in rows
    ]
    return charts.intervals(shown, title, line)


def shares_by_month(rows: Sequence[tuple[str, Rate]], title: str) -> Markup:
    """A line with its band."""
    rates = [rate for _label, rate in rows]
    bands = [(rate.low, rate.high) for rate in rates]
    labels = ticks([label for label, _rate in rows])
    return charts.lines(labels, [rate.value for rate in rates], title, [share(rate) for rate in rates], bands)


def people(count: int) -> str:
    """“1 person”, “3 people”."""
    return str(ngettext("%(num)d person", "%(num)d people", count))


def _of(rate: Rate) -> str:
    return str(_("%(share)s of %(people)s", share=share(rate), people=rate.of))
