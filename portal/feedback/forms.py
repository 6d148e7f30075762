"""What people type when they say how they were treated."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal import security
from portal.feedback import services
from portal.feedback.services import Said
from portal.guard import GuardedForm, form_key
from portal.outreach.models import LandingLink

LONG = 10_000
_TOO_LONG = Length(max=LONG, message=_l("At most 10,000 characters fit here."))


class FeedbackForm(GuardedForm):
    """How somebody was treated."""

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

    def is_whole(self, asks_who: bool) -> bool:
        return super().is_whole(asks_who and not self.is_anonymous)

    def given(self) -> Said:
        """As the service takes it."""
        who = {"name": "", "email": ""} if self.is_anonymous else {"name": self.name.data or "", "email": self.email.data or ""}
        texts = {"good": self.good.data or "", "bad": self.bad.data or ""}
        return Said(score=int(self.score.data), anonymous=self.is_anonymous, **texts, **who)

    def give(self, link: LandingLink | None) -> None:
        """Keep it; without a name the key knows nothing of what was said."""
        services.give_feedback(link, self.given(), security.form_key() if self.is_anonymous else form_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(link, self.given(), why)
