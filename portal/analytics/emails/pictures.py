"""The pictures of the monthly report; one that would show nothing is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal import charts
from portal.analytics.queries import Filters, pool_growth, response_rate
from portal.analytics.queries.conversion import STAGES_REACHED, conversion
from portal.analytics.queries.pool import LEAVINGS
from portal.analytics.queries.times import curve
from portal.pipeline.models import STAGES
from portal.templating import percent

_MOST = 12
_LEFT = {
    "opted_out": _l("opted out"),
    "erased": _l("erased"),
    "expired": _l("their time ran out"),
    "hired": _l("hired"),
    "bounced": _l("address bounced"),
    "dormant": _l("silent for a year"),
}


@dataclass(frozen=True)
class Drawn:
    """A picture: its name in the letter, its message, its figures in words (one line each), and its PNG."""

    name: str
    title: str
    told: Sequence[str]
    png: bytes


def draw(month: Filters, year: Filters) -> list[Drawn]:
    """Answers by campaign, the funnel and the curve of twelve months, and the pool of the month."""
    return [*_answers(year), *_funnel(year), *_curve(year), *_pool(month)]


def _answers(filters: Filters) -> Iterator[Drawn]:
    report, title = response_rate(filters), _("Which campaign is answered, and which would you stop?")
    whole, rows = report.total.responded.value, []
    for row in report.by_campaign[:_MOST]:
        rate = row.responded
        weak = rate.high is not None and whole is not None and rate.high < whole
        text = _("%(share)s of %(people)s", share=percent(rate.value, 1), people=rate.of)
        rows.append(charts.Interval(row.label, rate.value, rate.low, rate.high, text, weak))
    if rows:
        told = [f"{row.label}: {row.text}" for row in rows]
        yield _drawn("response", title, told, charts.intervals(rows, title, whole))


def _funnel(filters: Filters) -> Iterator[Drawn]:
    row = conversion(filters).total
    title = _("How far did those come who were first contacted?")
    steps = [charts.Step(_("First contacted"), row.base, str(row.base))]
    for stage, rate, passed in zip(STAGES_REACHED, row.reached, row.passed, strict=True):
        went = _("%(share)s went on", share=percent(passed.value)) if passed.of else ""
        text = f"{rate.hits} · {percent(rate.value, 1)}"
        steps.append(charts.Step(str(STAGES[stage]), rate.hits, text, went, rate.low, rate.high))
    if row.base:
        yield _drawn("funnel", title, [f"{one.label}: {one.text}" for one in steps], charts.funnel(steps, title))


def _curve(filters: Filters) -> Iterator[Drawn]:
    points = curve(filters)
    title = _("How many have answered by which day?")
    names = (_("days since the first message"), _("still waited for"))
    if points:
        by = [(day, max([point.share for point in points if point.day <= day], default=0)) for day in (1, 7, 30)]
        told = [str(_("by day %(day)s: %(share)s", day=day, share=percent(share))) for day, share in by]
        yield _drawn("curve", title, told, charts.curve(points, title, names))


def _pool(filters: Filters) -> Iterator[Drawn]:
    row = pool_growth(filters)[-1]
    title = _("Who joined and who left the engaged pool?")
    parts = [charts.Part(_("At the start"), row.start, total=True)]
    parts += [charts.Part(_("joined"), row.joined), charts.Part(_("came back"), row.reactivated)]
    parts += [charts.Part(str(_LEFT[name]), -getattr(row, name)) for name in LEAVINGS]
    parts.append(charts.Part(_("At the end"), row.end, total=True))
    if any(part.count for part in parts):
        told = [f"{part.label}: {charts.said(part)}" for part in parts if part.count]
        yield _drawn("pool", title, told, charts.waterfall(parts, title))


def _drawn(name: str, title: str, told: Sequence[str], svg: Markup) -> Drawn:
    return Drawn(name, title, told, charts.to_png(svg, title=False))
