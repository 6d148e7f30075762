"""Staff pages: what is on the site, who answers for it, and what is wrong with it."""

from collections import defaultdict

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.accounts.permissions import Right, requires
from portal.content import queries, services
from portal.content.models import PageState, Problem

content = Blueprint("content", __name__, url_prefix="/pages")

STATES = {
    PageState.DRAFT: _l("Draft"),
    PageState.PLANNED: _l("Planned"),
    PageState.ENDED: _l("Over"),
}


@content.get("")
@requires(Right.SEE_PAGES)
def index() -> ResponseReturnValue:
    """All pages, and everything that is wrong with the content folder."""
    problems = services.check()
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.path].append(problem)
    pages = {"pages": queries.list_pages(), "resting": queries.list_resting(), "preview_token": queries.preview_token}
    return render_template("console/content/index.html", problems=problems, by_file=by_file, states=STATES, **pages)
