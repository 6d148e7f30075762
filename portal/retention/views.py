"""The page behind the link of a reminder. Opening it changes nothing, and it names nobody, since mails are passed on."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.retention import queries, services
from portal.security import limit_posts, personal

retention = Blueprint("retention", __name__)
retention.after_request(personal)


@retention.get("/renewals/<token>")
def renewal(token: str) -> ResponseReturnValue:
    """What would be kept until when, and the button."""
    return render_template("retention/renewal.html", token=token, renewal=queries.find_renewal(token))


@retention.post("/renewals/<token>")
@limit_posts("60 per minute")
def renew(token: str) -> ResponseReturnValue:
    """Keep my data."""
    if found := queries.find_renewal(token):
        services.renew(found)
    return redirect(url_for(".renewal", token=token), 303)
