"""What one message says: its own words, else those of its arm, else the campaign's; and the pay, or why there is none."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal import clock
from portal.config import settings
from portal.content import queries as content
from portal.content.models import Pay
from portal.outreach.models import Arm, Campaign, OutreachMessage
from portal.templating import money

# Mail to somebody who did not ask for it does not come at midnight.
MORNING = time(9)


@dataclass(frozen=True)
class Words:
    """Subject and body with placeholders."""

    subject: str
    body: str


def words(message: OutreachMessage) -> Words:
    """The text of a message. Words of its own stand above those of the campaign."""
    return Words(message.own_subject or shared_words(message).subject, message.own_body or shared_words(message).body)


def shared_words(message: OutreachMessage) -> Words:
    """The text of a message's arm, which others share."""
    campaign = message.campaign
    chosen = campaign.alternative if message.arm is Arm.B and campaign.alternative else campaign
    return Words(chosen.subject, chosen.body)


def pay_of(message: OutreachMessage) -> str:
    """What the role behind the link pays, in words; else why the letter names no pay; empty when neither is known."""
    return pay_at(message.link.page, message.campaign.pay_reason)


def pay_at(path: str, reason: str) -> str:
    """The same for a page and the reason of a campaign."""
    page = content.find_page(path)
    pay = page.pay if page and page.kind == "story" else None
    return _range(pay) if pay else reason.strip()


def has_own_words(message: OutreachMessage) -> bool:
    """Whether somebody wrote another text for this one person."""
    return bool(message.own_subject or message.own_body)


def opens_at(campaign: Campaign) -> datetime | None:
    """The first moment at which something may leave: the morning of the first day, in the company's zone."""
    return datetime.combine(campaign.starts_on, MORNING, _zone()) if campaign.starts_on else None


def closes_at(campaign: Campaign) -> datetime | None:
    """The moment from which nothing may leave any more: midnight after the last day, in the company's zone."""
    return datetime.combine(campaign.ends_on + timedelta(days=1), time(), _zone()) if campaign.ends_on else None


def why_closed(campaign: Campaign) -> str:
    """Why nothing of this campaign may leave now; empty when it may."""
    opens, closes = opens_at(campaign), closes_at(campaign)
    if campaign.ended_at is not None or (closes is not None and closes <= clock.now()):
        return str(_("The campaign has ended."))
    if campaign.paused_at is not None:
        return str(_("The campaign is paused."))
    if opens is not None and opens > clock.now():
        return str(_("The campaign has not begun yet."))
    return ""


def _zone() -> ZoneInfo:
    return ZoneInfo(settings().time_zone)


def _range(pay: Pay) -> str:
    low, high = money(pay.minimum, pay.currency), money(pay.maximum, pay.currency)
    spans = {
        "year": _("%(low)s to %(high)s a year", low=low, high=high),
        "month": _("%(low)s to %(high)s a month", low=low, high=high),
        "hour": _("%(low)s to %(high)s an hour", low=low, high=high),
    }
    return f"{spans.get(pay.per, f'{low} – {high}')} {pay.note}".strip()
