"""Letters of the own page: the fresh link, and the question at both addresses. Written by a machine, asked for by the person."""

from flask_babel import gettext as _

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.config import settings
from portal.content.queries import site
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.selfservice.models import AddressChange
from portal.selfservice.queries import LINK, LINK_LIVES, NEW, OLD, get_access, get_change


def compose_access(delivery: Delivery) -> Letter:
    """The fresh link. A link that has run out meanwhile is not sent."""
    access = get_access(delivery.subject_id)
    if access.candidate is None or access.spent_at or access.asked_at <= clock.now() - LINK_LIVES:
        raise Withheld(_("The link has run out before its mail could leave."))
    lines = (
        _("Hello {{first_name}},"),
        _(
            "somebody, we hope you, asked for a fresh link to your own page. "
            "There you see everything we hold about you, change it, and end it."
        ),
        f"[{_('To my own page')}]({{{{landing_link}}}})",
        _(
            "The link works once, for %(minutes)s minutes, and asks for one press of a button. "
            "Do not pass it on: whoever has it sees what we hold.",
            minutes=LINK_LIVES.seconds // 60,
        ),
        _("It was not you? Then do nothing: without this mail nobody gets in."),
    )
    link = f"{settings().base_url}/me/links/{tokens.derive(LINK, access.nonce)}"
    return _letter(_("Your fresh link to your own page"), lines, access.candidate, link, ("own page", access.id))


def compose_address(delivery: Delivery) -> Letter:
    """The question at the old address or at the new one. A new address that somebody else here has gets none, and who asked
    cannot tell: their own letter comes all the same."""
    change = get_change(delivery.subject_id)
    if change.closed_at is not None:
        raise Withheld(_("The new address is not wanted any more."))
    if delivery.candidate_id is not None:
        return _at_old(change)
    if find_by_address(change.email) is not None:
        raise Withheld(_("The new address is known here already."))
    return _at_new(change)


def _at_old(change: AddressChange) -> Letter:
    lines = (
        _("Hello {{first_name}},"),
        _("on your own page somebody, we hope you, asked us to write to {{new_address}} from now on."),
        f"[{_('Yes, that was me')}]({{{{landing_link}}}})",
        _(
            "It counts when the button is pressed at both addresses, within three days. "
            "It was not you? Then do nothing, or tell us: this address stays."
        ),
    )
    link = _address_link(OLD, change)
    return _letter(_("Do you move to another address?"), lines, change.candidate, link, ("address", change.id), change.email)


def _at_new(change: AddressChange) -> Letter:
    lines = (
        _("Hello,"),
        _("on their own page at {{company}} somebody asked us to write to this address from now on. If that was you, say so:"),
        f"[{_('Yes, this is my address')}]({{{{landing_link}}}})",
        _(
            "It counts when the button is pressed at both addresses, within three days. "
            "It was not you? Then do nothing: we forget this address, and no other mail comes."
        ),
    )
    return _letter(_("Is this your new address?"), lines, change.candidate, _address_link(NEW, change), ("address", change.id))


def _address_link(purpose: str, change: AddressChange) -> str:
    return f"{settings().base_url}/me/addresses/{tokens.derive(purpose, change.nonce)}"


def _letter(
    subject: str, lines: tuple[str, ...], candidate: Candidate, link: str, about: tuple[str, int], new_address: str = ""
) -> Letter:
    us = site()
    who = ", ".join(filter(None, [us.legal_name or us.name, us.address]))
    values = {
        "first_name": candidate.greeting_name or candidate.full_name,
        "company": us.name,
        "landing_link": link,
        "new_address": new_address,
    }
    body = "\n\n".join([*lines, us.name])
    notice = f"[{_('Privacy notice')}]({settings().base_url}/privacy)"
    return Letter(
        subject, body, values, sender_name=us.name, reply_to=us.email, footer=(who, notice), about=about, own_page=False
    )
