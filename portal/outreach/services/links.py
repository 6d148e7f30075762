"""Landing links: for one person, or for a channel such as a poster's code; and the terms on which they open."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import case, select, update

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.config import settings
from portal.content.queries import find_page
from portal.db import db, transaction
from portal.errors import Conflict, Invalid
from portal.outreach.models import Campaign, LandingLink
from portal.outreach.queries.links import is_alias_free
from portal.outreach.services.sharing import check_share_text, check_utm
from portal.outreach.verdicts import Facts

LIFETIME = timedelta(days=365)
MAIL = "mail"
LABEL_LIMIT, NOTES_LIMIT, MOST_VISITS = 100, 2000, 1_000_000
# Short names are for reading out: 3 to 40 of these, no hyphen at an end.
_ALIAS = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
# Names that could be taken for a place of ours, or for somebody else.
RESERVED = frozenset(
    "account accounts admin administrator api check-in console data datenschutz demo dist error feedback go healthz help hilfe "
    "home impressum imprint interest intern internal jobs karriere legal link links login logout mail mails me media news null "
    "official page pages portal privacy robots root security sign-in sign-out site static status support test thanks undefined "
    "unsubscribe welcome www".split()
)


@dataclass(frozen=True)
class Terms:
    """What staff decide about a link. `alias` only for channels; `utm` by parameter, `share_texts` by network."""

    page: str
    label: str = ""
    alias: str = ""
    expires_at: datetime | None = None
    visit_limit: int | None = None
    utm: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    share_texts: Mapping[str, str] = field(default_factory=dict)


def link_for(candidate_id: int | None, campaign: Campaign | None, page: str | None = None, channel: str = MAIL) -> LandingLink:
    """A new link, valid for a year. Its page: the one named; else that of the person's persona; else the campaign's."""
    page = page or _page_for(candidate_id, campaign)
    _check_page(page)
    with transaction() as session:
        link = _new_link(candidate_id, page, channel)
        link.campaign = campaign
        session.add(link)
        session.flush()
        return link


def links_for(candidate_ids: Collection[int], page: str, channel: str) -> Mapping[int, LandingLink]:
    """The link of each of up to a thousand people in a channel, by their numbers; those that are not there yet are made."""
    _check_page(page)
    with transaction() as session:
        there = select(LandingLink).where(LandingLink.candidate_id.in_(candidate_ids), LandingLink.channel == channel)
        found = {link.candidate_id: link for link in session.scalars(there) if link.candidate_id is not None}
        new = {number: _new_link(number, page, channel) for number in candidate_ids if number not in found}
        session.add_all(new.values())
        session.flush()
        return found | new


def _new_link(candidate_id: int | None, page: str, channel: str) -> LandingLink:
    nonce, now = tokens.new_nonce(), clock.now()
    return LandingLink(
        nonce=nonce,
        token_hash=tokens.digest(tokens.derive("landing", nonce)),
        candidate_id=candidate_id,
        channel=channel,
        page=page,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def channel_link(campaign: Campaign | None, label: str, page: str | None = None) -> LandingLink:
    """A link without a person; `label` says where it hangs."""
    return link_for(None, campaign, page, _checked_label(label))


def add_channel_link(campaign: Campaign | None, terms: Terms) -> LandingLink:
    """The same with all its terms at once, or nothing when one of them cannot be."""
    with transaction():
        return set_terms(channel_link(campaign, terms.label, terms.page), terms)


def set_terms(link: LandingLink, terms: Terms) -> LandingLink:
    """Change what a link shows and for how long; the token stays, since it may be printed. Invalid names the field."""
    _check_page(terms.page)
    if terms.visit_limit is not None and not 1 <= terms.visit_limit <= MOST_VISITS:
        raise Invalid(_("Give a number of visits above zero."), "visit_limit")
    if len(terms.notes) > NOTES_LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=NOTES_LIMIT), "notes")
    utm = check_utm(terms.utm)
    with transaction() as session:
        session.refresh(link)
        link.page, link.expires_at, link.notes, link.utm = terms.page, terms.expires_at, terms.notes.strip(), utm
        if link.candidate_id is None:
            link.channel = _checked_label(terms.label)
        link.alias = _checked_alias(terms.alias, link)
        link.visit_limit = terms.visit_limit
        used_up = terms.visit_limit is not None and link.arrivals >= terms.visit_limit
        link.used_up_at = (link.used_up_at or clock.now()) if used_up else None
        link.share_texts = {
            name: check_share_text(name, text, shared_address(link)) for name, text in terms.share_texts.items() if text.strip()
        }
        session.flush()
        return link


def admit(link_id: int, facts: Facts) -> bool:
    """Whether one more may come to a link with a visit limit. One conditional update decides: no two share the last place.

    Who says to be a machine takes none.
    """
    if facts.signals:
        return True
    last = LandingLink.arrivals + 1 >= LandingLink.visit_limit
    taken = (
        update(LandingLink)
        .where(LandingLink.id == link_id, LandingLink.visit_limit.is_not(None), LandingLink.arrivals < LandingLink.visit_limit)
        .values(arrivals=LandingLink.arrivals + 1, used_up_at=case((last, clock.now()), else_=None))
    )
    with transaction() as session:
        statement = taken.returning(LandingLink.id).execution_options(synchronize_session=False)
        return session.scalar(statement) is not None


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


def address_with_parameters(link: LandingLink) -> str:
    """The whole address, with the chosen parameters for other tools."""
    return f"{address_of(link)}?{urlencode(link.utm)}" if link.utm else address_of(link)


def shared_address(link: LandingLink) -> str:
    """The address to print or to post: the short one where there is a short name, which adds the parameters by itself."""
    return f"{settings().base_url}/go/{link.alias}" if link.alias else address_with_parameters(link)


def _page_for(candidate_id: int | None, campaign: Campaign | None) -> str:
    """The page of the persona counts where the campaign was made for another one, or where there is no campaign."""
    candidate = db.session.get(Candidate, candidate_id) if candidate_id is not None else None
    persona = candidate.persona if candidate else None
    if persona and persona.page and (campaign is None or campaign.persona_id != persona.id):
        return persona.page if find_page(persona.page) else "/"
    return campaign.page if campaign else "/"


def _check_page(page: str) -> None:
    if find_page(page) is None:
        raise Invalid(_("There is no page “%(page)s” on the site.", page=page), "page")


def _checked_label(label: str) -> str:
    label = label.strip()[:LABEL_LIMIT]
    if not label or label == MAIL:
        raise Invalid(_("Say where the link will be: a poster, a profile, a talk."), "label")
    return label


def _checked_alias(alias: str, link: LandingLink) -> str | None:
    alias = alias.strip().lower()
    if not alias:
        return None
    if link.candidate_id is not None:
        raise Conflict(_("A personal link has no short name: it would be easy to guess."))
    if not _ALIAS.fullmatch(alias) or "--" in alias:
        raise Invalid(_("A short name has 3 to 40 letters a to z, digits and single hyphens between them."), "alias")
    if alias in RESERVED:
        raise Invalid(_("This name could be taken for a page of ours. Choose another one."), "alias")
    if not is_alias_free(alias, link):
        raise Invalid(_("Another link has this short name already."), "alias")
    return alias
