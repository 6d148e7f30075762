"""What every answer carries and every request must pass: headers, request id, hosts, forged posts, error pages.

Two ways to prove that a post comes from our own page. Staff have a session, so Flask-WTF's token guards it. Candidates have no
cookie at all; their forms carry a signed, dated token with a random part (`form_token`), which also tells a double press from a
second answer and a robot's speed from a person's.
"""

import re
import time
from collections.abc import Iterable

from flask import Flask, current_app, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from portal import tokens
from portal.errors import NotFound, PortalError
from portal.extensions import csrf
from portal.security.forms import (
    LARGEST_NUMBER,
    Form,
    PublicForm,
    clean,
    form_age,
    form_key,
    form_purpose,
    form_token,
    purposes_of,
    row_number,
    takes_files,
    takes_form,
    without_form_token,
)
from portal.security.limits import count_use, how_often, is_first_use, limit_posts, network, slow_guessing
from portal.security.pages import SAFE_METHODS, http_error, portal_error, request_id, unexpected_error

__all__ = [
    "HEADERS",
    "SAFE_METHODS",
    "Form",
    "PublicForm",
    "check_own_path",
    "clean",
    "count_use",
    "form_age",
    "form_key",
    "form_purpose",
    "form_token",
    "how_often",
    "init_app",
    "is_first_use",
    "limit_posts",
    "network",
    "personal",
    "row_number",
    "slow_guessing",
    "takes_files",
    "takes_form",
    "without_form_token",
]

# Blueprints for people without an account: their forms carry `form_token` instead of a session's token.
PUBLIC_BLUEPRINTS = frozenset({"outreach", "submissions", "feedback", "events", "hiring", "mailings", "selfservice", "retention"})
# Their guard of their own asks what the token was made for: it is bound to the person who is signed in there.
BOUND_BLUEPRINTS = frozenset({"selfservice"})
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Pages made for one person: never kept, never indexed, and their address never told to another site.
PERSONAL_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def check_own_path(target: str) -> None:
    """BadRequest unless `target` is a path of this site: no other host, no line break, no backslash that browsers mend."""
    if target and not _OWN_PATH.fullmatch(target):
        raise BadRequest(_("The address to go on to is not one of ours."))


def personal(response: Response) -> Response:
    """Mark an answer as made for one person; use as `blueprint.after_request`."""
    response.headers.update(PERSONAL_HEADERS)
    return response


def init_app(app: Flask, trusted_hosts: Iterable[str]) -> None:
    """Install guards, headers and error pages."""
    app.config["TRUSTED_HOSTS"] = [*trusted_hosts]
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a form may be open as long as its session
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the sign-in pages send no Referer; the token and SameSite do the work
    app.before_request(_begin)
    app.before_request(_refuse_unstorable)
    app.before_request(_refuse_forged_posts)
    app.after_request(_finish)
    app.register_error_handler(PortalError, portal_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)
    app.add_template_global(form_token, "form_token")


def _begin() -> None:
    g.started = time.perf_counter()


def _refuse_unstorable() -> None:
    """A zero byte in an address or query, or a number beyond all rows, no database takes (form fields are cleaned instead)."""
    if "\x00" in request.path or any("\x00" in value for _name, value in request.args.items(multi=True)):
        raise BadRequest(_("The address holds a character that cannot be used."))
    if request.blueprint == "security" and any("\x00" in value for value in request.form.values()):
        raise BadRequest(_("The form holds a character that cannot be used."))
    if any(isinstance(value, int) and value > LARGEST_NUMBER for value in (request.view_args or {}).values()):
        raise NotFound(_("There is nothing at this address."))


def _refuse_forged_posts() -> None:
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    request.max_content_length = getattr(view, "max_content_length", request.max_content_length)
    if hasattr(view, "without_form_token"):
        return
    if request.blueprint in PUBLIC_BLUEPRINTS:
        _check_form_token(request.form.get("form_token", ""), purposes_of(view, request.endpoint))
    else:
        csrf.protect()


def _check_form_token(token: str, purposes: frozenset[str]) -> None:
    try:
        made_for = tokens.unsign("form", token)[0]
    except NotFound:
        made_for = None
    bound = request.blueprint in BOUND_BLUEPRINTS and made_for is not None
    if made_for not in purposes and not bound:
        raise BadRequest(_("This form did not come from our page. Go back, reload the page and send it again."))


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["X-Request-ID"] = request_id()
    if request.blueprint and request.blueprint.startswith(("console", "accounts", "security")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
