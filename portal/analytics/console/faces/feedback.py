"""Candidate feedback: the score, by stage, outcome and month; never who said it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Line, Table, Tile
from portal.analytics.queries import FeedbackReport, Filters, ScoreRow, candidate_feedback
from portal.templating import number

LEAST = 5


def _tile(report: FeedbackReport) -> Tile:
    whole = report.total
    asked = _("%(hits)s of %(people)s asked answered", hits=number(whole.asked.hits), people=number(whole.asked.of))
    few = "" if whole.score is not None else _("shown from %(least)s answers on", least=LEAST)
    trend = [None if row.score is None else float(row.score) for row in report.by_month]
    return Tile(words.signed(whole.score), _ends(whole) or _("from −100 to +100"), _answers(whole.answers), trend, few, asked)


def _ends(row: ScoreRow) -> str:
    """“−44 to +66”; nothing where the score is not told."""
    return "" if row.low is None else str(_("%(low)s to %(high)s", low=words.signed(row.low), high=words.signed(row.high)))


def _answers(count: int) -> str:
    return str(ngettext("%(num)d answer", "%(num)d answers", count))


def _facts(report: FeedbackReport) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    return [
        (_("Score"), words.signed(whole.score), _answers(whole.answers)),
        (_("95% interval"), _ends(whole) or words.DASH, ""),
        (_("9 or 10"), _count(whole.promoters), ""),
        (_("7 or 8"), _count(whole.passives), ""),
        (_("0 to 6"), _count(whole.detractors), ""),
        (_("Answer rate"), words.share(whole.asked), _("of %(people)s asked", people=number(whole.asked.of))),
        (_("Without a name"), number(report.unnamed), _("in no stage or outcome")),
        (_("Left out by the filters"), number(report.left_out), _("nobody knows whose they are")),
    ]


def _tables(report: FeedbackReport, _filters: Filters) -> Sequence[Table]:
    head = _("Answers"), _("Score"), _("95% interval"), _("9 or 10"), _("7 or 8"), _("0 to 6"), _("Answer rate")
    note = _("Below %(least)s answers only their number is told.", least=LEAST)
    told = (
        ("stage", _("By stage reached"), _("Stage"), report.by_stage, _("Feedback by the stage people reached"), note),
        ("outcome", _("By outcome"), _("Outcome"), report.by_outcome, _("Feedback by how it ended"), ""),
        ("month", _("By month"), _("Month"), report.by_month, _("Feedback by month"), ""),
    )
    return [
        Table(key, title, (of, *head), _lines(rows), rows, _bars(rows, drawn), under)
        for key, title, of, rows, drawn, under in told
    ]


def _lines(rows: Sequence[ScoreRow]) -> list[Line]:
    return [Line(words.month_name(row.label), _cells(row)) for row in rows]


def _cells(row: ScoreRow) -> list[Cell]:
    parts = [Cell(_count(count), "muted") for count in (row.promoters, row.passives, row.detractors)]
    return [
        Cell(number(row.answers)),
        Cell(words.signed(row.score), "strong"),
        Cell(_ends(row) or words.DASH, "muted"),
        *parts,
        Cell(words.share(row.asked) if row.score is not None else words.DASH),
    ]


def _bars(rows: Sequence[ScoreRow], title: str) -> Any:
    """Nothing to draw where no group has answers enough."""
    told = [row for row in rows if row.score is not None]
    return (lambda: _stacks(told, title)) if told else None


def _stacks(rows: Sequence[ScoreRow], title: str) -> Markup:
    bars = [
        charts.Stack(
            words.month_name(row.label), (row.promoters or 0, row.passives or 0, row.detractors or 0), words.signed(row.score)
        )
        for row in rows
    ]
    return charts.stacks(bars, (_("9 or 10"), _("7 or 8"), _("0 to 6")), title)


def _count(value: int | None) -> str:
    return words.DASH if value is None else number(value)


FEEDBACK = Face(candidate_feedback, _tile, _facts, _tables)
