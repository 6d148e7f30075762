"""The companions of the eight: money, our own speed, reasons, complaints, bases, pages."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.analytics import queries
from portal.analytics.console.faces import words
from portal.analytics.console.faces.shapes import Cell, Line, Table
from portal.analytics.queries import AnsweringRow, CostRow, Filters, MailRow
from portal.templating import money, number, percent


def tables(filters: Filters) -> Sequence[Table]:
    """Each with the figures of the period; who has a lawful basis is told as of now."""
    return [*_costs(filters), _reasons(filters), *_mails(filters), _answering(filters), _pages(filters), _basis(filters)]


def _costs(filters: Filters) -> list[Table]:
    report = queries.costs(filters)
    head = _("Spent"), _("Answered"), _("Per response"), _("Hires"), _("Per hire")
    note = _("Only money with a day. Where nothing was spent, or nobody answered, there is no price.")
    by_campaign = [Line(row.label, _cost_cells(row), {"campaign": row.campaign_id}) for row in report.by_campaign]
    by_source = [Line(row.label, _cost_cells(row), {"source": row.source_id}) for row in report.by_source]
    return [
        Table(
            "costs-by-source",
            _("Cost per response and per hire, by source"),
            (_("Source"), *head),
            by_source,
            report.by_source,
            None,
            note,
        ),
        Table(
            "costs-by-campaign",
            _("Cost per response and per hire, by campaign"),
            (_("Campaign"), *head),
            by_campaign,
            report.by_campaign,
        ),
    ]


def _cost_cells(row: CostRow) -> list[Cell]:
    prices = [words.DASH if amount is None else money(amount, row.currency) for amount in (row.per_response, row.per_hire)]
    spent = money(row.spent, row.currency)
    return [
        Cell(spent),
        Cell(number(row.answered)),
        Cell(prices[0], "strong"),
        Cell(number(row.hires)),
        Cell(prices[1], "strong"),
    ]


def _reasons(filters: Filters) -> Table:
    rows = queries.decline_reasons(filters)
    lines = [
        Line(row.label, [Cell(number(row.people), "strong"), Cell(percent(row.people / row.of if row.of else None))])
        for row in rows
    ]
    return Table("reasons", _("Why people said no"), (_("Reason"), _("People"), _("Of all who said no")), lines, rows)


def _mails(filters: Filters) -> list[Table]:
    report = queries.complaints(filters)
    head = _("Delivered to"), _("Unsubscribed"), _("Complained"), _("95% interval"), _("To do")
    note = _("We warn from 1 complaint in 1,000 on, and stop at 3 in 1,000.")
    campaigns = words.campaign_lines(report.by_campaign, _mail_cells, report.total)
    mailings = [Line(row.label, _mail_cells(row)) for row in report.by_mailing]
    return [
        Table(
            "complaints-by-mailing",
            _("Unsubscribing and complaints, by mailing"),
            (_("Mailing"), *head),
            mailings,
            report.by_mailing,
            None,
            note,
        ),
        Table(
            "complaints-by-campaign",
            _("Unsubscribing and complaints, by campaign"),
            (_("Campaign"), *head),
            campaigns,
            report.by_campaign,
        ),
    ]


def _mail_cells(row: MailRow) -> list[Cell]:
    todo = _("Stop and find out why") if row.stops else _("Watch it") if row.warns else ""
    rates = [Cell(percent(rate.value, 2)) for rate in (row.unsubscribed, row.complained)]
    return [
        Cell(number(row.unsubscribed.of)),
        *rates,
        Cell(words.interval(row.complained), "muted"),
        Cell(todo, "warn" if todo else ""),
    ]


def _answering(filters: Filters) -> Table:
    report = queries.time_to_answer(filters)
    rows = [*report.by_month, report.total]
    note = _("%(count)s questions wait for an answer now.", count=number(report.waiting))
    lines = [Line(words.month_name(row.label) or _("All together"), _answer_cells(row), whole=not row.label) for row in rows]
    return Table(
        "answering",
        _("Our own time to answer"),
        (_("Month"), _("Answered"), _("Median"), _("p75"), _("p90")),
        lines,
        rows,
        None,
        note,
    )


def _answer_cells(row: AnsweringRow) -> list[Cell]:
    times = row.answered
    return [
        Cell(number(times.n)),
        Cell(words.days(times.median), "strong"),
        Cell(words.days(times.p75)),
        Cell(words.days(times.p90)),
    ]


def _pages(filters: Filters) -> Table:
    rows = queries.content_to_interest(filters)
    note = _("Who said yes within 30 days of a look at the page. Somebody counts for each page; it is no proof of a cause.")
    lines = [Line(row.label, words.rated(row.interested, "", "")) for row in rows]
    head = _("Page"), _("Interested"), _("Looked at it"), _("Rate"), _("95% interval")
    return Table("pages", _("Content that led to interest"), head, lines, rows, None, note)


def _basis(filters: Filters) -> Table:
    report = queries.valid_basis(filters)
    kinds = (
        (_("Consent"), report.consent),
        (_("Legitimate interest"), report.legitimate_interest),
        (_("Ran out"), report.expired),
        (_("None"), report.missing),
    )
    lines = [Line(label, [Cell(number(count))]) for label, count in kinds]
    valid = Line(_("Valid"), [Cell(f"{words.share(report.valid)} ({number(report.valid.hits)})", "strong")], whole=True)
    note = _("As of now, whatever the period.")
    return Table("basis", _("People with a valid lawful basis"), (_("Basis"), _("People")), [*lines, valid], [report], None, note)
