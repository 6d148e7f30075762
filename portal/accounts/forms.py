"""What staff type: to get in, to be invited, to change what is known about them. Flask-Security's forms get our words."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_security import ChangePasswordForm, LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnRegisterForm
from wtforms import EmailField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.models import RoleName
from portal.accounts.services import PASSWORD_LENGTH, PASSWORD_LENGTH_MOST
from portal.security import Form

ROLES = {
    RoleName.ADMINISTRATOR: (_l("Administrator"), _l("everything, and who may come in")),
    RoleName.RECRUITER: (_l("Recruiter"), _l("candidates, campaigns, mailings, numbers")),
    RoleName.EDITOR: (_l("Editor"), _l("the pages of the company site")),
    RoleName.ANALYST: (_l("Analyst"), _l("the numbers, no names")),
}
# What Flask-Security says, in our words: the sentence, and how it is shown.
MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_l("Address and password do not belong together. Look at both and try again."), "error"),
    "INVALID_PASSWORD": (_l("This is not your password."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Type your password."), "error"),
    "PASSWORD_IS_THE_SAME": (_l("This is the password you have. Choose another one."), "error"),
    "PASSWORD_INVALID_LENGTH": (_l("Use %(length)s characters or more."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two are not the same."), "error"),
    "PASSWORD_CHANGE": (_l("Your password is changed, and you are signed out everywhere else."), "good"),
    "EMAIL_NOT_PROVIDED": (_l("Type your work address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("This is not an e-mail address."), "error"),
    "REAUTHENTICATION_REQUIRED": (_l("You signed in a while ago."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you."), "good"),
    "TWO_FACTOR_INVALID_TOKEN": (_l("This is not the code that the app shows now."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are in."), "good"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("From now on we ask for a code after your password."), "good"),
    "TWO_FACTOR_DISABLED": (_l("We no longer ask for codes."), "good"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("Start again with your password."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("That took longer than %(within)s. Start again."), "error"),
    "INVALID_RECOVERY_CODE": (_l("This is not one of your codes, or it was used before."), "error"),
    "API_ERROR": (_l("That did not arrive whole. Try again."), "error"),
    "WEBAUTHN_EXPIRED": (_l("That took longer than %(within)s. Try again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (_l("Give it a name, so that you know it again."), "error"),
    "WEBAUTHN_NAME_INUSE": (_l("You have a passkey called %(name)s already."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (_l("You have no passkey called %(name)s."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (_l("The passkey %(name)s no longer opens the console."), "good"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (_l("From now on the passkey %(name)s opens the console."), "good"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (_l("This passkey is kept already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_l("We do not know this passkey. Use your password and make a new one."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_l("This passkey belongs to somebody else."), "error"),
    "WEBAUTHN_NO_VERIFY": (_l("This passkey could not be checked. Try again."), "error"),
}
_NAMES = [SelectChoice(role.value, label) for role, (label, _note) in ROLES.items()]
_TOO_LONG = _l("This is longer than we can keep.")


class ProfileForm(Form):
    """Name and title, as colleagues and candidates read them."""

    full_name = StringField(
        _l("Your name"),
        [InputRequired(_l("Say who you are.")), Length(max=200, message=_TOO_LONG)],
        description=_l("As it stands beneath your mails"),
    )
    title = StringField(
        _l("What you do"),
        [Optional(), Length(max=200, message=_TOO_LONG)],
        description=_l("For instance: leads the workshop in hall 2"),
    )


class WelcomeForm(ProfileForm):
    """Makes an account out of an invitation."""

    email = EmailField(
        _l("Work address"),
        [InputRequired(_l("We need an address to sign you in.")), Length(max=254, message=_TOO_LONG)],
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Choose a password.")),
            Length(PASSWORD_LENGTH, PASSWORD_LENGTH_MOST, _l("Use 12 characters or more.")),
        ],
        description=_l("12 characters or more. Three or four odd words are good"),
    )


class InvitationForm(Form):
    """Invites a colleague."""

    email = EmailField(
        _l("Work address"),
        [Optional(), Length(max=254, message=_TOO_LONG)],
        description=_l("Fills the form in for them; you may leave it out"),
    )
    role = RadioField(_l("They may see and change"), [InputRequired(_l("Choose what they may do."))], choices=_NAMES)


class RoleForm(Form):
    """Changes what a colleague may do."""

    role = SelectField(_l("Role"), [InputRequired()], choices=_NAMES)


class _Worded:
    """Puts our labels in place of Flask-Security's."""

    words: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.words.items():
            getattr(self, name).label.text = text


class SignInForm(_Worded, LoginForm):
    """Address and password; no "remember me", a session lasts a week."""

    remember = None
    words = {"email": _l("Work address"), "password": _l("Password")}


class AgainForm(_Worded, VerifyForm):
    """Asks for the password again before something delicate."""

    words = {"password": _l("Password")}


class CodeForm(_Worded, TwoFactorVerifyCodeForm):
    """The six digits of an authenticator app."""

    words = {"code": _l("Code from your app")}


class RecoveryForm(_Worded, MfRecoveryForm):
    """One of the printed codes."""

    words = {"code": _l("Recovery code")}


class PasswordForm(_Worded, ChangePasswordForm):
    """The old password and the new one."""

    words = {
        "password": _l("Password until now"),
        "new_password": _l("New password"),
        "new_password_confirm": _l("New password again"),
    }


class PasskeyForm(_Worded, WebAuthnRegisterForm):
    """Names a new passkey, which then opens the console by itself."""

    words = {"name": _l("A name for it")}

    def validate(self, **kwargs: Any) -> bool:
        """A passkey is the whole sign-in here, never only a second step."""
        self.usage.data = "first"
        return bool(super().validate(**kwargs))
