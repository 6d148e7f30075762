"""Letters of submissions: the confirmation that an interest form arrived."""

from flask_babel import format_date
from flask_babel import gettext as _

from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter
from portal.delivery.models import Delivery
from portal.errors import NotFound
from portal.privacy.queries import current_basis
from portal.submissions import queries
from portal.submissions.models import Interest

STARTER = "confirmation-interest"


def compose(delivery: Delivery) -> Letter:
    """The letter that confirms an interest form."""
    interest, site = queries.get_interest(delivery.subject_id), content.site()
    subject, body = _words()
    return Letter(
        subject=subject,
        body=body,
        values={
            "first_name": interest.candidate.greeting_name or interest.candidate.full_name,
            "full_name": interest.candidate.full_name,
            "company": site.name,
            "sender_name": interest.candidate.owner.full_name if interest.candidate.owner else "",
        },
        sender_name=site.name,
        reply_to=site.email,
        footer=_footer(interest),
        notice=True,
        about=("interest", interest.id),
    )


def _words() -> tuple[str, str]:
    """The company's own text; ours where it has none."""
    try:
        mail = content.get_mail(STARTER)
    except NotFound:
        lines = _("Hello {{first_name}},"), _("your note has arrived. A person reads it and answers."), "{{company}}"
        return _("Your note has arrived"), "\n\n".join(lines)
    return mail.subject, mail.body


def _footer(interest: Interest) -> tuple[str, ...]:
    """Who we are, what we keep and until when (GDPR Article 13), and how to take it back."""
    site, basis = content.site(), current_basis(interest.candidate_id)
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    day = format_date(basis.until, _("d MMMM y")) if basis else ""
    kept = _("You get this one mail because our form was filled in with your address. We keep what it says to answer you")
    until = _(", until %(day)s at most.", day=day) if day else "."
    end = _("Reply “stop” and we delete it, also if it was not you.")
    return (who, f"{kept}{until} {end} [{_('The whole privacy notice')}]({settings().base_url}/privacy).")
