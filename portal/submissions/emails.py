"""Letters of submissions: an interest form arrived, or waits to be confirmed; a friend is asked; a question has its answer."""

from dataclasses import replace
from urllib.parse import quote

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from portal import tokens
from portal.config import settings
from portal.content import queries as content
from portal.delivery.emails import Letter, Withheld
from portal.delivery.models import Delivery
from portal.errors import NotFound
from portal.privacy.queries import current_basis
from portal.submissions import queries
from portal.submissions.models import Interest, Question, Referral
from portal.submissions.queries.interest import CONFIRMS
from portal.submissions.queries.interest import WAITS as A_WEEK
from portal.submissions.queries.referrals import ASKS, WAITS

STARTER = "confirmation-interest"


def compose(delivery: Delivery) -> Letter:
    """The letter that says that an interest form arrived."""
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


def compose_confirm_interest(delivery: Delivery) -> Letter:
    """The one mail to an address that somebody typed. None of their words are in it: they may not be its owner's."""
    pending = queries.get_pending(delivery.subject_id)
    if pending.confirmed_at is not None:
        raise Withheld(_("It was confirmed already."))
    until = format_date(pending.at + A_WEEK, _("d MMMM y"))
    lines = (
        _("Hello,"),
        _("our interest form was filled in with your address. If that was you, look at it once more and press the button there:"),
        "{{landing_link}}",
        _(
            "Only then does somebody read it. If it was not you, do nothing: we keep nothing, and on %(day)s it is gone.",
            day=until,
        ),
        "{{company}}",
    )
    values = {"landing_link": _address("confirm", CONFIRMS, pending.nonce)}
    return _letter(_("Was it you who wrote to us?"), lines, values, _why_form())


def compose_referral(delivery: Delivery) -> Letter:
    """Asking a friend first. The only word of a stranger in it is a short name."""
    referral = queries.get_referral(delivery.subject_id)
    until = format_date(referral.at + WAITS, _("d MMMM y"))
    lines = (
        _("Hello,"),
        _thought_of_you(referral),
        _("Here is what it is about, with the pay and with what is hard about it, and where you say yes or no:"),
        "{{landing_link}}",
        _("We keep nothing about you unless you say yes. Without an answer your address is gone on %(day)s.", day=until),
        "{{company}}",
    )
    values = {"friend": referral.referrer_name, "role": _role(referral)}
    values |= {"landing_link": _address("referred", ASKS, referral.nonce)}
    return _letter(_("Somebody thought of you"), lines, values, _why_friend())


def compose_answer(delivery: Delivery) -> Letter:
    """An answer to whoever asked. The question itself is not in it, since anybody can type anybody's address."""
    question = queries.get_question(delivery.subject_id)
    if question.answered_at is None or question.removed_at is not None:
        raise Withheld(_("The question was removed, or has no answer."))
    who = question.answered_by.full_name if question.answered_by else content.site().name
    lines = (
        _("Hello,"),
        _("{{who}} has answered the question that was asked with your address on our page “{{page}}”:"),
        "{{note}}",
        _("Question and answer stand on the page, for others too:"),
        "{{landing_link}}",
        "{{company}}",
    )
    values = {
        "note": question.answer,
        "who": who,
        "page": _title(question),
        "landing_link": f"{settings().base_url}{quote(question.page)}",
    }
    return replace(_letter(_("Your question has an answer"), lines, values, _why_answer(question)), notice=False)


def _letter(subject: str, lines: tuple[str, ...], values: dict[str, str], why: str) -> Letter:
    """A letter of the company, to an address that may belong to no candidate."""
    site = content.site()
    who = ", ".join(filter(None, [site.legal_name or site.name, site.address]))
    notice = f"[{_('The whole privacy notice')}]({settings().base_url}/privacy)."
    return Letter(
        subject=subject,
        body="\n\n".join(lines),
        values=values | {"company": site.name},
        sender_name=site.name,
        reply_to=site.email,
        footer=(who, f"{why} {notice}"),
        notice=True,
    )


def _address(path: str, purpose: str, nonce: str) -> str:
    return f"{settings().base_url}/{path}/{tokens.derive(purpose, nonce)}"


def _thought_of_you(referral: Referral) -> str:
    site = content.site().name
    if referral.referrer_name and _role(referral):
        return str(_("{{friend}} thinks that “{{role}}” at %(company)s might suit you, and asked us to tell you.", company=site))
    if referral.referrer_name:
        return str(_("{{friend}} thinks that working at %(company)s might suit you, and asked us to tell you.", company=site))
    if _role(referral):
        return str(_("somebody who knows you thinks that “{{role}}” at %(company)s might suit you.", company=site))
    return str(_("somebody who knows you thinks that working at %(company)s might suit you.", company=site))


def _role(referral: Referral) -> str:
    page = content.find_page(referral.about) if referral.about.startswith("/") else None
    return page.role if page else referral.about.partition(":")[2]


def _title(question: Question) -> str:
    page = content.find_page(question.page)
    return page.title if page else content.site().name


def _why_form() -> str:
    return str(_("You get this one mail because our form was filled in with your address. At most one such mail comes a day."))


def _why_friend() -> str:
    return str(_("You get this one mail because somebody gave us your address to ask you this one thing. No second one follows."))


def _why_answer(question: Question) -> str:
    day = format_datetime(question.at, _("d MMMM y"))
    return str(_("You get this one mail because a question was asked with your address on %(day)s.", day=day))


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
    kept = _("You get this one mail because our form was filled in behind your link. We keep what it says to answer you")
    until = _(", until %(day)s at most.", day=day) if day else "."
    end = _("Reply “stop” and we delete it, also if it was not you.")
    return (who, f"{kept}{until} {end} [{_('The whole privacy notice')}]({settings().base_url}/privacy).")
