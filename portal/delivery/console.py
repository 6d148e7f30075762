"""Staff pages of delivery: the outbox."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.delivery import emails, front, queries, services
from portal.security import row_number

delivery = Blueprint("delivery", __name__, url_prefix="/outbox")


@delivery.get("")
@requires(Right.SEE_CANDIDATES)
def outbox() -> ResponseReturnValue:
    """Every mail, what became of it, and those that wait for a decision."""
    view = front.view(request.args.get("show", ""))
    return render_template(
        "console/delivery/outbox.html",
        view=view,
        views=front.VIEWS,
        counts=front.counts(),
        page=queries.list_outbox(view.statuses, request.args.get("before", type=row_number)),
        purposes=front.PURPOSES,
        unsettled=queries.UNSETTLED,
        has_server=front.has_server(),
    )


@delivery.get("/<int:mail_id>")
@requires(Right.SEE_CANDIDATES)
def show(mail_id: int) -> ResponseReturnValue:
    """A mail as it would look; `?part=` text, head or source shows the rest."""
    mail = queries.get_mail(mail_id)
    part = request.args.get("part", "html")
    return render_template("console/delivery/show.html", mail=mail, reading=emails.read(mail.source), part=part)


@delivery.get("/<int:mail_id>/frame")
@requires(Right.SEE_CANDIDATES)
def look(mail_id: int) -> ResponseReturnValue:
    """The HTML of a mail, for the sandboxed frame on its page."""
    return front.framed(emails.read(queries.get_mail(mail_id).source).html)


@delivery.post("/deliveries/<int:delivery_id>/attempts")
@requires(Right.SEND)
def try_again(delivery_id: int) -> ResponseReturnValue:
    """Send it after all, if the gate lets it through."""
    services.try_again(queries.get_delivery(delivery_id))
    flash(_("It is tried again within a minute."), "good")
    return redirect(url_for(".outbox", show=request.form.get("show", "")), 303)


@delivery.post("/deliveries/<int:delivery_id>/cancellations")
@requires(Right.SEND)
def give_up(delivery_id: int) -> ResponseReturnValue:
    """Leave it at that."""
    services.give_up(queries.get_delivery(delivery_id))
    flash(_("Settled: it will not be sent."), "good")
    return redirect(url_for(".outbox", show=request.form.get("show", "")), 303)
