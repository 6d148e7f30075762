"""A message as its reader would get it, sent to a member of staff. It says so, and its links open nothing."""

from dataclasses import replace

from flask_babel import gettext as _

from portal.delivery.emails import Letter
from portal.delivery.models import Delivery
from portal.outreach import queries
from portal.outreach.emails.letters import letter

# Stands where a token will be; nothing is ever signed or derived to this.
MARK = "preview"


def compose_sample(delivery: Delivery) -> Letter:
    """The test of a message: no touchpoint, no notice, no way out that could end anything."""
    message = queries.get_sample(delivery.subject_id).message
    made = letter(message, MARK, MARK)
    return replace(
        made,
        subject=_("[Test] %(subject)s", subject=made.subject),
        footer=(_("A test, sent to you only. Its links open nothing and nothing of it is counted."), *made.footer),
        one_click="",
        notice=False,
        campaign_id=None,
        about=None,
        own_page=False,
    )
