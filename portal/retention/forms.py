"""What staff type about rules of retention, legal holds and the audit trail."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.accounts.queries import list_users
from portal.privacy.models import Action, Basis
from portal.privacy.queries.trail import TrailFilters
from portal.security import Form

BASES = {Basis.LEGITIMATE_INTEREST: _l("Legitimate interest"), Basis.CONSENT: _l("Consent")}
ACTIONS = {
    Action.SAW: _l("Looked"),
    Action.ADDED: _l("Added"),
    Action.CHANGED: _l("Changed"),
    Action.EXPORTED: _l("Exported"),
    Action.IMPORTED: _l("Imported"),
    Action.MERGED: _l("Merged"),
    Action.SENT: _l("Sent"),
    Action.HELD: _l("Legal hold"),
    Action.ERASED: _l("Erased"),
    Action.RENEWED: _l("Renewed"),
    Action.RULES_CHANGED: _l("Changed a rule"),
    Action.SIGNED_IN: _l("Signed in"),
    Action.RESTORED: _l("Backup restored"),
}


class RuleForm(Form):
    """For how long people of a country are kept."""

    country = StringField(
        _l("Country"),
        [Length(max=200)],
        description=_l(
            "As at the end of a candidate’s place, with other spellings: “Germany, Deutschland, DE”. Empty: all others."
        ),
    )
    basis = SelectField(
        _l("On the ground of"), [InputRequired()], choices=[(basis.value, label) for basis, label in BASES.items()]
    )
    months = IntegerField(
        _l("Months after the last contact"),
        [InputRequired(_l("Say how many months.")), NumberRange(1, 120, _l("Between 1 and 120 months."))],
    )


class HoldForm(Form):
    """Keep although a rule would delete."""

    reason = TextAreaField(
        _l("Which duty or dispute"),
        [DataRequired(_l("Say which duty or dispute it is for.")), Length(max=500)],
        description=_l("The person can read it."),
    )
    until = DateField(
        _l("Until"), [Optional()], description=_l("From that day the rules count again. Empty: until somebody ends it.")
    )


class EraseForm(Form):
    """Nothing to type: the page says what it does."""


class TrailForm(Form):
    """What to look for in the audit trail."""

    class Meta(Form.Meta):
        csrf = False

    action = SelectField(_l("What"), choices=[("", _l("Everything")), *((one.value, label) for one, label in ACTIONS.items())])
    actor_id = SelectField(_l("Who"), coerce=lambda value: int(value or 0), choices=[])
    on = DateField(_l("On the day"), [Optional()])
    candidate_id = IntegerField(_l("Candidate number"), [Optional()])

    def __init__(self, arguments: Any) -> None:
        super().__init__(arguments)
        self.actor_id.choices = [(0, _l("Everybody")), *((user.id, user.full_name or user.email) for user in list_users())]

    def filters(self, before: int | None) -> TrailFilters:
        """What was chosen; nonsense in the address counts as nothing."""
        action = next((one for one in Action if one.value == self.action.data), None)
        return TrailFilters(action, self.actor_id.data or None, self.candidate_id.data, self.on.data, before)
