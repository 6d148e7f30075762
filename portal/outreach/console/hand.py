"""Staff pages of what is delivered by hand, and of the page behind a message's link."""

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.delivery.emails import write
from portal.errors import PortalError
from portal.outreach import emails, queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import NEEDS, mends
from portal.outreach.forms import HandForm
from portal.outreach.front.look import look_at
from portal.outreach.models import MessageStatus, OutreachMessage

# A landing page in a frame: it shows itself and does nothing; no script runs. Same origin, since our sheets ask for that.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)


@outreach.route("/messages/<int:message_id>/hand", methods=["GET", "POST"])
@requires(Right.SEND)
def hand(message_id: int) -> ResponseReturnValue:
    """Text and link to copy; mark as delivered."""
    message, form = queries.get_message(message_id), HandForm()
    if form.validate_on_submit():
        services.hand_over(message, form.network.data, staff().id)
        return redirect(url_for(".hand", message_id=message_id), 303)
    return _page(message, form), 422 if form.errors else 200


@outreach.post("/messages/<int:message_id>/hand/undos")
@requires(Right.SEND)
def take_hand_back(message_id: int) -> ResponseReturnValue:
    """It was not delivered after all."""
    services.take_hand_back(queries.get_message(message_id))
    flash(_("Taken back: this message is ready again."), "good")
    return redirect(url_for(".hand", message_id=message_id), 303)


@outreach.get("/messages/<int:message_id>/page")
@requires(Right.SEND)
def look_at_page(message_id: int) -> ResponseReturnValue:
    """The page behind the link as its reader will see it, for a sandboxed frame. No visit is counted."""
    shown = look_at(queries.get_message(message_id).link)
    response = make_response(shown or abort(404))
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(message: OutreachMessage, form: HandForm) -> str:
    letter = emails.letter(message, emails.way_out(message, 0))
    return render_template(
        "console/outreach/hand.html",
        message=message,
        form=form,
        text=write(letter).text.replace("\n-- \n", "\n\n"),
        subject=write(letter).subject,
        address=services.address_of(message.link),
        why_not=_why_not(message),
        until=message.queued_at + services.UNDO if message.queued_at else None,
        undo_seconds=int(services.UNDO.total_seconds()),
        card=queries.card(message),
        needs=NEEDS,
        mends=mends(message),
        Status=MessageStatus,
    )


def _why_not(message: OutreachMessage) -> str:
    """Why this message may not be delivered by hand now; empty when it may."""
    try:
        services.check_by_hand(message)
    except PortalError as error:
        return error.message
    return ""
