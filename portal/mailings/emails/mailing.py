"""Letters of mailings."""

from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.mailings import queries
from portal.mailings.models import Mailing, MailingStatus
from portal.markup import fill, names
from portal.outreach import services as outreach
from portal.privacy.models import Basis, LawfulBasis
from portal.privacy.queries import current_basis

# In the place of a token where a letter is only looked at: it opens nothing.
PREVIEW = "preview"


def compose(delivery: Delivery) -> Letter:
    """The letter that belongs to a delivery; Withheld when its mailing was stopped."""
    mailing = queries.get_mailing(delivery.subject_id)
    if mailing.status is MailingStatus.PAUSED:
        raise Withheld(_("The mailing was paused at this moment."))
    if mailing.status is MailingStatus.CANCELLED:  # of one that is done, staff may try a failed copy again
        raise Withheld(_("The mailing was cancelled."))
    stop = tokens.sign("unsubscribe", [delivery.candidate_id, delivery.id])
    return _letter(mailing, delivery.person, stop, _landing_link(mailing, delivery.person))


def preview(mailing: Mailing, candidate: Candidate) -> Letter:
    """The letter as somebody would get it; its links open nothing of theirs."""
    return _letter(mailing, candidate, PREVIEW, settings().base_url + _page(mailing))


def subject_for(mailing: Mailing, candidate: Candidate) -> str:
    """The subject as somebody would read it."""
    letter = preview(mailing, candidate)
    return fill(letter.subject, letter.values).strip()


def _letter(mailing: Mailing, candidate: Candidate, stop: str, landing: str) -> Letter:
    base, site, sender = settings().base_url, content.site(), mailing.sender
    basis = current_basis(candidate.id)
    return Letter(
        subject=mailing.subject,
        body=mailing.body,
        values={
            **_about_us(mailing),
            "first_name": candidate.greeting_name,
            "full_name": candidate.full_name,
            "source": candidate.source.name,
            "persona": candidate.persona.name if candidate.persona else "",
            "landing_link": landing,
            "feedback_link": f"{base}/feedback",
            "preferences_link": f"{base}/u/{stop}",
            "unsubscribe_link": f"{base}/u/{stop}",
            "data_note": candidate.source.data_note,
            "consent_day": _day(basis.since) if basis else "",
        },
        sender_name=(sender.full_name if sender else "") or site.name,
        reply_to=sender.email if sender else site.email,
        footer=_footer(basis),
        one_click=f"{base}/u/{stop}/one-click",
        list_id=f"mailings.{urlsplit(base).hostname or 'localhost'}",
        about=("mailing", mailing.id),
    )


def _about_us(mailing: Mailing) -> dict[str, str]:
    """Placeholders that say the same to everybody."""
    site, sender, page = content.site(), mailing.sender, content.find_page(_page(mailing))
    name = (sender.full_name if sender else "") or site.name
    return {
        "company": site.name,
        "sender_name": name,
        "sender_first_name": name.split(" ")[0] if sender else name,
        "sender_title": sender.title if sender else "",
        "sender_email": sender.email if sender else site.email,
        "sender_phone": site.phone,
        "page_title": page.title if page and mailing.page else "",
        "role": page.role if page and page.kind == "story" else "",
        "month": format_date(mailing.on or clock.now(), "MMMM"),
        "note": "",
    }


def _footer(basis: LawfulBasis | None) -> tuple[str, ...]:
    """Who we are, why this came, and how to change that. What differs between people is a placeholder: it is rendered once."""
    site = content.site()
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    if basis is not None and basis.basis is Basis.CONSENT:
        why = _("You get this because you agreed on {{consent_day}} that we keep in touch.")
    else:
        why = _("You get this because we have your address from {{data_note}} and believe our work may interest you one day.")
    notice = f"[{_('Privacy notice')}]({settings().base_url}/privacy)"
    ways = f"[{_('Less often')}]({{{{preferences_link}}}}) · [{_('No more newsletters')}]({{{{unsubscribe_link}}}})"
    return (who, f"{why} {notice}", ways)


def _landing_link(mailing: Mailing, candidate: Candidate) -> str:
    """A personal link to the mailing's page, made once, and only if the text asks for it."""
    if "landing_link" not in names(mailing.body):
        return settings().base_url + _page(mailing)
    link = queries.find_link(mailing.id, candidate.id)
    page, channel = _page(mailing), queries.channel_of(mailing.id)
    return outreach.address_of(link or outreach.link_for(candidate.id, None, page, channel))


def _page(mailing: Mailing) -> str:
    return mailing.page or "/"


def _day(moment: datetime) -> str:
    return str(format_date(moment, _("d MMMM y")))
