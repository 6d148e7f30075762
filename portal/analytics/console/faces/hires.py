"""Hires: how long they took by both clocks, and how good they turned out against hires from elsewhere. Never by person."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Line, Table, Tile
from portal.analytics.queries import INDICATORS, Filters, HireTimesRow, Quality, QualityRow, Report, quality_of_hire, time_to_hire
from portal.rates import Rate
from portal.templating import number, percent

LEAST = 5
_CLOCKS = (
    ("outreach", _l("From the first outreach")),
    ("outreach_unsnoozed", _l("From the first outreach, without days of quiet")),
    ("considered", _l("From active consideration")),
    ("considered_unsnoozed", _l("From active consideration, without days of quiet")),
)


def _times_tile(report: Report[HireTimesRow]) -> Tile:
    whole = report.total
    first, second = whole.outreach, whole.considered
    return Tile(
        words.days(first.median),
        _("p75 %(p75)s · p90 %(p90)s", p75=words.days(first.p75), p90=words.days(first.p90)),
        _hires(whole.hires),
        [row.outreach.median for row in report.by_month],
        beside=_("from active consideration %(days)s", days=words.days(second.median)),
    )


def _hires(count: int) -> str:
    return str(ngettext("%(num)d hire", "%(num)d hires", count))


def _times_facts(report: Report[HireTimesRow]) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    clocks = [(str(label), getattr(whole, name)) for name, label in _CLOCKS]
    known = [(label, words.days(times.median), _("median, n = %(count)s", count=times.n)) for label, times in clocks]
    return [(_("Hires"), number(whole.hires), ""), *known]


def _times_tables(report: Report[HireTimesRow], filters: Filters) -> Sequence[Table]:
    head = _("Hires"), _("From outreach"), _("Without quiet"), _("From consideration"), _("Without quiet")
    clocks = _("Clock"), _("Hires"), _("Median"), _("p75"), _("p90")
    return [
        Table("clocks", _("Two clocks"), clocks, [_clock(report.total, *clock) for clock in _CLOCKS], [report.total]),
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *head),
            words.campaign_lines(report.by_campaign, _time_cells, report.total),
            report.by_campaign,
        ),
        Table(
            "month",
            _("By month of acceptance"),
            (_("Month"), *head),
            words.month_lines(report.by_month, _time_cells, filters),
            report.by_month,
        ),
    ]


def _clock(row: HireTimesRow, name: str, label: Any) -> Line:
    times = getattr(row, name)
    counts = [Cell(number(times.n)), Cell(words.days(times.median), "strong")]
    return Line(str(label), [*counts, Cell(words.days(times.p75)), Cell(words.days(times.p90))])


def _time_cells(row: HireTimesRow) -> list[Cell]:
    medians = [
        Cell(words.days(getattr(row, name).median), tone)
        for (name, _label), tone in zip(_CLOCKS, ("strong", "", "strong", ""), strict=True)
    ]
    return [Cell(number(row.hires), part="hires"), *medians]


def _quality_tile(report: Quality) -> Tile:
    ours, others = report.ours, report.others
    few = "" if ours.score is not None else _("shown from %(least)s seasoned hires on", least=LEAST)
    beside = _("others %(score)s, n = %(count)s", score=_score(others.score), count=others.seasoned)
    counted = str(ngettext("%(num)d seasoned hire", "%(num)d seasoned hires", ours.seasoned))
    told = _("%(share)s of indicators known", share=percent(ours.completeness.value))
    trend = [row.score for row in report.by_month]
    return Tile(_score(ours.score), _ends(ours) or _("of 100"), f"{counted} · {told}", trend, few, beside)


def _ends(row: QualityRow) -> str:
    """“61 to 84”, of 100; nothing where the score is not told."""
    return (
        ""
        if row.low is None or row.high is None
        else str(_("%(low)s to %(high)s of 100", low=f"{row.low:.0f}", high=f"{row.high:.0f}"))
    )


def _score(value: float | None) -> str:
    return words.DASH if value is None else f"{value:.0f}"


def _quality_facts(report: Quality) -> Sequence[tuple[str, str, str]]:
    ours, others = report.ours, report.others
    known = _("%(hits)s of %(all)s", hits=ours.completeness.hits, all=ours.completeness.of)
    return [
        (_("Reverse recruitment"), _score(ours.score), _hires(ours.hires)),
        (_("95% interval"), _ends(ours) or words.DASH, ""),
        (_("Other sources"), _score(others.score), _hires(others.hires)),
        (_("Seasoned hires"), number(ours.seasoned), _("90 days after their start")),
        (_("Completeness"), percent(ours.completeness.value), known),
    ]


def _quality_tables(report: Quality, _filters: Filters) -> Sequence[Table]:
    rows = [report.ours, report.others]
    note = _("Fewer than %(least)s seasoned hires are not told, so that nobody can be made out.", least=LEAST)
    compared = Table(
        "compared", _("Ours against the rest"), _quality_head(_("Where from")), _quality_lines(rows), rows, _drawn(rows), note
    )
    by_source = Table("source", _("By source"), _quality_head(_("Source")), _quality_lines(report.by_source), report.by_source)
    kept = Table("retention", _("Still employed"), (_("Where from"), *_retention_days()), [_retention(row) for row in rows], rows)
    by_month = Table("month", _("By month of acceptance"), _quality_head(_("Month")), _quality_months(report), report.by_month)
    return [compared, by_source, kept, by_month]


def _quality_months(report: Quality) -> list[Line]:
    """Ours; months in which nobody was hired are left out of the table."""
    return [Line(words.month_name(row.label), _quality_cells(row)) for row in report.by_month if row.hires]


def _quality_head(first: str) -> tuple[str, ...]:
    return (first, _("Hires"), _("Seasoned"), _("Score"), _("Completeness"), *(str(label) for label in INDICATORS.values()))


def _quality_lines(rows: Sequence[QualityRow]) -> list[Line]:
    return [Line(row.label, _quality_cells(row), {"source": row.source_id} if row.source_id else {}) for row in rows]


def _quality_cells(row: QualityRow) -> list[Cell]:
    counts = [Cell(number(row.hires)), Cell(number(row.seasoned)), Cell(_score(row.score), "strong")]
    return [*counts, Cell(percent(row.completeness.value)), *(Cell(_score(value), "muted") for value in row.indicators.values())]


def _retention_days() -> tuple[str, ...]:
    return tuple(str(_("After %(days)s days", days=days)) for days in (90, 180, 365))


def _retention(row: QualityRow) -> Line:
    return Line(row.label, [Cell(_kept(row.retention[days])) for days in (90, 180, 365)])


def _kept(rate: Rate) -> str:
    return words.DASH if not rate.of else str(_("%(share)s of %(people)s", share=percent(rate.value), people=rate.of))


def _drawn(rows: Sequence[QualityRow]) -> Any:
    """Nothing to draw where neither side has hires enough."""
    told = [row for row in rows if row.score is not None]
    return (lambda: _bars(told)) if told else None


def _bars(rows: Sequence[QualityRow]) -> Markup:
    bars = [
        charts.Stack(
            row.label, (round(row.score or 0),), _("%(score)s, n = %(count)s", score=_score(row.score), count=row.seasoned)
        )
        for row in rows
    ]
    return charts.stacks(bars, (_("score of 100"),), _("Quality of hire against other sources"))


TIMES_TO_HIRE = Face(time_to_hire, _times_tile, _times_facts, _times_tables)
QUALITY = Face(quality_of_hire, _quality_tile, _quality_facts, _quality_tables)
