"""The letter to a manager: how is somebody doing whom we hired? And its one reminder."""

from flask_babel import format_date
from flask_babel import gettext as _

from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.hiring import queries
from portal.hiring.models import Hire, Review


def compose(delivery: Delivery) -> Letter:
    """The letter of a review; Withheld when it was answered, or the hire came to nothing meanwhile."""
    review, is_reminder = queries.review_of(delivery.subject_id)
    if review.answered_at is not None:
        raise Withheld(_("It was answered already."))
    if not queries.is_open(review):
        raise Withheld(_("The hire was withdrawn, or the link has run out."))
    return _letter(review, is_reminder)


def _letter(review: Review, is_reminder: bool) -> Letter:
    hire, site = review.hire, content.site()
    subject = _("How is your colleague doing after %(day)s days?", day=review.day)
    return Letter(
        subject=_("Once more: %(subject)s", subject=subject) if is_reminder else subject,
        body="\n\n".join(_lines(review, is_reminder)),
        values={
            "first_name": hire.manager_name,
            "full_name": _who(hire),
            "role": queries.role_name(hire.role),
            "landing_link": f"{settings().base_url}/reviews/{queries.token_of(review)}",
        },
        sender_name=site.name,
        reply_to=hire.actor.email if hire.actor else site.email,
        footer=(", ".join(filter(None, [site.legal_name or site.name, site.address])), _reason()),
        about=("review", review.id),
        own_page=False,
    )


def _lines(review: Review, is_reminder: bool) -> list[str]:
    began = format_date(review.hire.starts_on or review.hire.accepted_on, _("d MMMM y"))
    asked = format_date(review.asked_at, _("d MMMM y"))
    again = [_("We asked on %(day)s already. This is the only reminder.", day=asked)] if is_reminder else []
    return [
        _("Hello {{first_name|there}},"),
        _("{{full_name}} began on %(day)s as {{role}}. Would you tell us how it goes? Four questions, one minute:", day=began),
        "[" + _("Answer four questions") + "]({{landing_link}})",
        _("Your marks go into averages about how we hire. They are no appraisal and stand on no page about one person."),
        *again,
    ]


def _who(hire: Hire) -> str:
    return hire.candidate.full_name if hire.candidate else str(_("Your colleague"))


def _reason() -> str:
    return str(_("You get this because you are named as the manager. Are you not? Reply, and we ask the right person."))
