"""Letters of outreach: the first contact with one person, with the notice that the law and decency ask for."""

from flask_babel import format_date
from flask_babel import gettext as _

from portal import tokens
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.outreach import queries
from portal.outreach.models import OutreachMessage
from portal.privacy.queries import current_basis
from portal.timeline.queries import has_responded_since


def compose(delivery: Delivery) -> Letter:
    """The letter that a delivery carries; Withheld when there is a reason not to send it any more."""
    message = queries.message_for(delivery)
    if message.campaign.ended_at is not None:
        raise Withheld(_("The campaign has ended."))
    if not message.note.strip():
        raise Withheld(_("The personal note is missing."))
    if has_responded_since(message.candidate_id, message.created_at):
        raise Withheld(_("The person has answered already."))
    return letter(message, tokens.sign("unsubscribe", [message.candidate_id, delivery.id]))


def letter(message: OutreachMessage, stop_token: str) -> Letter:
    """The letter of a message. The preview in the console asks with a token that opens nothing."""
    campaign = message.campaign
    stop = f"{settings().base_url}/u/{stop_token}"
    return Letter(
        subject=campaign.subject,
        body=campaign.body,
        values=_values(message),
        sender_name=campaign.owner.full_name,
        reply_to=campaign.owner.email,
        footer=_footer(message, stop),
        one_click=f"{stop}/one-click",
        notice=True,
        campaign_id=campaign.id,
        about=("outreach_message", message.id),
    )


def _values(message: OutreachMessage) -> dict[str, str]:
    campaign, candidate, owner = message.campaign, message.candidate, message.campaign.owner
    page = content.find_page(message.link.page)
    return {
        "first_name": candidate.greeting_name or candidate.full_name,
        "full_name": candidate.full_name,
        "note": message.note,
        "role": page.role if page and page.kind == "story" else "",
        "page_title": page.title if page else "",
        "persona": campaign.persona.name,
        "source": campaign.source.name,
        "company": content.site().name,
        "sender_name": owner.full_name,
        "sender_first_name": owner.full_name.split(" ")[0],
        "sender_title": owner.title,
        "sender_email": owner.email,
        "sender_phone": content.site().phone,
        "landing_link": f"{settings().base_url}/l/{tokens.derive('landing', message.link.nonce)}",
    }


def _footer(message: OutreachMessage, stop: str) -> tuple[str, ...]:
    """Who we are, where the address is from and what for (GDPR Article 14), and how to stop."""
    site, basis = content.site(), current_basis(message.candidate_id)
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    kept = _(
        "We have your name and address from %(where)s. We keep them to ask you this one thing "
        "(legitimate interest, GDPR Article 6(1)(f))",
        where=message.candidate.source.data_note,
    )
    end = _(" and delete them on %(day)s.", day=format_date(basis.until, _("d MMMM y"))) if basis else "."
    notice = f"[{_('The whole privacy notice')}]({settings().base_url}/privacy)."
    return (who, f"{kept}{end} {notice}", f"[{_('Stop: no more mail from us')}]({stop})")
