"""Letters of feedback: the request, and its one reminder."""

from datetime import timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock, tokens
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.feedback import queries
from portal.feedback.models import Request

# A request that a pause or a pace held back for longer asks about something that is too long ago.
FRESH = timedelta(days=14)


def compose(delivery: Delivery) -> Letter:
    """The letter of a request or of its reminder; Withheld when it came to nothing meanwhile."""
    request, is_reminder = queries.request_of(delivery.subject_id)
    if request.rule.active_since is None:
        raise Withheld(_("The rule was paused."))
    if delivery.created_at + FRESH < clock.now():
        raise Withheld(_("It would ask about something that is too long ago."))
    if queries.is_spent(request):
        raise Withheld(_("It is not needed any more."))
    return _letter(request, is_reminder, tokens.sign("unsubscribe", [delivery.candidate_id, delivery.id]))


def _letter(request: Request, is_reminder: bool, stop_token: str) -> Letter:
    rule, stop = request.rule, f"{settings().base_url}/u/{stop_token}"
    again = _("We asked on %(day)s already. This is the only reminder.", day=format_date(request.asked_at, _("d MMMM y")))
    return Letter(
        subject=_("Once more: %(subject)s", subject=rule.subject) if is_reminder else rule.subject,
        body=f"{rule.body}\n\n{again}" if is_reminder else rule.body,
        values=_values(request),
        sender_name=(rule.sender.full_name if rule.sender else "") or content.site().name,
        reply_to=rule.sender.email if rule.sender else content.site().email,
        footer=_footer(stop),
        one_click=f"{stop}/one-click",
        about=("feedback_request", request.id),
    )


def _values(request: Request) -> dict[str, str]:
    site, sender, candidate = content.site(), request.rule.sender, request.candidate
    name = (sender.full_name if sender else "") or site.name
    return {
        "first_name": candidate.greeting_name if candidate else "",
        "full_name": candidate.full_name if candidate else "",
        "feedback_link": f"{settings().base_url}/feedback/asked/{queries.token_of(request)}",
        "company": site.name,
        "sender_name": name,
        "sender_first_name": name.split(" ")[0] if sender else name,
        "sender_title": sender.title if sender else "",
        "sender_email": sender.email if sender else site.email,
        "sender_phone": site.phone,
    }


def _footer(stop: str) -> tuple[str, ...]:
    site = content.site()
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    why = _(
        "You get this because we were in touch. You may answer without your name, or not at all. We ask at most twice a year."
    )
    return (who, why, f"[{_('No more mails like this')}]({stop})")
