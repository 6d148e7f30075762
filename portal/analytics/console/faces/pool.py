"""Growth of the talent pool, and visits with what was not a person beside what was."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from portal import charts
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Face, Line, Table, Tile
from portal.analytics.queries import Filters, PoolRow, Report, VisitRow, pool_growth, visits
from portal.templating import number, percent

Rows = Sequence[PoolRow]
# The ways in and out of the pool, and whether they add or take away.
_WAYS = (
    ("joined", 1),
    ("reactivated", 1),
    ("opted_out", -1),
    ("erased", -1),
    ("hired", -1),
    ("bounced", -1),
    ("dormant", -1),
)


def _pool_tile(rows: Rows) -> Tile:
    last = _last(rows)
    came = _("%(joined)s joined, %(back)s came back, %(left)s left", joined=last.joined, back=last.reactivated, left=last.left)
    ends = _("%(start)s to %(end)s people", start=number(last.start), end=number(last.end))
    month = _("in %(month)s", month=words.month_name(last.label))
    return Tile(
        percent(last.growth, 1), month, came, [row.growth for row in rows], _("the month still runs") if last.open else "", ends
    )


def _last(rows: Rows) -> PoolRow:
    """The last month that is over; the running one when there is no other."""
    return next((row for row in reversed(rows) if not row.open), rows[-1])


def _pool_facts(rows: Rows) -> Sequence[tuple[str, str, str]]:
    start, end = rows[0].start, rows[-1].end
    growth = percent((end - start) / start if start else None, 1)
    return [
        (_("Pool now"), number(end), ""),
        (_("At the start"), number(start), ""),
        (_("Growth over the period"), growth, ""),
    ]


def _pool_tables(rows: Rows, filters: Filters) -> Sequence[Table]:
    head = _("Month"), _("At the start"), _("Joined"), _("Came back"), _("Left"), _("At the end"), _("Growth")
    reasons = _("Opted out"), _("Erased"), _("Hired"), _("Bounced"), _("Dormant")
    return [
        Table(
            "waterfall",
            _("Joins and leaves"),
            (_("What happened"), _("People")),
            _sum_lines(rows),
            _parts(rows),
            lambda: charts.waterfall(_parts(rows), _("The engaged pool: who came, who left and why")),
        ),
        Table(
            "month",
            _("By month"),
            (*head, *reasons),
            [_pool_line(row, filters) for row in rows],
            rows,
            lambda: _by_month(rows),
        ),
    ]


def _sum_lines(rows: Rows) -> list[Line]:
    """The parts of the sum with their signs, each with the people behind it."""
    names = ("start", *(name for name, _sign in _WAYS), "end")
    parts = zip(_parts(rows), names, strict=True)
    return [Line(part.label, [Cell(charts.said(part), "strong" if part.total else "", name)]) for part, name in parts]


def _parts(rows: Rows) -> list[charts.Part]:
    """The whole period in one sum: the pool at its start, each way in, each way out, the pool at its end."""
    labels = _("Joined"), _("Came back"), _("Opted out"), _("Erased"), _("Hired"), _("Bounced"), _("Dormant")
    sums = [sign * sum(getattr(row, name) for row in rows) for name, sign in _WAYS]
    changes = [charts.Part(label, count) for label, count in zip(labels, sums, strict=True)]
    return [charts.Part(_("At the start"), rows[0].start, True), *changes, charts.Part(_("At the end"), rows[-1].end, True)]


def _pool_line(row: PoolRow, filters: Filters) -> Line:
    came = [Cell(number(getattr(row, name)), part=name) for name in ("start", "joined", "reactivated", "left")]
    growth = [Cell(number(row.end), "strong", "end"), Cell(percent(row.growth, 1))]
    reasons = ("opted_out", "erased", "hired", "bounced", "dormant")
    left = [Cell(number(getattr(row, name)), "muted", name) for name in reasons]
    narrow = words.month_days(row.label, filters)
    return Line(words.month_name(row.label), [*came, *growth, *left], narrow, note=_("still runs") if row.open else "")


def _by_month(rows: Rows) -> Markup:
    labels = words.ticks([row.label for row in rows])
    found = [
        charts.Change(label, (row.joined, row.reactivated), row.left, row.end) for label, row in zip(labels, rows, strict=True)
    ]
    return charts.changes(found, (_("joined"), _("came back"), _("left"), _("pool")), _("The engaged pool by month"))


def _visit_tile(report: Report[VisitRow]) -> Tile:
    whole = report.total
    machines = number(whole.machine + whole.preview)
    beside = _(
        "Beside them %(other)s unconfirmed, %(machine)s machine, %(raw)s raw",
        other=number(whole.unconfirmed),
        machine=machines,
        raw=number(whole.raw),
    )
    return Tile(
        number(whole.human),
        _("human"),
        _("by %(people)s", people=words.people(whole.people)),
        [float(row.human) for row in report.by_month],
        beside=beside,
    )


def _visit_facts(report: Report[VisitRow]) -> Sequence[tuple[str, str, str]]:
    whole = report.total
    return [
        (_("People"), number(whole.people), ""),
        (_("Human"), number(whole.human), ""),
        (_("Unconfirmed"), number(whole.unconfirmed), ""),
        (_("Machine"), number(whole.machine + whole.preview), ""),
        (_("Raw"), number(whole.raw), ""),
    ]


def _visit_tables(report: Report[VisitRow], filters: Filters) -> Sequence[Table]:
    head = _("People"), _("Human"), _("Unconfirmed"), _("Machine"), _("Preview"), _("Raw")
    by_month = [(words.month_name(row.label), row) for row in report.by_month]
    campaigns = [(row.label, row) for row in report.by_campaign]
    lines = words.campaign_lines(report.by_campaign, _visit_cells, report.total)
    return [
        Table(
            "campaign",
            _("By campaign"),
            (_("Campaign"), *head),
            lines,
            report.by_campaign,
            lambda: _bars(campaigns, _("Visits by campaign")),
        ),
        Table(
            "month",
            _("By month"),
            (_("Month"), *head),
            words.month_lines(report.by_month, _visit_cells, filters),
            report.by_month,
            lambda: _bars(by_month, _("Visits by month")),
        ),
    ]


def _visit_cells(row: Any) -> list[Cell]:
    people = Cell(number(row.people), "strong", "visited")
    return [
        people,
        *(
            Cell(number(count), tone)
            for count, tone in (
                (row.human, ""),
                (row.unconfirmed, ""),
                (row.machine, "muted"),
                (row.preview, "muted"),
                (row.raw, "muted"),
            )
        ),
    ]


def _bars(rows: Sequence[tuple[str, VisitRow]], title: str) -> Markup:
    bars = [charts.Stack(label, (row.human, row.unconfirmed, row.machine, row.preview), number(row.raw)) for label, row in rows]
    return charts.stacks(bars, (_("human"), _("unconfirmed"), _("machine"), _("preview")), title)


POOL = Face(pool_growth, _pool_tile, _pool_facts, _pool_tables)
VISITS = Face(visits, _visit_tile, _visit_facts, _visit_tables)
