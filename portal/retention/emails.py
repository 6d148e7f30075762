"""Letters about keeping data: the notice alone, and the one question whether somebody may be kept."""

from flask_babel import format_date
from flask_babel import gettext as _

from portal import tokens
from portal.candidates.models import Candidate
from portal.candidates.queries import get_candidate
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.languages import said_again
from portal.privacy.queries import current_basis, has_notice
from portal.retention.queries import RENEWAL_TOKEN


def compose_notice(delivery: Delivery) -> Letter:
    """Who keeps what, from where, for what, how long, and how to end it (GDPR Article 14); nothing else."""
    candidate = get_candidate(delivery.candidate_id or 0)
    if has_notice(candidate.id):
        raise Withheld(_("They have been told meanwhile."))
    lines = (
        _("Hello {{first_name}},"),
        _("we have written down your name and how to reach you, and the law says rightly that you should know."),
        _("**Who we are:** {{who}}"),
        _("**From where:** {{source}}"),
        _("**What for:** {{company}} looks for people and thinks you might like to hear from us. Our ground is our legitimate "
          "interest in finding people, GDPR Article 6(1)(f)."),
        _("**What:** your name, your address, and what the source says about your work. Nobody else gets it."),
        _("**How long:** until {{until}}, when all of it is deleted by itself."),
        _("**Your rights:** you may see, correct and take with you what we keep, limit or refuse its use, have it erased, and "
          "complain to a data protection authority. All but the last takes one press on your own page."),
        _("You need not do anything."),
        "{{company}}",
    )  # fmt: skip
    return _letter(delivery, candidate, _("What {{company}} keeps about you"), lines, {}, notice=True)


def compose_renewal(delivery: Delivery) -> Letter:
    """May we keep your data? One link; opening it changes nothing."""
    candidate = get_candidate(delivery.candidate_id or 0)
    basis = current_basis(candidate.id)
    if basis is None or basis.id != delivery.subject_id:
        raise Withheld(_("The permission was renewed meanwhile."))
    token = tokens.sign(RENEWAL_TOKEN, [candidate.id, basis.id])
    lines = (
        _("Hello {{first_name}},"),
        _("we have not heard from each other for a while. On {{until}} all that we keep about you is deleted."),
        _("If you would like to stay in touch, one press is enough:"),
        _("[Keep my data]({{landing_link}})"),
        _("If not, there is nothing to do. We do not ask again."),
        "{{company}}",
    )
    link = {"landing_link": f"{settings().base_url}/renewals/{token}"}
    return _letter(delivery, candidate, _("May we keep your data?"), lines, link)


def _letter(
    delivery: Delivery, candidate: Candidate, subject: str, lines: tuple[str, ...], more: dict[str, str], *, notice: bool = False
) -> Letter:
    site, stop = content.site(), f"{settings().base_url}/u/{tokens.sign('unsubscribe', [candidate.id, delivery.id])}"
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    whole = f"[{_('The whole privacy notice')}]({settings().base_url}/privacy)"
    return Letter(
        subject=subject,
        body="\n\n".join(lines),
        values=_values(candidate, who) | more,
        sender_name=site.name,
        reply_to=site.email,
        footer=(who, whole, f"[{_('Stop: no more mail from us')}]({stop})"),
        one_click=f"{stop}/one-click",
        notice=notice,
        about=("delivery", delivery.id),
    )


def _values(candidate: Candidate, who: str) -> dict[str, str]:
    basis = current_basis(candidate.id)
    return {
        "first_name": candidate.greeting_name or candidate.full_name,
        "company": content.site().name,
        "who": who,
        "source": said_again(candidate.source.data_note),
        "until": format_date(basis.until, _("d MMMM y")) if basis else "",
    }
