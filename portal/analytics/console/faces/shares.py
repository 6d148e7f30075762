"""Response and engagement: shares of people, by campaign and by month."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Table, Tile
from portal.analytics.queries import WINDOW_DAYS, CohortRow, EngagementRow, Filters, Report, engagement, response_rate
from portal.templating import number


def weakest(report: Report[CohortRow]) -> CohortRow | None:
    """The campaign that clearly does worse than all together: even the upper end of its interval lies below their share."""
    whole = report.total.responded.value
    ends = [(row.responded.high, row) for row in report.by_campaign if row.responded.high is not None]
    weak = [(high, row) for high, row in ends if whole is not None and high < whole]
    return min(weak, key=lambda one: one[0])[1] if weak else None


def _response_tile(report: Report[CohortRow]) -> Tile:
    whole = report.total
    counted = _("%(hits)s of %(people)s delivered", hits=number(whole.responded.hits), people=number(whole.responded.of))
    return Tile(
        words.share(whole.responded),
        words.interval(whole.responded),
        counted,
        [row.responded.value for row in report.by_month],
        words.ripe(whole, WINDOW_DAYS),
        _("%(yes)s interested", yes=number(whole.interested.hits)),
    )


def _response_facts(report: Report[CohortRow]) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    counted = _("%(hits)s of %(people)s", hits=number(whole.responded.hits), people=number(whole.responded.of))
    return [
        (_("Answered"), words.share(whole.responded), counted),
        (_("95% interval"), words.interval(whole.responded), ""),
        (_("Interested"), words.share(whole.interested), words.interval(whole.interested)),
        (_("How ripe"), words.ripeness(whole, WINDOW_DAYS).text, _("%(open)s may still answer", open=number(whole.waiting))),
    ]


def _response_tables(report: Report[CohortRow], filters: Filters) -> Sequence[Table]:
    head = (_("Answered"), _("Delivered"), _("Rate"), _("95% interval"), _("Interested"), _("How ripe"))
    weak, whole = weakest(report), report.total.responded.value
    campaigns = [(row.label, row.responded) for row in report.by_campaign]
    by_month = [(row.label, row.responded) for row in report.by_month]
    told = _("Answered within 30 days, by campaign, with 95% interval"), _("Answered within 30 days, by month of first contact")
    return [
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *head),
            words.campaign_lines(report.by_campaign, _response_cells, report.total),
            report.by_campaign,
            lambda: words.whiskers(campaigns, told[0], whole, weak.label if weak else None),
        ),
        Table(
            "month",
            _("By month"),
            (_("Month"), *head),
            words.month_lines(report.by_month, _response_cells, filters),
            report.by_month,
            lambda: words.shares_by_month(by_month, told[1]),
        ),
    ]


def _response_cells(row: CohortRow) -> list[Cell]:
    yes = Cell(number(row.interested.hits), part="interested")
    return [*words.rated(row.responded, "answered", "delivered"), yes, words.ripeness(row, WINDOW_DAYS)]


def _engagement_tile(report: Report[EngagementRow]) -> Tile:
    rate = report.total.engaged
    counted = _("%(hits)s of %(people)s touched and contactable", hits=number(rate.hits), people=number(rate.of))
    trend = [row.engaged.value for row in report.by_month]
    return Tile(words.share(rate), words.interval(rate), counted, trend, beside=_("Opens never count."))


def _engagement_facts(report: Report[EngagementRow]) -> Sequence[tuple[str, str, str]]:
    rate = report.total.engaged
    counted = _("%(hits)s of %(people)s", hits=number(rate.hits), people=number(rate.of))
    return [(_("Engaged"), words.share(rate), counted), (_("95% interval"), words.interval(rate), "")]


def _engagement_tables(report: Report[EngagementRow], filters: Filters) -> Sequence[Table]:
    head = (_("Engaged"), _("Touched"), _("Rate"), _("95% interval"))
    campaigns = [(row.label, row.engaged) for row in report.by_campaign]
    by_month = [(row.label, row.engaged) for row in report.by_month]
    told = _("Engaged, by campaign, with 95% interval"), _("Engaged of those touched, by month")
    return [
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *head),
            words.campaign_lines(report.by_campaign, _engagement_cells, report.total),
            report.by_campaign,
            lambda: words.whiskers(campaigns, told[0], report.total.engaged.value),
        ),
        Table(
            "month",
            _("By month"),
            (_("Month"), *head),
            words.month_lines(report.by_month, _engagement_cells, filters),
            report.by_month,
            lambda: words.shares_by_month(by_month, told[1]),
        ),
    ]


def _engagement_cells(row: Any) -> list[Cell]:
    return words.rated(row.engaged, "engaged", "touched")


RESPONSE = Face(response_rate, _response_tile, _response_facts, _response_tables, cohort=True)
ENGAGEMENT = Face(engagement, _engagement_tile, _engagement_facts, _engagement_tables)
