"""The first contact with one person, with the notice that the law and decency ask for."""

import re

from flask_babel import format_date
from flask_babel import gettext as _

from portal import tokens
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.markup import names
from portal.outreach import queries
from portal.outreach.models import OutreachMessage
from portal.privacy.queries import current_basis

# Signs that turn round what stands beside them, or that nobody sees; those that join letters of a script stay.
_UNSEEN = re.compile("[\u200b\u2028-\u202e\u2060-\u206f\ufeff]")


def compose(delivery: Delivery) -> Letter:
    """The letter that a delivery carries; Withheld when there is a reason not to send it any more."""
    message = queries.message_for(delivery)
    check_may_leave(message)
    if lacking := queries.missing(message):
        raise Withheld(_("Missing: %(what)s.", what=", ".join(lacking)))
    return letter(message, way_out(message, delivery.id))


def check_may_leave(message: OutreachMessage) -> None:
    """Withheld when the campaign sends nothing now, or when the person was heard of since."""
    if why := queries.why_closed(message.campaign) or queries.why_stopped(message):
        raise Withheld(why)


def letter(message: OutreachMessage, stop_token: str, landing_token: str = "") -> Letter:
    """The letter of a message. The preview in the console asks with a token that opens nothing."""
    campaign, words = message.campaign, queries.words(message)
    stop = f"{settings().base_url}/u/{stop_token}"
    return Letter(
        subject=words.subject,
        body=words.body,
        values=values(message, landing_token),
        sender_name=campaign.owner.full_name,
        reply_to=campaign.owner.email,
        footer=footer(message, words.body, stop),
        one_click=f"{stop}/one-click",
        notice=True,
        campaign_id=campaign.id,
        about=("outreach_message", message.id),
    )


def way_out(message: OutreachMessage, delivery_id: int) -> str:
    """The token of the link that ends it; 0 stands for a message that no mail carries."""
    return tokens.sign("unsubscribe", [message.candidate_id, delivery_id])


def values(message: OutreachMessage, landing_token: str = "") -> dict[str, str]:
    """What fills the placeholders. `landing_token` replaces the personal one where a letter must open nothing."""
    campaign, candidate, owner = message.campaign, message.candidate, message.campaign.owner
    page = content.find_page(message.link.page)
    landing = f"{settings().base_url}/l/{landing_token or tokens.derive('landing', message.link.nonce)}"
    return {
        "first_name": _UNSEEN.sub("", candidate.greeting_name or candidate.full_name),
        "full_name": _UNSEEN.sub("", candidate.full_name),
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
        "landing_link": landing,
        # Each opens a page that asks; only the press there answers.
        "answer_interested": f"{landing}/answer/interested",
        "answer_not_now": f"{landing}/answer/not-now",
        "answer_no": f"{landing}/answer/no",
        "pay": queries.pay_of(message),
        "data_note": candidate.source.data_note,
    }


def footer(message: OutreachMessage, body: str, stop: str) -> tuple[str, ...]:
    """The pay, who we are, where the address is from and what for (GDPR Article 14), and how to stop."""
    site, basis = content.site(), current_basis(message.candidate_id)
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    kept = _(
        "We have your name and address from %(where)s. We keep them to ask you this one thing "
        "(legitimate interest, GDPR Article 6(1)(f))",
        where="{{data_note}}",
    )
    end = _(" and delete them on %(day)s.", day=format_date(basis.until, _("d MMMM y"))) if basis else "."
    notice = f"[{_('The whole privacy notice')}]({settings().base_url}/privacy)."
    pay = () if "pay" in names(body) else (f"**{_('Pay')}:** {{{{pay}}}}",)
    return (*pay, who, f"{kept}{end} {notice}", f"[{_('Stop: no more mail from us')}]({stop})")
