"""Conversion: of who was first contacted, who ever got how far."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Line, Table, Tile
from portal.analytics.queries import CONVERSION_DAYS, STAGES_REACHED, ConversionRow, Filters, Report, conversion
from portal.pipeline.models import STAGES
from portal.templating import number, percent

# The tile shows how many came to be considered; who was hired stands beside it.
_SHOWN = 3


def _tile(report: Report[ConversionRow]) -> Tile:
    whole = report.total
    rate, hired = whole.reached[_SHOWN], whole.reached[-1]
    return Tile(
        words.share(rate),
        words.interval(rate),
        _("%(hits)s of %(people)s were considered", hits=number(rate.hits), people=number(rate.of)),
        [row.reached[_SHOWN].value for row in report.by_month],
        words.ripe(whole, CONVERSION_DAYS),
        _("%(hits)s hired", hits=number(hired.hits)),
    )


def _facts(report: Report[ConversionRow]) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    steps = [(str(STAGES[stage]), words.share(rate), number(rate.hits)) for stage, rate in _steps(whole)]
    ripe = words.ripeness(whole, CONVERSION_DAYS).text
    return [(_("First delivered outreach"), number(whole.base), ""), *steps, (_("How ripe"), ripe, "")]


def _tables(report: Report[ConversionRow], filters: Filters) -> Sequence[Table]:
    whole, names = report.total, [str(STAGES[stage]) for stage in STAGES_REACHED]
    note = _("People below %(days)s days can still get further.", days=CONVERSION_DAYS) if whole.immature else ""
    stages = (_("Stage"), _("People"), _("Of all"), _("95% interval"), _("Of the step before"))
    parts = (_("First delivered outreach"), *names, _("How ripe"))
    return [
        Table("stage", _("How far they got"), stages, _stage_lines(whole), _stage_records(whole), lambda: _funnel(whole), note),
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *parts),
            words.campaign_lines(report.by_campaign, _cells, whole),
            report.by_campaign,
            lambda: _considered(report),
        ),
        Table(
            "month",
            _("By month of first contact"),
            (_("Month"), *parts),
            words.month_lines(report.by_month, _cells, filters),
            report.by_month,
        ),
    ]


def _stage_lines(row: ConversionRow) -> list[Line]:
    first = Line(_("First delivered outreach"), [Cell(number(row.base), "strong", "contacted"), Cell(""), Cell(""), Cell("")])
    found = [first]
    for (stage, rate), passed in zip(_steps(row), row.passed, strict=True):
        of_all = [Cell(number(rate.hits), "strong", _part(stage)), Cell(words.share(rate)), Cell(words.interval(rate), "muted")]
        found.append(Line(str(STAGES[stage]), [*of_all, Cell(percent(passed.value))]))
    return found


def _stage_records(row: ConversionRow) -> list[Any]:
    return [
        {
            "stage": stage.value,
            "people": rate.hits,
            "of": rate.of,
            "share": rate.value,
            "low": rate.low,
            "high": rate.high,
            "passed": passed.value,
        }
        for (stage, rate), passed in zip(_steps(row), row.passed, strict=True)
    ]


def _funnel(row: ConversionRow) -> Markup:
    steps = [charts.Step(_("First delivered outreach"), row.base, number(row.base))]
    for (stage, rate), passed in zip(_steps(row), row.passed, strict=True):
        text = _("%(people)s, %(share)s", people=number(rate.hits), share=words.share(rate))
        through = _("%(share)s went on", share=percent(passed.value)) if passed.of else ""
        steps.append(charts.Step(str(STAGES[stage]), rate.hits, str(text), str(through), rate.low, rate.high))
    return charts.funnel(steps, _("Of the people first contacted, how many ever reached each stage"))


def _considered(report: Report[ConversionRow]) -> Markup:
    rows = [(row.label, row.reached[_SHOWN]) for row in report.by_campaign]
    return words.whiskers(rows, _("Came to be considered, by campaign, with 95% interval"), report.total.reached[_SHOWN].value)


def _cells(row: ConversionRow) -> list[Cell]:
    counts = [Cell(number(rate.hits), part=_part(stage)) for stage, rate in _steps(row)]
    return [Cell(number(row.base), part="contacted"), *counts, words.ripeness(row, CONVERSION_DAYS)]


def _steps(row: ConversionRow) -> list[Any]:
    return list(zip(STAGES_REACHED, row.reached, strict=True))


def _part(stage: Any) -> str:
    """The word of a stage in addresses."""
    return str(stage.value).replace(" ", "-")


CONVERSION = Face(conversion, _tile, _facts, _tables, cohort=True)
