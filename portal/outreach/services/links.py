"""Landing links: for one person, or for a channel such as a poster's code."""

from datetime import timedelta

from flask_babel import gettext as _

from portal import clock, tokens
from portal.config import settings
from portal.content.queries import find_page
from portal.db import transaction
from portal.errors import Invalid
from portal.outreach.models import Campaign, LandingLink

LIFETIME = timedelta(days=365)
MAIL = "mail"


def link_for(candidate_id: int | None, campaign: Campaign | None, page: str | None = None, channel: str = MAIL) -> LandingLink:
    """A new link to a page of the site (the campaign's, unless another is named), valid for a year. Mailings have no campaign."""
    page = page or (campaign.page if campaign else "/")
    if find_page(page) is None:
        raise Invalid(_("There is no page “%(page)s” on the site.", page=page), "page")
    nonce, now = tokens.new_nonce(), clock.now()
    with transaction() as session:
        link = LandingLink(
            nonce=nonce,
            token_hash=tokens.digest(tokens.derive("landing", nonce)),
            candidate_id=candidate_id,
            campaign=campaign,
            channel=channel,
            page=page,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        session.add(link)
        session.flush()
        return link


def channel_link(campaign: Campaign, label: str, page: str | None = None) -> LandingLink:
    """A link without a person; `label` says where it hangs."""
    if not (label := label.strip()) or label == MAIL:
        raise Invalid(_("Say where the link will be: a poster, a profile, a talk."), "label")
    return link_for(None, campaign, page, label[:100])


def pause_link(link: LandingLink) -> LandingLink:
    """Close a link for now; visitors find the same page as at an unknown address."""
    with transaction():
        link.paused_at = link.paused_at or clock.now()
        return link


def resume_link(link: LandingLink) -> LandingLink:
    """Open a paused link again."""
    with transaction():
        link.paused_at = None
        return link


def token_of(link: LandingLink) -> str:
    """The secret part of the link's address."""
    return tokens.derive("landing", link.nonce)


def address_of(link: LandingLink) -> str:
    """The whole address, as it goes into a mail."""
    return f"{settings().base_url}/l/{token_of(link)}"
