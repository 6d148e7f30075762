"""Writing down which member of staff saw, changed or exported whom: at one place, for every page behind the staff door."""

from typing import Any

from flask import Response, g, request
from flask_login import user_logged_in

from portal.accounts.permissions import staff
from portal.console import queries
from portal.privacy import services as privacy
from portal.privacy.models import Action


def look() -> None:
    """Find out whom the page is about before it is drawn; afterwards the row may be gone."""
    g.whom = queries.whose(request.view_args or {})


def write_down(response: Response) -> Response:
    """One line for each page about a person that was shown or each change that was made, and for every file that leaves."""
    leaves = response.headers.get("Content-Disposition", "").startswith("attachment")
    if response.status_code >= 400:
        return response
    action = Action.EXPORTED if leaves else Action.SAW if request.method in {"GET", "HEAD"} else Action.CHANGED
    for whom in g.get("whom") or ([None] if leaves else []):
        privacy.audit(action, candidate_id=whom, actor_id=staff().id, page=request.endpoint)
    return response


def signed_in(_app: Any, user: Any) -> None:
    """Somebody of the staff came in."""
    privacy.audit(Action.SIGNED_IN, actor_id=user.id)


user_logged_in.connect(signed_in)
