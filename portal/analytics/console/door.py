"""The one blueprint of the numbers, and what its templates ask for while they are drawn."""

from typing import Any

from flask import Blueprint, request, url_for

from portal import charts
from portal.accounts.permissions import Right, may, staff
from portal.analytics.console.faces import words
from portal.analytics.queries import LISTED
from portal.outreach import verdicts

analytics = Blueprint("analytics", __name__, url_prefix="/numbers")


@analytics.app_template_filter("month_name")
def month_name(label: str) -> str:
    """“Nov 2026” for 2026-11; anything else as it is."""
    return words.month_name(label)


@analytics.context_processor
def _page_words() -> dict[str, Any]:
    """What templates of this feature ask for while they are drawn."""
    sees_people = may(staff(), Right.SEE_CANDIDATES)
    return {"address": address, "trend": trend, "sees_people": sees_people, "rules_version": verdicts.VERSION, "listed": LISTED}


def address(endpoint: str, **more: Any) -> str:
    """The address of another page of the numbers, with the same filters; what is empty or None is left out."""
    kept = {name: value for name, value in request.args.items() if name not in {"by", "page"}}
    return url_for(endpoint, **{name: value for name, value in (kept | more).items() if value not in {"", None}})


def trend(values: Any, text: str = "") -> Any:
    """A small line of a tile; nothing where fewer than two values are known."""
    if sum(value is not None for value in values) < 2:
        return ""
    told = ", ".join("—" if value is None else f"{value:.3g}" for value in values)
    return charts.spark(values, words.by_month(told), text)
