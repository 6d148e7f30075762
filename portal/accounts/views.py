"""The way in: sign-in (Flask-Security, on our forms, templates and addresses) and the pages of an invitation."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import qrcode
from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from flask_security import Security, Totp, WebauthnUtil, login_user, user_authenticated
from flask_security.recovery_codes import mf_recovery
from flask_security.views import change_password, login, two_factor_token_validation, verify
from qrcode.image.svg import SvgPathFillImage
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationRequirement

from portal import clock, security
from portal.accounts import forms, queries, services
from portal.accounts.permissions import staff
from portal.errors import Invalid

accounts = Blueprint("accounts", __name__)

FORMS: dict[str, Any] = {
    "login_form": forms.SignInForm,
    "verify_form": forms.AgainForm,
    "two_factor_verify_code_form": forms.CodeForm,
    "mf_recovery_form": forms.RecoveryForm,
    "change_password_form": forms.PasswordForm,
    "wan_register_form": forms.PasskeyForm,
}
# Views that check a secret which could be guessed.
GUESSABLE = {
    "login": security.slow_guessing(login),
    "verify": security.slow_guessing(verify),
    "change_password": security.slow_guessing(change_password),
    "two_factor_token_validation": security.slow_guessing(two_factor_token_validation),
    "mf_recovery": security.slow_guessing(mf_recovery),
}
# Views that write; the two that check a password first do so before they take the lock of the database.
WRITING = ("two_factor_setup_validate", "mf_recovery", "mf_recovery_codes", "wan_register", "wan_register_response", "wan_delete",
           "wan_signin_response", "wan_verify_response")  # fmt: skip
# Doors of Flask-Security that we do not use: mail to a helper, and the choice between two second steps.
CLOSED = frozenset({"security.two_factor_rescue", "security.tf_select"})


class Codes(Totp):
    """Codes from an app; the picture of the key has a white ground, since it is read in the dark too."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The picture, as an address with its content."""
        picture = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathFillImage)
        return f"data:image/svg+xml;base64,{base64.b64encode(picture.to_string()).decode()}"

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Whether it is the code; somebody who looked over the shoulder cannot sign in with it once more."""
        right = bool(super().verify_totp(token, totp_secret, user, window))
        return right and (current_user.is_authenticated or security.is_first_use("code", str(user.id), g.code_counter))

    def set_last_counter(self, user: Any, tmatch: Any) -> None:  # noqa: ARG002
        """Note which code it was: the number of its half minute."""
        g.code_counter = str(tmatch.counter)


class Passkeys(WebauthnUtil):
    """A passkey is kept on the device and asks for finger, face or PIN, so that it is the whole sign-in."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        """Any device will do, the laptop itself included."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        """Always."""
        return UserVerificationRequirement.REQUIRED


def init_app(app: Flask) -> None:
    """Install sign-in and the pages of invitations."""
    app.config.update(_configuration(app.config["SECRET_KEY"], app.config["SESSION_COOKIE_SECURE"]))
    extension = Security(app, services.datastore, webauthn_util_cls=Passkeys, totp_cls=Codes, **FORMS)
    extension.want_json(lambda _request: False)
    extension.unauthn_handler(_ask_to_sign_in)
    extension.login_manager.unauthorized_callback = _ask_to_sign_in
    extension.login_manager.request_loader(lambda _request: None)  # sessions only, no tokens in headers
    for name, view in GUESSABLE.items():
        app.view_functions[f"security.{name}"] = view
    for name in WRITING:
        app.view_functions[f"security.{name}"] = _as_one_change(app.view_functions[f"security.{name}"])
    app.before_request_funcs.setdefault("security", []).append(_keep_off)
    user_authenticated.connect(_begin_session, app)
    app.register_blueprint(accounts)


@accounts.get("/welcome/<token>")
def welcome(token: str) -> ResponseReturnValue:
    """What an invitation opens."""
    invitation = queries.get_invitation(token)
    return render_template("accounts/welcome.html", form=forms.WelcomeForm(email=invitation.email), invitation=invitation)


@accounts.post("/welcome/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Make the account and sign in."""
    invitation, form = queries.get_invitation(token), forms.WelcomeForm()
    if form.validate():
        try:
            user = services.accept(token, form.email.data, form.password.data, form.full_name.data, form.title.data or "")
            login_user(user, authn_via=["invitation"])
            return redirect(url_for("accounts.safety"))
        except Invalid as error:
            form[error.field or "email"].errors = [error.message]
    return render_template("accounts/welcome.html", form=form, invitation=invitation), 422


@accounts.get("/account/safety")
@login_required
def safety() -> ResponseReturnValue:
    """Offer a passkey, codes from an app, or neither for now."""
    return render_template("accounts/safety.html", user=staff())


def _ask_to_sign_in(mechanisms: Any = None, headers: Any = None) -> Any:  # noqa: ARG001
    """To the sign-in page and, after a GET, back again; what a post carried is not kept."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back), 303)


def _keep_off() -> ResponseReturnValue | None:
    """Close unused doors, refuse to send anybody elsewhere afterwards, and never sign out by a GET."""
    if request.endpoint in CLOSED:
        abort(404)
    for target in (*request.args.getlist("next"), *request.form.getlist("next")):
        security.check_own_path(target)
    if request.endpoint == "security.two_factor_token_validation" and current_user.is_authenticated:
        return redirect(url_for("console.home"))
    return None


def _as_one_change(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if request.method in security.SAFE_METHODS:
            return view(*args, **kwargs)
        return services.as_one_change(view, *args, **kwargs)

    return wrapped


def _begin_session(_app: Flask, **_details: Any) -> None:
    session.permanent = True


def _configuration(secret: str, https: bool) -> dict[str, Any]:
    return {
        **_ADDRESSES,
        **_FEATURES,
        **{f"SECURITY_MSG_{name}": said for name, said in forms.MESSAGES.items()},
        "SECURITY_TOTP_SECRETS": {"1": _key(secret, "authenticator")},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_key(secret, "recovery codes").encode()],
        "SECURITY_PASSWORD_SALT": _key(secret, "password"),
        "REMEMBER_COOKIE_SECURE": https,
    }


def _key(secret: str, purpose: str) -> str:
    """A key of its own for each purpose, derived from the one of the installation."""
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), f"portal.{purpose}".encode(), hashlib.sha256)).decode()


_ADDRESSES = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_VERIFY_URL": "/sign-in/again",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
    "SECURITY_WAN_VERIFY_URL": "/sign-in/again-with-passkey",
    "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/help",
    "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/second-step",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
    "SECURITY_WAN_DELETE_URL": "/account/passkeys/removals",
    "SECURITY_POST_LOGIN_VIEW": "/console",
    "SECURITY_POST_VERIFY_VIEW": "/console",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_POST_CHANGE_VIEW": "/console/accounts/profile",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/recovery-codes",
    "SECURITY_WAN_POST_REGISTER_VIEW": "/account/passkeys",
    "SECURITY_STATIC_FOLDER": None,
}
_FEATURES = {
    "SECURITY_DATETIME_FACTORY": clock.now,
    "SECURITY_CACHE_CONTROL": None,  # portal.security says no-store, and says it right
    "SECURITY_CHANGEABLE": True,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_IMPLEMENTATIONS": {"code": "flask_security.twofactor.CodeTfPlugin"},
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TOTP_ISSUER": "Overture",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_RP_NAME": "Overture",
    "SECURITY_WAN_ALLOW_USER_HINTS": False,
    "SECURITY_WAN_ALLOW_AS_VERIFY": ["first"],
    "SECURITY_WAN_SIGNIN_WITHIN": timedelta(minutes=5),
    "SECURITY_FRESHNESS": timedelta(hours=2),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself; a new SECRET_KEY does not lock everybody out
    "SECURITY_PASSWORD_LENGTH_MIN": services.PASSWORD_LENGTH,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    # A session lasts a week from signing in; the cookie is written then and not with every page.
    "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
    "SESSION_REFRESH_EACH_REQUEST": False,
    "SESSION_PROTECTION": None,  # telephones change their address; delicate pages ask for the password by time instead
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_DURATION": timedelta(days=1),
}
