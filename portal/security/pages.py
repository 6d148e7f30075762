"""Pages of errors: one sentence for the reader, one line in the log, nothing of the machine."""

import logging
import secrets
from http import HTTPStatus

from flask import current_app, g, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException

from portal.errors import PortalError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def request_id() -> str:
    """Made when first asked for: some requests are refused before any of our hooks runs."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def portal_error(error: PortalError) -> ResponseReturnValue:
    """A refusal of our own, with its sentence."""
    if error.status == HTTPStatus.NOT_FOUND and (methods := _other_methods()):
        return *_page(HTTPStatus.METHOD_NOT_ALLOWED, ""), {"Allow": ", ".join(sorted(methods))}
    return _page(error.status, error.message)


def _other_methods() -> set[str]:
    """What an address takes that only the pages' catch-all answered to, since a GET to a place for posts ends there."""
    if request.url_rule is None or request.url_rule.rule != "/<path:path>" or request_ctx.url_adapter is None:
        return set()
    return set(request_ctx.url_adapter.allowed_methods()) - SAFE_METHODS


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses; redirects pass."""
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


def unexpected_error(error: Exception) -> ResponseReturnValue:
    """A fault of ours: the cause goes into the log only."""
    logging.getLogger("portal.errors").error("request.failed", exc_info=error, extra={"request_id": request_id()})
    return _page(HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, OperationalError) else HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _page(status: int, message: str) -> tuple[str, int]:
    status, name = int(status), request_id()
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
