"""What pages show of mails: the views of the outbox, and a mail in its frame."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response
from flask_babel import lazy_gettext as _l

from portal.config import settings
from portal.delivery import emails, queries
from portal.delivery.models import Purpose, Status

# What staff call each kind of mail.
PURPOSES = {
    Purpose.OUTREACH: _l("First message"),
    Purpose.MAILING: _l("Mailing"),
    Purpose.CONFIRMATION: _l("Confirmation"),
    Purpose.INVITATION: _l("Invitation"),
    Purpose.FOLLOW_UP: _l("Follow-up"),
    Purpose.REMINDER: _l("Asked for on a day"),
    Purpose.RENEWAL: _l("May we keep your data?"),
    Purpose.NOTICE: _l("Privacy notice"),
    Purpose.FEEDBACK: _l("Request for feedback"),
    Purpose.ANSWER: _l("Answer to a question"),
    Purpose.ACCESS: _l("Key to their own page"),
    Purpose.ADDRESS: _l("New address"),
    Purpose.CONFIRM_INTEREST: _l("Is this you?"),
    Purpose.REFERRAL: _l("A friend is asked first"),
    Purpose.TEST: _l("Test"),
    Purpose.CHECK_IN: _l("Were you at our event?"),
    Purpose.REPORT: _l("Monthly report"),
    Purpose.REVIEW: _l("Question to a manager"),
}


@dataclass(frozen=True)
class View:
    """A tab of the outbox."""

    key: str
    label: Any
    statuses: tuple[Status, ...]


VIEWS = (
    View("", _l("All"), ()),
    View("decide", _l("Need a decision"), queries.UNSETTLED),
    View("waiting", _l("Waiting"), queries.OPEN),
    View("sent", _l("Sent"), (Status.SENT,)),
    View("held", _l("Held back"), (Status.WITHHELD,)),
)


def view(key: str) -> View:
    """A tab by its key; the first when there is none of this name."""
    return next((one for one in VIEWS if one.key == key), VIEWS[0])


def counts() -> dict[str, int]:
    """How many mails each tab holds."""
    by_status = queries.count_by_status()
    return {one.key: sum(by_status.get(status, 0) for status in one.statuses or Status) for one in VIEWS}


def has_server() -> bool:
    """Whether mails leave this machine."""
    return bool(settings().smtp_url.get_secret_value())


def framed(html: str) -> Response:
    """An answer that shows a mail in a sandboxed frame: no script, no pictures but ours, links open in a window of their own."""
    page = emails.frame(html, secrets.token_urlsafe(16))
    response = make_response(page.html)
    response.headers["Content-Security-Policy"] = page.policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
