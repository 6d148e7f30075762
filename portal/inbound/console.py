"""Staff pages of what comes back: replies that wait, and what mail servers say."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.inbound import front, queries, services

inbound = Blueprint("inbound", __name__, url_prefix="/replies")


@inbound.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """What people wrote back and nobody has settled; who wants us to stop first."""
    return render_template(
        "console/inbound/index.html",
        replies=queries.list_waiting(),
        counts=queries.counts(),
        alarms=queries.list_alarms(),
        aside=queries.list_set_aside(),
        kinds=front.KINDS,
        purposes=front.PURPOSES,
        reads=front.reads(),
    )


@inbound.post("/<int:reply_id>/settlements")
@requires(Right.EDIT_CANDIDATES)
def settle(reply_id: int) -> ResponseReturnValue:
    """It was answered, or what it asks was done."""
    services.settle(queries.get_reply(reply_id), staff().id)
    flash(_("Settled."), "good")
    return redirect(url_for(".index"), 303)
