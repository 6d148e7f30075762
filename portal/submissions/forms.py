"""What candidates type. Errors stand beside their field, and a robot's speed is seen here."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, EmailField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import security, tokens
from portal.content.queries import site
from portal.errors import Invalid
from portal.outreach.models import LandingLink
from portal.privacy.queries import address_key
from portal.security import PublicForm, form_age
from portal.submissions import services
from portal.submissions.models import Answer, DeclineReason
from portal.submissions.services import Given, Said
from portal.submissions.verdicts import Post, Ruling, count_links, is_work, judge

LONG = 10_000
TRAP = "website"
REASONS = {
    DeclineReason.TIMING: _l("I am content where I am"),
    DeclineReason.PAY: _l("The pay"),
    DeclineReason.PLACE: _l("The place, or the time away from home"),
    DeclineReason.ROLE: _l("The work is not what I do, or not any more"),
    DeclineReason.COMPANY: _l("You, or how you wrote to me"),
    DeclineReason.OTHER: _l("Something else"),
}
WAYS = {"mail": _l("In writing, by mail"), "phone": _l("Twenty minutes on the phone"), "visit": _l("I come and see it")}
_TOO_LONG = Length(max=LONG, message=_l("At most 10,000 characters fit here."))


def form_key() -> str:
    """The same press twice has the same key; the same form with other words, after going back, has another."""
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in {"work", "confirmed"})
    return tokens.digest(repr((request.path, fields)))


class SpokenForm(PublicForm):
    """A form that says itself what is wrong."""

    def put(self, error: Invalid) -> None:
        """Show what a service refused beside its field."""
        field = self[error.field] if error.field and error.field in self else next(iter(self))
        field.errors = [*field.errors, error.message]

    @property
    def status(self) -> int:
        """422 for a page that says what to mend."""
        return 422 if self.errors else 200


class AnswerForm(SpokenForm):
    """Interested, not now, or no."""

    answer = HiddenField()
    ask_on = DateField(_l("A day of your own"), [Optional()])
    reason = RadioField(
        _l("Or no, because …"), [Optional()], choices=list(REASONS.items()), description=_l("The one that weighs most.")
    )
    comment = TextAreaField(_l("In your words"), [Optional(), _TOO_LONG], description=_l("Whoever wrote to you reads it."))

    def validate_answer(self, field: HiddenField) -> None:
        """Only the three answers there are."""
        if field.data not in set(Answer):
            raise ValidationError(_("Choose one of the answers."))

    def accept(self, link: LandingLink) -> bool:
        """Whether the answer is taken. Otherwise the form says what is wrong."""
        if not self.validate():
            return False
        reason = DeclineReason(self.reason.data) if self.reason.data else None
        said = {"ask_on": self.ask_on.data, "reason": reason, "comment": self.comment.data or ""}
        try:
            services.respond(link, Answer(self.answer.data), form_key=form_key(), **said)
        except Invalid as error:
            self.put(error)
        return not self.errors


class GuardedForm(SpokenForm):
    """A form that anybody on the web can send, and so robots do. Name and address are asked only where no link says who it is."""

    stale = doubt = False
    kind = ""

    name = StringField(_l("What shall we call you?"), [Length(max=200, message=_l("A name has at most 200 characters."))])
    email = EmailField(
        _l("Your mail address"),
        [Length(max=254, message=_l("A mail address has at most 254 characters."))],
        description=_l("A private one is safer than the one at work."),
    )

    def accept(self, link: LandingLink | None) -> bool:
        """Whether the form is done with; a robot's looks so too. Otherwise it is shown again, with all that was typed."""
        if not self._is_whole(asks_who=link is None or link.candidate_id is None):
            return False
        ruling, why = self._ruling()
        if ruling is Ruling.ROBOT:
            services.keep_aside(self.kind, link, vars(self.given()), why)
        elif ruling is Ruling.PASS:
            self.give(link)
        self.stale, self.doubt = ruling is Ruling.STALE, ruling is Ruling.DOUBT
        return ruling in {Ruling.PASS, Ruling.ROBOT}

    def given(self) -> Given | Said:
        """As the service takes it."""
        raise NotImplementedError

    def give(self, link: LandingLink | None) -> None:
        """Hand it to the service."""
        raise NotImplementedError

    def _is_whole(self, asks_who: bool) -> bool:
        whole = bool(self.validate())
        return (self._check_who() and whole) if asks_who else whole

    def _check_who(self) -> bool:
        if not self.name.data:
            self.name.errors = [_("Tell us what to call you.")]
        try:
            address_key(self.email.data or "")
        except Invalid as error:
            self.email.errors = [error.message]
        return not (self.name.errors or self.email.errors)

    def _ruling(self) -> tuple[Ruling, str]:
        texts = [field.data for field in self if isinstance(field.data, str)]
        token = request.form.get("form_token", "")
        worked = is_work(token, request.form.get("work", ""))
        return judge(Post(request.form.get(TRAP, ""), form_age(), count_links(texts), worked, "confirmed" in request.form))


class InterestForm(GuardedForm):
    """What attracts somebody, what matters, when, how to reach them, and whether they may be kept."""

    kind = services.INTEREST

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
        self.matters.choices = [(criterion.key, criterion.label) for criterion in site().criteria]

    def given(self) -> Given:
        """As the service takes it."""
        reach_by = ": ".join(filter(None, [self.way.data or "", self.reach.data or ""]))
        return Given(
            attracts=self.attracts.data or "",
            matters=tuple(self.matters.data or ()),
            available=self.available.data or "",
            reach_by=reach_by,
            consent=bool(self.consent.data),
            name=self.name.data or "",
            email=self.email.data or "",
        )

    def give(self, link: LandingLink | None) -> None:
        """Keep it."""
        services.give_interest(link, self.given(), form_key())


class FeedbackForm(GuardedForm):
    """How somebody was treated."""

    kind = services.FEEDBACK

    score = RadioField(
        _l("Would you advise a friend to deal with us?"),
        [InputRequired(_l("Choose a number from 0 to 10."))],
        choices=[(str(number), str(number)) for number in range(11)],
        description=_l("From 0, never, to 10, at once."),
    )
    good = TextAreaField(_l("What was good?"), [Optional(), _TOO_LONG])
    bad = TextAreaField(_l("What was not?"), [Optional(), _TOO_LONG])
    given_by = RadioField(
        _l("Who gives this answer?"),
        [DataRequired(_l("Choose one of the two."))],
        choices=[("nobody", _l("Nobody: anonymous")), ("me", _l("Me, with my name"))],
        default="nobody",
    )

    @property
    def is_anonymous(self) -> bool:
        """Whether the person chose not to be known; in doubt they did."""
        return bool(self.given_by.data != "me")

    def _is_whole(self, asks_who: bool) -> bool:
        return super()._is_whole(asks_who and not self.is_anonymous)

    def given(self) -> Said:
        """As the service takes it."""
        who = {"name": "", "email": ""} if self.is_anonymous else {"name": self.name.data or "", "email": self.email.data or ""}
        texts = {"good": self.good.data or "", "bad": self.bad.data or ""}
        return Said(score=int(self.score.data), anonymous=self.is_anonymous, **texts, **who)

    def give(self, link: LandingLink | None) -> None:
        """Keep it; without a name the key knows nothing of what was said."""
        services.give_feedback(link, self.given(), security.form_key() if self.is_anonymous else form_key())
