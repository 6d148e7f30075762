"""What pages show of what came back."""

from flask_babel import lazy_gettext as _l

from portal.config import settings
from portal.delivery.front import PURPOSES
from portal.inbound.models import Kind

__all__ = ["KINDS", "PURPOSES", "reads"]

KINDS = {
    Kind.REPLY: _l("Replies"),
    Kind.STOP: _l("Unsubscribed by mail"),
    Kind.BOUNCE: _l("Came back"),
    Kind.DELAY: _l("Delayed"),
    Kind.COMPLAINT: _l("Marked as spam"),
    Kind.AUTOMATIC: _l("Notices of absence and other machines"),
    Kind.FORGED: _l("Forged, without effect"),
    Kind.SET_ASIDE: _l("Set aside"),
}


def reads() -> bool:
    """Whether a mailbox is read."""
    return bool(settings().inbound_url.get_secret_value())
