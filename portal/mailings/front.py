"""Who stands behind the link at the end of a mail."""

from flask_babel import gettext as _

from portal import tokens
from portal.candidates.models import Candidate
from portal.candidates.queries import find_candidate
from portal.errors import NotFound

LIFETIME_SECONDS = 366 * 24 * 3600


def find_reader(token: str) -> Candidate | None:
    """Whom an unsubscribe link belongs to; None when they were erased since. NotFound for a forged or very old link."""
    value = tokens.unsign("unsubscribe", token, LIFETIME_SECONDS)
    match value:
        case [int(candidate_id), int()]:
            return find_candidate(candidate_id)
    raise NotFound(_("This link is not valid, or no longer."))
