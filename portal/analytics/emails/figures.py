"""Each of the eight numbers as a short text of a period, with what it means in one or two sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.analytics.queries import (
    WINDOW_DAYS,
    Filters,
    Rate,
    candidate_feedback,
    engagement,
    pool_growth,
    quality_of_hire,
    response_rate,
    time_to_hire,
)
from portal.analytics.queries.conversion import CONVERSION_DAYS, conversion
from portal.analytics.queries.durations import Durations
from portal.analytics.queries.times import time_to_engagement
from portal.templating import number, percent


@dataclass(frozen=True)
class Figure:
    """A number: its key as in addresses, its name, how it is said for a period, and its definition."""

    key: str
    name: Any
    say: Callable[[Filters], str]
    meaning: Any


def rate_words(rate: Rate) -> str:
    """“21.3% (61 of 286; 17.0 to 26.4)”, or a dash where nobody was counted."""
    if rate.value is None or rate.low is None or rate.high is None:
        return "—"
    ends = {"low": f"{rate.low * 100:.1f}", "high": f"{rate.high * 100:.1f}"}
    share = percent(rate.value, 1)
    return str(_("%(share)s (%(hits)s of %(people)s; %(low)s to %(high)s)", share=share, hits=rate.hits, people=rate.of, **ends))


def _days(times: Durations) -> str:
    """“median 3.2 days, 75% by 8.0, 90% by 20.1”; what was not reached is a dash."""
    if times.median is None:
        return "—"
    ends = {name: "—" if one is None else f"{one:.1f}" for name, one in (("p75", times.p75), ("p90", times.p90))}
    return str(_("median %(days)s days, 75%% by %(p75)s, 90%% by %(p90)s", days=f"{times.median:.1f}", **ends))


def _marked(text: str, row: Any, days: int = WINDOW_DAYS) -> str:
    """With a note where people of a cohort still have time."""
    return f"{text}; {_('immature: youngest at %(age)s of %(days)s days', age=row.age_days, days=days)}" if row.immature else text


def _response(filters: Filters) -> str:
    row = response_rate(filters).total
    return _marked(rate_words(row.responded), row)


def _engagement(filters: Filters) -> str:
    return rate_words(engagement(filters).total.engaged)


def _conversion(filters: Filters) -> str:
    row = conversion(filters).total
    return _marked(_("hired: %(share)s", share=rate_words(row.reached[-1])), row, CONVERSION_DAYS) if row.base else "—"


def _time_to_engagement(filters: Filters) -> str:
    row = time_to_engagement(filters).total
    if not row.people:
        return "—"
    known = _("%(answered)s of %(people)s answered", answered=row.answered, people=row.people)
    return _marked(f"{_days(row.times)} ({known})", row)


def _time_to_hire(filters: Filters) -> str:
    row = time_to_hire(filters).total
    if not row.hires:
        return "—"
    clocks = {"outreach": _days(row.outreach), "considered": _days(row.considered)}
    return str(_("from outreach: %(outreach)s; from consideration: %(considered)s; %(hires)s hires", hires=row.hires, **clocks))


def _quality(filters: Filters) -> str:
    row = quality_of_hire(filters).ours
    if row.score is None:
        return str(_("shown from five seasoned hires on; now %(count)s", count=row.seasoned)) if row.hires else "—"
    known = percent(row.completeness.value)
    values = {"score": f"{row.score:.0f}", "count": row.seasoned, "known": known}
    return str(_("%(score)s of 100 (%(count)s hires, %(known)s of answers known)", **values))


def _feedback(filters: Filters) -> str:
    row = candidate_feedback(filters).total
    if row.score is None:
        return str(_("shown from five answers on")) if row.answers else "—"
    return str(_("%(score)s (%(count)s answers)", score=f"{row.score:+d}".replace("-", "−"), count=row.answers))


def _pool(filters: Filters) -> str:
    months = pool_growth(filters)
    start, end = months[0].start, months[-1].end
    ends = _("%(start)s to %(end)s people", start=number(start), end=number(end))
    return f"{percent((end - start) / start, 1)} ({ends})" if start else ends


FIGURES = (
    Figure(
        "response",
        _l("Response rate"),
        _response,
        _l("Of the people whose first message was delivered in the period, how many answered within 30 days. A no is an answer."),
    ),
    Figure(
        "engagement",
        _l("Engagement rate"),
        _engagement,
        _l("Of those touched in the period who may be written to, how many did something of their own. An open never counts."),
    ),
    Figure(
        "conversion",
        _l("Conversion rate"),
        _conversion,
        _l("Of the people first contacted in the period, how many ever reached a stage. Skipped stages count as passed."),
    ),
    Figure(
        "time-to-engagement",
        _l("Time to engagement"),
        _time_to_engagement,
        _l("Days from the first delivered message to the first answer; who has not answered yet counts as still waited for."),
    ),
    Figure(
        "time-to-hire",
        _l("Time to hire"),
        _time_to_hire,
        _l("Days to the acceptance of an offer, by two clocks: from the first message, and from the start of consideration."),
    ),
    Figure(
        "quality",
        _l("Quality of hire"),
        _quality,
        _l("The mean of what is known of seasoned hires, 0 to 100: what managers say, how fast they got going, and who stayed."),
    ),
    Figure(
        "feedback",
        _l("Candidate feedback"),
        _feedback,
        _l("The share of those who gave 9 or 10 minus the share of those who gave 0 to 6, from −100 to 100."),
    ),
    Figure(
        "pool",
        _l("Talent pool growth"),
        _pool,
        _l("The net change of the engaged pool over its size at the start. Engaged: did something in the last twelve months."),
    ),
)
