"""The monthly report: one button to get it, one to end it."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.analytics import services
from portal.analytics.console.door import analytics
from portal.analytics.queries import reports as queries


@analytics.post("/subscriptions")
@requires(Right.SEE_NUMBERS)
def subscribe() -> ResponseReturnValue:
    """Send me the numbers every month."""
    services.subscribe(staff())
    flash(_("The numbers come to %(address)s on the first working day of each month.", address=staff().email), "good")
    return redirect(url_for(".index", _anchor="report"), 303)


@analytics.post("/subscriptions/endings")
@requires(Right.SEE_NUMBERS)
def unsubscribe() -> ResponseReturnValue:
    """No report any more."""
    services.unsubscribe(staff())
    flash(_("No monthly report comes any more."), "good")
    return redirect(url_for(".index", _anchor="report"), 303)


@analytics.context_processor
def _report_words() -> dict[str, Any]:
    """What the part `_report.html` asks: whether its reader gets the report."""
    return {"gets_report": lambda: queries.find_subscription(staff().id) is not None}
