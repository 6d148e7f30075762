"""Mails as they were sent, each under the random name that its own head carries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from portal.delivery.emails import Reading, mask, read
from portal.delivery.models import Delivery, OutboxMail
from portal.errors import NotFound
from portal.selfservice import queries

_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sent:
    """A mail of which a copy is kept."""

    name: str
    subject: str
    at: datetime


def list_letters(candidate_id: int, page: int) -> Sequence[Sent]:
    """Mails to somebody, newest first, a page of them."""
    return [Sent(_name(row), mail.subject, mail.at) for row, mail in queries.list_mails(candidate_id, page)]


def get_letter(candidate_id: int, name: str) -> OutboxMail:
    """A mail that went to this person, with its bytes; NotFound for one that did not."""
    mail = queries.find_mail(candidate_id, name) if _NAME.fullmatch(name) else None
    if mail is None:
        raise NotFound(_("There is no such mail."))
    return mail


def reading_of(mail: OutboxMail) -> Reading:
    """The mail as it looked, the keys in its links crossed out: where no mail server is set, the kept copy still has them."""
    reading = read(mail.source)
    return replace(reading, html=mask(reading.html), text=mask(reading.text))


def _name(row: Delivery) -> str:
    return row.message_id.removeprefix("<").partition("@")[0]
