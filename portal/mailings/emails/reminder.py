"""The letter to somebody who said "not now, ask me on this day". It is the only one that comes of that answer."""

from flask_babel import format_date
from flask_babel import gettext as _

from portal import tokens
from portal.config import settings
from portal.content import queries as content
from portal.content.models import Page
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.mailings import queries
from portal.outreach import queries as outreach
from portal.outreach import services as links
from portal.outreach.models import LandingLink
from portal.submissions.models import Answer, Response


def compose_reminder(delivery: Delivery) -> Letter:
    """The one mail of a response; Withheld when they have answered something else meanwhile."""
    response = queries.get_answer(delivery.subject_id)
    if response.replaced_at is not None or response.answer is not Answer.NOT_NOW:
        raise Withheld(_("The person has answered again since."))
    stop = f"{settings().base_url}/u/{tokens.sign('unsubscribe', [delivery.candidate_id, delivery.id])}"
    name, address = _writer(response)
    subject, body = _words(response)
    return Letter(
        subject=subject,
        body=body,
        values={**_values(response), "sender_name": name, "landing_link": links.address_of(_open_link(response))},
        sender_name=name,
        reply_to=address,
        footer=(*_footer(), f"[{_('Stop: no more mail from us')}]({stop})"),
        one_click=f"{stop}/one-click",
        campaign_id=response.link.campaign_id if response.link else None,
        about=("response", response.id),
    )


def _words(response: Response) -> tuple[str, str]:
    page = _page(response)
    about = _("It was about the place as {{role}}.") if page and page.role else _("It was about working with us.")
    lines = (
        _("Hello {{first_name}},"),
        _("on {{answered_on}} you said “not now” and asked us to write to you again today. So here is this one mail."),
        about + " " + _("What it is, what it pays and what is hard about it stands here, as it is today:"),
        "{{landing_link}}",
        _("One press there says yes, no, or a later day. If you do nothing, nothing more comes of this."),
        "{{sender_name}}  \n{{company}}",
    )
    return _("You asked us to write today"), "\n\n".join(lines)


def _values(response: Response) -> dict[str, str]:
    page, candidate = _page(response), response.candidate
    return {
        "first_name": candidate.greeting_name or candidate.full_name,
        "answered_on": str(format_date(response.at, _("d MMMM y"))),
        "role": page.role if page else "",
        "company": content.site().name,
    }


def _writer(response: Response) -> tuple[str, str]:
    """Who wrote at first, if they are still here; else whoever looks after the person; else the company."""
    campaign = response.link.campaign if response.link else None
    owners = (campaign.owner if campaign else None, response.candidate.owner)
    owner = next((one for one in owners if one is not None and one.active), None)
    site = content.site()
    return (owner.full_name or site.name, owner.email) if owner else (site.name, site.email)


def _page(response: Response) -> Page | None:
    """What the answer was about, while it is on the site."""
    return content.find_page(response.link.page) if response.link else None


def _open_link(response: Response) -> LandingLink:
    """The link of the first message while it is open, else a new one to the same page."""
    link, page = response.link, _page(response)
    if link is not None and outreach.find_link(links.token_of(link)):
        return link
    return links.link_for(response.candidate_id, link.campaign if link else None, page.path if page else "/", "reminder")


def _footer() -> tuple[str, ...]:
    site = content.site()
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    why = _("You get this one mail because you chose this day when you answered us on {{answered_on}}.")
    return (who, f"{why} [{_('The whole privacy notice')}]({settings().base_url}/privacy).")
