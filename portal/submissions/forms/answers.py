"""The answers behind a personal link."""

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from portal.errors import Invalid
from portal.guard import SpokenForm, form_key
from portal.outreach.models import LandingLink
from portal.security import form_age, form_purpose, form_token
from portal.submissions import front, services
from portal.submissions.models import REASONS, Answer, DeclineReason
from portal.submissions.queries import is_read
from portal.submissions.verdicts import Press, is_person

LONG = 10_000
TOO_LONG = Length(max=LONG, message=_l("At most 10,000 characters fit here."))
CHOICE = "choice"  # purpose of the form on a page that asks which answer it is


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
    comment = TextAreaField(_l("In your words"), [Optional(), TOO_LONG], description=_l("Whoever wrote to you reads it."))
    would_change = TextAreaField(_l("What would change my mind"), [Optional(), TOO_LONG])

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
