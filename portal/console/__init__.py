"""The staff door: one blueprint, one guard, the navigation. Every staff page lives behind it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import clock
from portal.accounts.console import accounts
from portal.accounts.permissions import Right, may, requires, staff
from portal.analytics.console import analytics
from portal.candidates.console import candidates
from portal.config import settings
from portal.console import queries, trail
from portal.content.console import content
from portal.delivery.console import delivery
from portal.feedback.console import feedback
from portal.hiring.console import hiring
from portal.inbound.console import inbound
from portal.mailings.console import mailings
from portal.outreach.console import outreach
from portal.pipeline.console import pipeline
from portal.retention import queries as retention_queries
from portal.retention.console import retention
from portal.sourcing.console import sourcing
from portal.submissions.console import submissions

SECTIONS = (
    pipeline,
    candidates,
    sourcing,
    outreach,
    submissions,
    feedback,
    hiring,
    mailings,
    delivery,
    inbound,
    content,
    analytics,
    accounts,
    retention,
)

console = Blueprint("console", __name__, url_prefix="/console")
for section in SECTIONS:
    console.register_blueprint(section)


@dataclass(frozen=True)
class Item:
    """One line of the navigation: `key` is the letter after `g`."""

    endpoint: str
    label: Any
    right: Right
    key: str = ""


NAVIGATION: tuple[tuple[Item, ...], ...] = (
    (
        Item("console.home", _l("Today"), Right.SEE_CONSOLE, "t"),
        Item("console.pipeline.index", _l("Pipeline"), Right.SEE_CANDIDATES, "p"),
    ),
    (
        Item("console.sourcing.personas", _l("Personas"), Right.SEE_CANDIDATES),
        Item("console.sourcing.sources", _l("Sources"), Right.SEE_CANDIDATES, "s"),
        Item("console.candidates.imports", _l("Import"), Right.EDIT_CANDIDATES, "i"),
        Item("console.outreach.index", _l("Campaigns"), Right.SEE_CANDIDATES, "c"),
        Item("console.outreach.links", _l("Links"), Right.SEE_CANDIDATES, "l"),
        Item("console.mailings.index", _l("Mailings"), Right.SEE_CANDIDATES, "m"),
        Item("console.submissions.index", _l("Answers"), Right.SEE_CANDIDATES, "a"),
        Item("console.inbound.index", _l("Replies"), Right.SEE_CANDIDATES, "r"),
        Item("console.feedback.index", _l("Feedback"), Right.SEE_CANDIDATES, "f"),
        Item("console.hiring.index", _l("Hires"), Right.SEE_CANDIDATES, "h"),
    ),
    (
        Item("console.content.index", _l("Pages"), Right.SEE_PAGES),
        Item("console.analytics.index", _l("Numbers"), Right.SEE_NUMBERS, "n"),
        Item("console.delivery.outbox", _l("Outbox"), Right.SEE_CANDIDATES, "o"),
        Item("console.retention.index", _l("Privacy"), Right.SEE_CANDIDATES),
        Item("console.accounts.index", _l("Staff"), Right.MANAGE_STAFF),
    ),
)


@console.before_request
def guard() -> ResponseReturnValue | None:
    """Strangers sign in first; staff need the right that the view is tagged with; an untagged view is closed."""
    if not current_user.is_authenticated:
        response: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return response
    right = getattr(current_app.view_functions[request.endpoint or ""], "right", None)
    if right is None or not may(staff(), right):
        abort(403)
    trail.look()
    return None


console.after_request(trail.write_down)


@console.context_processor
def navigation() -> dict[str, Any]:
    """`console_sections`: the groups of the navigation that this member of staff may open."""
    if not current_user.is_authenticated:
        return {"console_sections": ()}
    user = staff()
    return {"console_sections": [[item for item in group if may(user, item.right)] for group in NAVIGATION]}


@console.get("")
@requires(Right.SEE_CONSOLE)
def home() -> ResponseReturnValue:
    """What should I do next?"""
    if not may(staff(), Right.SEE_CANDIDATES):
        return render_template("console/welcome.html", now=clock.now(), may=may, user=staff(), Right=Right)
    return render_template(
        "console/home.html",
        now=clock.now(),
        today=clock.today(settings().time_zone),
        setup=queries.setup(),
        waiting=queries.list_waiting(),
        waiting_count=queries.count_waiting(),
        imports=queries.list_imports(),
        planned=queries.list_planned(),
        series=queries.list_series(),
        unsent=queries.count_unsent(),
        late=retention_queries.count_late(),
        wrong=queries.count_wrong(),
    )
