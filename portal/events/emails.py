"""The letter that asks whether an address is the guest's own."""

from flask_babel import gettext as _

from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.events import queries
from portal.events.models import CheckIn


def compose(delivery: Delivery) -> Letter:
    """One mail with one button; the notice of GDPR Article 13 is in it, since nothing else may come before."""
    row, site = queries.find_check_in(delivery.subject_id), content.site()
    if row is None or row.confirmed_at is not None:
        raise Withheld(_("The check-in is confirmed already, or forgotten."))
    lines = (
        _("Hello {{full_name}},"),
        _("you left your name with us at {{event}}. Please tell us that this address is yours:"),
        "[" + _("Yes, that was me") + "]({{landing_link}})",
        _("Was it not you? Then do nothing. What was typed is deleted after two weeks, and nobody writes again."),
        site.name,
    )
    return Letter(
        subject=_("Were you at {{event}}?"),
        body="\n\n".join(lines),
        values={
            "full_name": row.full_name,
            "event": row.source.name,
            "landing_link": f"{settings().base_url}/check-in/confirmations/{queries.token_of(row)}",
        },
        sender_name=site.name,
        reply_to=site.email,
        footer=_footer(row),
        notice=True,
        about=("check-in", row.id),
        own_page=False,
    )


def _footer(row: CheckIn) -> tuple[str, ...]:
    site = content.site()
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    kept = (
        _("Once you confirm, we keep your name, your address and that you were there for two years, as you allowed.")
        if row.consented
        else _("Once you confirm, we keep your name, your address and that you were there for twelve months at most.")
    )
    end = _("Reply “stop” at any time and we delete it.")
    return (who, f"{kept} {end} [{_('The whole privacy notice')}]({settings().base_url}/privacy)")
