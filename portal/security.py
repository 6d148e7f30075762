"""What every answer carries and every request must pass: headers, request id, hosts, forged posts, error pages.

Two ways to prove that a post comes from our own page. Staff have a session, so Flask-WTF's token guards it. Candidates have no
cookie at all; their forms carry a signed, dated token with a random part (`form_token`), which also tells a double press from a
second answer and a robot's speed from a person's.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app, g, request, session
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response
from wtforms import Field, FieldList, PasswordField

from portal import tokens
from portal.errors import NotFound, PortalError
from portal.extensions import csrf, limiter

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Blueprints for people without an account: their forms carry `form_token` instead of a session's token.
PUBLIC_BLUEPRINTS = frozenset({"outreach", "submissions", "feedback", "mailings"})
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
LARGEST_NUMBER = 2**31 - 1  # of a row; more than that one database refuses and the other cannot even be asked
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form(FlaskForm):
    """Base of all forms: control characters, which no database keeps and no person types, are dropped; ends are trimmed."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Give each field but passwords the cleaning filter, before its own."""
            if issubclass(unbound_field.field_class, PasswordField | FieldList):
                return super().bind_field(form, unbound_field, options)
            filters = [clean, *unbound_field.kwargs.get("filters", ())]
            return super().bind_field(form, unbound_field, {**options, "filters": filters})


class PublicForm(Form):
    """Base of candidates' forms: no cookie; the guard below has looked at `form_token` already."""

    class Meta(Form.Meta):
        csrf = False


def clean(value: Any) -> Any:
    """Text without control characters and outer blanks; anything else as it is."""
    return _CONTROL.sub("", value).strip() if type(value) is str else value


def row_number(text: str) -> int:
    """The number of a row as an address or a form names it, for `get(…, type=row_number)`; ValueError when no row can have it."""
    if not 0 <= (number := int(text)) <= LARGEST_NUMBER:
        raise ValueError(text)
    return number


def form_token(purpose: str) -> str:
    """A fresh token for a candidate's form: `<input type="hidden" name="form_token" value="{{ form_token('responses') }}">`."""
    return tokens.sign("form", [purpose, secrets.token_hex(12), int(time.time() * 1000)])


def form_key() -> str:
    """The digest of the token of the form being sent: the same press twice has the same key."""
    return tokens.digest(request.form.get("form_token", ""))


def form_age() -> float:
    """Seconds between showing and sending the present form, by this machine's clock."""
    made: list[Any] = tokens.unsign("form", request.form.get("form_token", ""))
    return time.time() - float(made[2]) / 1000


def without_form_token(why: str) -> Callable[[View], View]:
    """Decorator of the few public posts that need no form token; `why` is shown by the test that lists them."""

    def mark(view: View) -> View:
        view.without_form_token = why  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(size: int) -> Callable[[View], View]:
    """Tag a view that takes uploads: its requests may have so many bytes instead of the usual limit."""

    def mark(view: View) -> View:
        view.max_content_length = size  # type: ignore[attr-defined]
        return view

    return mark


def limit_posts(rate: str) -> Callable[[View], View]:
    """Let through so many posts from one network address, `60 per minute` say; whoever sends more waits."""

    def limit(view: View) -> View:
        return limiter.limit(rate, methods=["POST"])(view)  # type: ignore[return-value]

    return limit


def slow_guessing(view: View) -> View:
    """Let wrong tries of a secret through at a person's speed only: per account, and per address they come from."""
    by_account = limiter.limit("10 per 15 minutes", key_func=_who, methods=["POST"], deduct_when=_was_wrong)
    by_address = limiter.limit("40 per 15 minutes", methods=["POST"], deduct_when=_was_wrong)
    return cast(View, by_address(by_account(view)))


def is_first_use(*what: str) -> bool:
    """Whether something that works once, a code of half a minute say, is used for the first time in ten minutes."""
    return bool(limiter.storage.incr("used/" + tokens.digest(repr(what)), 600) == 1)


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
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)
    app.add_template_global(form_token, "form_token")


def _who() -> str:
    """Whose secret is being tried, as a digest: the address typed, the account half-way in, or who is signed in."""
    known = session.get("_user_id") or session.get("tf_user_id") or _one_spelling(request.form.get("email", ""))
    return tokens.digest(str(known))


def _one_spelling(email: str) -> str:
    """An address as the sign-in will look for it: otherwise each spelling of a domain would have tries of its own."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return email.strip().lower()


def _was_wrong(response: Response) -> bool:
    return response.status_code == HTTPStatus.OK


def _begin() -> None:
    g.started = time.perf_counter()


def _request_id() -> str:
    """Made when first asked for: some requests are refused before any of our hooks runs."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


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
        _check_form_token(request.form.get("form_token", ""))
    else:
        csrf.protect()


def _check_form_token(token: str) -> None:
    try:
        tokens.unsign("form", token)
    except NotFound:
        raise BadRequest(_("This form did not come from our page. Go back, reload the page and send it again.")) from None


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["X-Request-ID"] = _request_id()
    if request.blueprint and request.blueprint.startswith(("console", "accounts", "security")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _portal_error(error: PortalError) -> ResponseReturnValue:
    if error.status == HTTPStatus.NOT_FOUND and (methods := _other_methods()):
        return *_page(HTTPStatus.METHOD_NOT_ALLOWED, ""), {"Allow": ", ".join(sorted(methods))}
    return _page(error.status, error.message)


def _other_methods() -> set[str]:
    """What an address takes that only the pages' catch-all answered to, since a GET to a place for posts ends there."""
    if request.url_rule is None or request.url_rule.rule != "/<path:path>" or request_ctx.url_adapter is None:
        return set()
    return set(request_ctx.url_adapter.allowed_methods()) - SAFE_METHODS


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < HTTPStatus.BAD_REQUEST:
        return error
    response = current_app.make_response(_page(error.code or 500, _explain(error)))
    response.headers.extend([pair for pair in error.get_headers() if pair[0] in {"Allow", "Retry-After"}])
    return response


def _explain(error: HTTPException) -> str:
    """What we say beyond the status: our own sentences only, since others may repeat what a stranger sent."""
    if isinstance(error, CSRFError):
        return str(
            _("You were signed out meanwhile, or this form is too old. Sign in in another tab, come back and send it again.")
        )
    return str(error.description) if type(error) is BadRequest and error.description != BadRequest.description else ""


def _unexpected_error(error: Exception) -> ResponseReturnValue:
    logging.getLogger("portal.errors").error("request.failed", exc_info=error, extra={"request_id": _request_id()})
    return _page(HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, OperationalError) else HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _page(status: int, message: str) -> tuple[str, int]:
    status, name = int(status), _request_id()
    logging.getLogger("portal.errors").info("request.refused", extra={"status": status, "request_id": name})
    if request_ctx.url_adapter is None:  # a foreign Host header: addresses on the page must not need one
        request_ctx.url_adapter = current_app.url_map.bind("")
    try:
        # Not render_template: it would ask the database who is signed in, and the database may be what is broken.
        page = current_app.jinja_env.get_template("errors/error.html")
        return page.render(status=status, message=message, request_id=name), status
    except Exception as error:  # whatever is broken, the reader gets a page
        logging.getLogger("portal.errors").error("error_page.failed", exc_info=error, extra={"request_id": name})
        return _BARE_PAGE.format(request_id=name), status


# Needs nothing: no database, no template, no language.
_BARE_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Something broke on our side</title></head>'
    "<body><main><h1>Something broke on our side</h1><p>It is written down, and we look at it. Try again in a few minutes.</p>"
    "<p>If you write to us about this, name it: {request_id}</p></main></body></html>\n"
)
