"""What follows a first letter while nobody was heard of: in the same thread, from the same person, with the same way out."""

from flask_babel import gettext as _

from portal.config import settings
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.outreach import queries
from portal.outreach.emails.letters import check_may_leave, footer, values, way_out
from portal.outreach.models import FollowUp, FollowUpMail, OutreachMessage


def compose_follow_up(delivery: Delivery) -> Letter:
    """The letter of one follow-up; Withheld when there is a reason not to send it any more."""
    mail = queries.get_follow_up_mail(delivery.subject_id)
    message = mail.message
    check_may_leave(message)
    step = next((step for step in message.campaign.follow_ups if step.position == mail.position), None)
    if step is None:
        raise Withheld(_("This follow-up was taken away."))
    if lacking := queries.missing(message):
        raise Withheld(_("Missing: %(what)s.", what=", ".join(lacking)))
    return _letter(mail, message, step, way_out(message, delivery.id))


def _letter(mail: FollowUpMail, message: OutreachMessage, step: FollowUp, stop_token: str) -> Letter:
    first, thread = queries.first_delivery(message), queries.thread_of(mail)
    owner, stop = message.campaign.owner, f"{settings().base_url}/u/{stop_token}"
    return Letter(
        subject="{{thread}}",
        body=step.body,
        values=values(message) | {"thread": _("Re: %(subject)s", subject=first.subject if first else "")},
        sender_name=owner.full_name,
        reply_to=owner.email,
        footer=footer(message, step.body, stop),
        one_click=f"{stop}/one-click",
        notice=True,
        campaign_id=message.campaign_id,
        about=("outreach_message", message.id),
        headers={"In-Reply-To": thread[-1], "References": " ".join(thread)} if thread else {},
    )
