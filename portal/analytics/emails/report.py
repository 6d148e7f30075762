"""The letter with the numbers of a month, beside those of the twelve months that end with it."""

from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from portal.analytics.emails.figures import FIGURES
from portal.analytics.emails.pictures import Drawn, draw
from portal.analytics.queries import Filters
from portal.analytics.queries import reports as queries
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Picture, Withheld
from portal.delivery.models import Delivery


def compose(delivery: Delivery) -> Letter:
    """The report as the numbers stand when it leaves. Withheld from who ended it or may not see numbers any more."""
    report = queries.get_report(delivery.subject_id)
    if queries.find_subscription(report.user_id) is None:
        raise Withheld(_("The monthly report was ended."))
    if not queries.may_read(report.user):
        raise Withheld(_("The reader may not see the numbers any more."))
    month, year = periods(report.month)
    drawn = draw(month, year)
    return Letter(
        subject=_("The numbers of {{month}}"),
        body=_body(month, year, drawn),
        values={
            "full_name": report.user.full_name or report.user.email,
            "month": _month(report.month),
            **{f"{one.name} {at}": line for one in drawn for at, line in enumerate(one.told)},
        },
        sender_name=content.site().name,
        reply_to=content.site().email,
        footer=(_footer(),),
        own_page=False,
        headers={"List-Id": f"<report.{settings().base_url.split('//')[-1].split(':')[0]}>"},
        pictures=tuple(Picture(one.name, one.png) for one in drawn),
    )


def periods(first: date) -> tuple[Filters, Filters]:
    """The month that begins on `first`, and the twelve months that end with it."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Filters(first, last), Filters((last + timedelta(days=1)).replace(year=last.year - 1 + (last.month == 12)), last)


def _body(month: Filters, year: Filters, drawn: list[Drawn]) -> str:
    numbers = f"{settings().base_url}/console/numbers"
    alt = _("A chart; its figures are written below.")
    span = f"since={year.since}&until={year.until}"
    paragraphs = [
        _("Hello {{full_name}},"),
        _("these are the numbers of {{month}}, beside those of the twelve months that end with it."),
        _table(month, year),
        f"[{_('Look at the numbers')}]({numbers}?{span})",
        *(f"## {one.title}\n\n![{alt}](pictures/{one.name})\n\n{_lines(one)}" for one in drawn),
        "## " + _("What the numbers mean"),
        *(f"**{one.name}.** {one.meaning}" for one in FIGURES),
        _("Intervals are Wilson's, 95%%. Months and days are those of %(zone)s.", zone=settings().time_zone),
    ]
    return "\n\n".join(str(one) for one in paragraphs)


def _lines(one: Drawn) -> str:
    """The figures of a picture as a list. They hold names that people typed, so they are filled in rather than marked up."""
    return "\n".join(f"- {{{{{one.name} {at}}}}}" for at in range(len(one.told)))


def _table(month: Filters, year: Filters) -> str:
    head = f"| {_('Number')} | {_month(month.since)} | {_('Twelve months')} |\n|---|---|---|\n"
    return head + "\n".join(f"| **{one.name}** | {one.say(month)} | {one.say(year)} |" for one in FIGURES)


def _footer() -> str:
    end = f"[{_('End it with one button')}]({settings().base_url}/console/numbers#report)"
    return str(_("You get this on the first working day of each month, because you asked for it.")) + " " + end


def _month(first: date) -> str:
    return str(format_date(first, "LLLL y"))
