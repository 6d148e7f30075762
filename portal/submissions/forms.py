"""What candidates type. Errors stand beside their field, and a robot's speed is seen here."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.models import User
from portal.content.queries import find_page, site
from portal.errors import Invalid
from portal.guard import SOON, GuardedForm, Ruling, SpokenForm, form_key
from portal.outreach.models import LandingLink
from portal.security import Form, form_age, form_purpose, form_token
from portal.security import form_key as press_key
from portal.submissions import front, services
from portal.submissions.models import Answer, DeclineReason, Question, Referral, Removal
from portal.submissions.queries import is_read
from portal.submissions.services import Asked, Friend, Given
from portal.submissions.verdicts import Press, is_person, plain_name, short_name

LONG = 10_000
REASONS = {
    DeclineReason.TIMING: _l("I am content where I am"),
    DeclineReason.PAY: _l("The pay"),
    DeclineReason.PLACE: _l("The place, or the time away from home"),
    DeclineReason.ROLE: _l("The work is not what I do, or not any more"),
    DeclineReason.COMPANY: _l("You, or how you wrote to me"),
    DeclineReason.OTHER: _l("Something else"),
}
WAYS = {"mail": _l("In writing, by mail"), "phone": _l("Twenty minutes on the phone"), "visit": _l("I come and see it")}
REMOVALS = {
    Removal.SPAM: _l("It is advertising, or written by a machine"),
    Removal.ILLEGAL: _l("The law forbids to show it: an insult, somebody's private data, a threat"),
}
CHOICE = "choice"  # purpose of the form on a page that asks which answer it is
_TOO_LONG = Length(max=LONG, message=_l("At most 10,000 characters fit here."))


class AnswerForm(SpokenForm):
    """Interested, not now, or no. `visit` and `before` are the proofs of this page and of the one before it."""

    unsure = False

    answer = HiddenField()
    visit = HiddenField()
    before = HiddenField()
    ask_on = DateField(_l("A day of your own"), [Optional()])
    reason = RadioField(
        _l("Or no, because …"), [Optional()], choices=list(REASONS.items()), description=_l("The one that weighs most.")
    )
    comment = TextAreaField(_l("In your words"), [Optional(), _TOO_LONG], description=_l("Whoever wrote to you reads it."))
    would_change = TextAreaField(_l("What would change my mind"), [Optional(), _TOO_LONG])

    def validate_answer(self, field: HiddenField) -> None:
        """Only the three answers there are."""
        if field.data not in set(Answer):
            raise ValidationError(_("Choose one of the answers."))

    def accept(self, link: LandingLink) -> bool:
        """Whether a person's answer is taken. Otherwise the form says what is wrong, or asks once more because nobody is sure."""
        if not self.validate():
            return False
        if not is_person(self._press(link)):
            services.tap(link, Answer(self.answer.data))
            self.unsure = True
            return False
        reason = DeclineReason(self.reason.data) if self.reason.data else None
        said = {"ask_on": self.ask_on.data, "reason": reason, "comment": self.comment.data or ""}
        try:
            services.respond(
                link,
                Answer(self.answer.data),
                form_key=form_key(),
                would_change=self.would_change.data or "",
                proof=self.visit.data,
                **said,
            )
        except Invalid as error:
            self.put(error)
        return not self.errors

    def token(self) -> str:
        """The token of the page that asks. Shown again it is the same one, so that time goes on."""
        chosen = self.unsure and form_purpose() == CHOICE
        return request.form["form_token"] if chosen else form_token(CHOICE)

    def _press(self, link: LandingLink) -> Press:
        proved = is_read(link, (self.visit.data or "", self.before.data or ""))
        return Press(proved, form_purpose() == CHOICE, form_age(), front.is_early(link))


class OwnForm(GuardedForm):
    """A form that counts for the person of the link it lies behind: there, what opens mails for people must not pass for them."""

    keeps_doubt = True

    visit = HiddenField()

    def ruling(self, link: LandingLink | None) -> tuple[Ruling, str]:
        """Behind a personal link a person's time or proof is needed, whatever a browser's script has worked."""
        ruling, why = super().ruling(link)
        if ruling is not Ruling.PASS or link is None or link.candidate_id is None:
            return ruling, why
        press = Press(is_read(link, [self.visit.data or ""]), chosen=True, age=form_age(), early=front.is_early(link))
        return (ruling, why) if is_person(press) else (Ruling.DOUBT, "sooner than a person reads")


class InterestForm(OwnForm):
    """What attracts somebody, what matters, when, how to reach them, and whether they may be kept."""

    about = SelectField(_l("What is it about?"), [Optional()])
    attracts = TextAreaField(_l("What attracts you, and what would you like to ask?"), [Optional(), _TOO_LONG])
    matters = SelectMultipleField(
        _l("What matters to you?"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("As many as you like. We answer these first."),
    )
    available = StringField(
        _l("When could it be?"), [Optional(), Length(max=500)], description=_l("A month, a season, “not before summer”.")
    )
    way = RadioField(_l("How would you like to talk?"), [Optional()], choices=list(WAYS.items()), default="mail")
    reach = StringField(
        _l("Phone number, and good times"), [Optional(), Length(max=500)], description=_l("Only if you would like to be called.")
    )
    consent = BooleanField(
        _l("Keep what I wrote for two years"),
        description=_l(
            "Then we may come back to you later. Without it all goes after twelve months at most. Take it back at any time."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about.choices = front.subjects()
        self.matters.choices = [(criterion.key, criterion.label) for criterion in site().criteria]

    def given(self) -> Given:
        """As the service takes it."""
        reach_by = ": ".join(filter(None, [self.way.data or "", self.reach.data or ""]))
        return Given(
            about=self.about.data or "",
            attracts=self.attracts.data or "",
            matters=tuple(self.matters.data or ()),
            available=self.available.data or "",
            reach_by=reach_by,
            consent=bool(self.consent.data),
            name=self.name.data or "",
            email=self.email.data or "",
        )

    def give(self, link: LandingLink | None) -> None:
        """Keep it, or ask whoever has the address first."""
        services.give_interest(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.INTEREST, link, vars(self.given()), why, press_key())


class QuestionForm(OwnForm):
    """A question to the team, with a name or without. It will stand on a page, so that one link is enough for a doubt."""

    many_links = 1

    page = HiddenField()
    text = TextAreaField(_l("Your question"), [DataRequired(_l("Write your question.")), _TOO_LONG])
    name = StringField(
        _l("Your name"),
        [Optional(), Length(max=services.NAME_LIMIT, message=_l("A name has at most 100 characters."))],
        description=_l("Readers see it beside the question. Leave it empty and nobody is named."),
    )
    email = EmailField(
        _l("Mail me the answer at"),
        [Optional(), Length(max=254, message=_l("A mail address has at most 254 characters."))],
        description=_l("For this one answer. Nobody sees it, and a month later it is gone."),
    )
    by_mail = BooleanField(_l("Mail me the answer"))

    def is_whole(self, asks_who: bool) -> bool:
        """A name may be missing, and so may an address; one that is there has to be one."""
        whole = bool(self.validate())
        return (not (asks_who and self.email.data) or self.check_address()) and whole

    def given(self) -> Asked:
        """As the service takes it."""
        page = find_page(self.page.data or "/")
        name, email = plain_name(self.name.data or ""), self.email.data or ""
        return Asked(page.path if page else "/", self.text.data, name, email, bool(self.by_mail.data))

    def give(self, link: LandingLink | None) -> None:
        """Keep it until somebody looked whether it is spam."""
        services.ask(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.QUESTION, link, vars(self.given()), why, press_key())


class ReferralForm(OwnForm):
    """A friend's address, who sends it, and what it is about."""

    email = EmailField(
        _l("Your friend’s mail address"), [Length(max=254, message=_l("A mail address has at most 254 characters."))]
    )
    name = StringField(
        _l("Your name, as your friend knows you"),
        [Optional(), Length(max=200, message=_l("A name has at most 200 characters."))],
        description=_l("Only letters, four words at most. Leave it empty and we do not say who thought of them."),
    )
    about = SelectField(_l("What might suit them?"), [Optional()])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about.choices = front.subjects()

    def is_whole(self, asks_who: bool) -> bool:  # noqa: ARG002 - the friend's address is needed from everybody
        """The address has to be one; a name may be missing, and what is no name goes into no mail."""
        whole = self.check_address() and bool(self.validate())
        if self.name.data and not short_name(self.name.data):
            self.name.errors = [_("Please only a name here: letters, four words at most. Everything else we leave out of mails.")]
        return whole and not self.name.errors

    def given(self) -> Friend:
        """As the service takes it."""
        return Friend(self.email.data or "", self.name.data or "", self.about.data or "")

    def give(self, link: LandingLink | None) -> None:
        """Ask the friend."""
        services.refer(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.REFERRAL, link, vars(self.given()), why, press_key())


class PressForm(SpokenForm):
    """One button behind a link of a mail. What opens mails for people presses at once; a person reads first."""

    unsure = False

    def is_pressed(self) -> bool:
        """Whether a person pressed. Otherwise the page is shown again."""
        self.unsure = form_age() < SOON
        return bool(self.validate()) and not self.unsure

    def token(self, purpose: str) -> str:
        """The token of the page; shown again it is the same one, so that time goes on."""
        return request.form["form_token"] if self.unsure else form_token(purpose)


class FriendForm(PressForm):
    """The friend's answer: what to call them, for a yes."""

    name = StringField(
        _l("What shall we call you?"), [Optional(), Length(max=200, message=_l("A name has at most 200 characters."))]
    )

    def accept(self, referral: Referral) -> bool:
        """Whether they are in now. Otherwise the form says what is missing."""
        if not self.is_pressed():
            return False
        try:
            services.accept_referral(referral, plain_name(self.name.data or ""))
        except Invalid:
            self.name.errors = [_("Tell us what to call you.")]
        return not self.errors


class ReplyForm(Form):
    """Staff: an answer to a question, under their own name."""

    answer = TextAreaField(_l("Your answer"), [DataRequired(_l("Write an answer.")), _TOO_LONG])

    def accept(self, question: Question, by: User) -> bool:
        """Whether it stands on the page now."""
        if self.validate():
            try:
                services.answer_question(question, self.answer.data, by)
            except Invalid as error:
                self.answer.errors = [error.message]
        return not self.errors


class RemovalForm(Form):
    """Staff: why a question may not stay. Readers see both."""

    removal = RadioField(_l("Why it cannot stay"), [DataRequired(_l("Choose one of the two."))], choices=list(REMOVALS.items()))
    why = StringField(_l("In one sentence, for all readers"), [DataRequired(_l("Say why in one sentence.")), Length(max=300)])

    def accept(self, question: Question, by: User) -> bool:
        """Whether it is gone from the page now."""
        if not self.validate():
            return False
        services.remove(question, Removal(self.removal.data), self.why.data, by.id)
        return True
