"""Staff pages: what is on the site, who answers for it, and what is wrong with it."""

from collections import defaultdict

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.content import queries, services
from portal.content.models import Problem

content = Blueprint("content", __name__, url_prefix="/pages")


@content.get("")
@requires(Right.SEE_PAGES)
def index() -> ResponseReturnValue:
    """All pages, and everything that is wrong with the content folder."""
    problems = services.check()
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.path].append(problem)
    return render_template("console/content/index.html", pages=queries.list_pages(), problems=problems, by_file=by_file)
