"""What the letters of all kinds of mailings share: who writes, why it came, the ways out; for 500 people in a few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock, tokens
from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.candidates.queries import load_many
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter
from portal.delivery.models import Delivery
from portal.markup import names
from portal.outreach import services as outreach
from portal.privacy.models import Basis, LawfulBasis
from portal.privacy.queries import current_bases

# In the place of a token where a letter is only looked at: it opens nothing.
PREVIEW = "preview"
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Issue:
    """What all letters of one sending have in common. `page` is what {{landing_link}} leads to, `channel` how its visits are
    counted; `list_name` begins the List-Id; `about` ("mailing", 7) goes into the touchpoint; `at` gives {{month}}."""

    subject: str
    body: str
    about: tuple[str, int]
    channel: str
    page: str = "/"
    sender: User | None = None
    list_name: str = "mailings"
    at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class _Ways:
    """A reader's way to the page, and their way out."""

    landing: str
    stop: str


def letters(issue: Issue, rows: Sequence[Delivery], more: Mapping[int, Mapping[str, str]] | None = None) -> dict[int, Letter]:
    """The letter of each row, by the row's number. `more`: further placeholders of a row, such as a digest's stories."""
    ids = [row.person_id for row in rows]
    people, bases, about_us = load_many(ids), current_bases(ids), _about_us(issue)
    wanted = "landing_link" in names(issue.body)
    landings = outreach.links_for(ids, _page(issue), issue.channel) if wanted else {}
    found = {}
    for row, number in zip(rows, ids, strict=True):
        landing = outreach.address_of(landings[number]) if wanted else settings().base_url + _page(issue)
        ways = _Ways(landing, tokens.sign("unsubscribe", [number, row.id]))
        own = {**about_us, **(more or {}).get(row.id, _NOTHING)}
        found[row.id] = _letter(issue, people[number], bases.get(number), ways, own)
    return found


def preview_letter(issue: Issue, candidate: Candidate, more: Mapping[str, str] = _NOTHING) -> Letter:
    """The letter as somebody would get it; its links open nothing of theirs."""
    ways = _Ways(settings().base_url + _page(issue), PREVIEW)
    basis = current_bases([candidate.id]).get(candidate.id)
    return _letter(issue, candidate, basis, ways, {**_about_us(issue), **more})


def _letter(issue: Issue, candidate: Candidate, basis: LawfulBasis | None, ways: _Ways, own: Mapping[str, str]) -> Letter:
    base, site, sender = settings().base_url, content.site(), issue.sender
    return Letter(
        subject=issue.subject,
        body=issue.body,
        values={**own, **_about_them(candidate, basis, ways)},
        sender_name=(sender.full_name if sender else "") or site.name,
        reply_to=sender.email if sender else site.email,
        footer=_footer(basis),
        one_click=f"{base}/u/{ways.stop}/one-click",
        list_id=f"{issue.list_name}.{urlsplit(base).hostname or 'localhost'}",
        about=issue.about,
    )


def _about_them(candidate: Candidate, basis: LawfulBasis | None, ways: _Ways) -> dict[str, str]:
    base = settings().base_url
    return {
        "first_name": candidate.greeting_name,
        "full_name": candidate.full_name,
        "source": candidate.source.name,
        "persona": candidate.persona.name if candidate.persona else "",
        "landing_link": ways.landing,
        "feedback_link": f"{base}/feedback",
        "preferences_link": f"{base}/u/{ways.stop}",
        "unsubscribe_link": f"{base}/u/{ways.stop}",
        "data_note": candidate.source.data_note,
        "consent_day": str(format_date(basis.since, _("d MMMM y"))) if basis else "",
    }


def _about_us(issue: Issue) -> dict[str, str]:
    """Placeholders that say the same to everybody."""
    site, sender, page = content.site(), issue.sender, content.find_page(issue.page)
    name = (sender.full_name if sender else "") or site.name
    return {
        "company": site.name,
        "sender_name": name,
        "sender_first_name": name.split(" ")[0] if sender else name,
        "sender_title": sender.title if sender else "",
        "sender_email": sender.email if sender else site.email,
        "sender_phone": site.phone,
        "page_title": page.title if page and issue.page else "",
        "role": page.role if page and page.kind == "story" else "",
        "month": format_date(issue.at, "MMMM"),
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


def _page(issue: Issue) -> str:
    return issue.page or "/"
