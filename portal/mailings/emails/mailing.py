"""Letters of newsletters."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from flask_babel import gettext as _

from portal import clock
from portal.candidates.models import Candidate
from portal.delivery.emails import Bulk, Letter, Withheld
from portal.delivery.models import Delivery
from portal.errors import PortalError
from portal.mailings import queries
from portal.mailings.emails.bulk import Issue, letters, preview_letter
from portal.mailings.models import Mailing, MailingStatus
from portal.markup import fill


def compose_many(rows: Sequence[Delivery]) -> Mapping[int, Letter | Withheld | PortalError]:
    """The letters that belong to deliveries of mailings; Withheld where a mailing was stopped."""
    groups: dict[int, list[Delivery]] = {}
    for row in rows:
        groups.setdefault(row.subject_id, []).append(row)
    found: dict[int, Letter | Withheld | PortalError] = {}
    for mailing_id, own in groups.items():
        mailing = queries.get_mailing(mailing_id)
        if stopped := _why_stopped(mailing):
            found |= {row.id: Withheld(stopped) for row in own}
        else:
            found |= letters(_issue(mailing), own)
    return found


compose = Bulk(compose_many)


def preview(mailing: Mailing, candidate: Candidate) -> Letter:
    """The letter as somebody would get it; its links open nothing of theirs."""
    return preview_letter(_issue(mailing), candidate)


def subject_for(mailing: Mailing, candidate: Candidate) -> str:
    """The subject as somebody would read it."""
    letter = preview(mailing, candidate)
    return fill(letter.subject, letter.values).strip()


def _issue(mailing: Mailing) -> Issue:
    channel, at = queries.channel_of(mailing.id), datetime.combine(mailing.on, time(12), UTC) if mailing.on else clock.now()
    return Issue(mailing.subject, mailing.body, ("mailing", mailing.id), channel, mailing.page, mailing.sender, at=at)


def _why_stopped(mailing: Mailing) -> str:
    if mailing.status is MailingStatus.PAUSED:
        return str(_("The mailing was paused at this moment."))
    if mailing.status is MailingStatus.CANCELLED:  # of one that is done, staff may try a failed copy again
        return str(_("The mailing was cancelled."))
    return ""
