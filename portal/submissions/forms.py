"""What candidates type. Errors stand beside their field, and a robot's speed is seen here."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.content.queries import site
from portal.errors import Invalid
from portal.guard import GuardedForm, SpokenForm, form_key
from portal.outreach.models import LandingLink
from portal.submissions import services
from portal.submissions.models import Answer, DeclineReason
from portal.submissions.services import Given

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
_TOO_LONG = Length(max=LONG, message=_l("At most 10,000 characters fit here."))


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


class InterestForm(GuardedForm):
    """What attracts somebody, what matters, when, how to reach them, and whether they may be kept."""

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

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.INTEREST, link, vars(self.given()), why)
