"""What people press behind the links of our mails."""

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, Optional

from portal.errors import Invalid
from portal.guard import SOON, SpokenForm
from portal.security import form_age, form_token
from portal.submissions import services
from portal.submissions.models import Referral
from portal.submissions.verdicts import plain_name


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
