"""The one blueprint of the own page and its guard: closed to everybody whose cookie does not say otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.errors import Refused
from portal.security import SAFE_METHODS, personal
from portal.selfservice.front import door, holdings

View = TypeVar("View", bound=Callable[..., Any])

selfservice = Blueprint("selfservice", __name__, url_prefix=door.PATH)
selfservice.after_request(personal)
selfservice.after_request(door.keep_cookie)
selfservice.add_app_template_global(door.own_form_token, "own_form_token")
selfservice.add_app_template_filter(holdings.shown, "fact")


def open_to_all(view: View) -> View:
    """Tag one of the few pages that need no stay; all others turn strangers away."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


@selfservice.before_request
def guard() -> ResponseReturnValue | None:
    """Strangers are led to where a fresh link is asked for; a form counts only with the stay that it was made for."""
    door.speak_their_language()
    is_open = hasattr(current_app.view_functions[request.endpoint or ""], "open_to_all")
    if not is_open and door.find_reader() is None:
        return redirect(url_for("selfservice.show"), 303)
    if request.method not in SAFE_METHODS and not (door.is_open_form() if is_open else door.is_own_form()):
        raise Refused(_("This form was not made for this page. Go back, reload the page and send it again."))
    return None
