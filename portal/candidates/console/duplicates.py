"""Staff pages of people who may be one: the list, two side by side, merging them, taking that back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.candidates import queries, services
from portal.candidates.console.people import candidates
from portal.candidates.forms import MergeForm, PairForm
from portal.errors import Conflict
from portal.security import row_number

PAIRS_A_PAGE = 25


@candidates.route("/duplicates", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def duplicates() -> ResponseReturnValue:
    """Who may be here twice, and what was merged lately. Two whom nothing found are named by hand."""
    known = queries.find_candidate(request.args.get("one", 0, type=row_number))
    form = PairForm(data={"one": (known.email or str(known.id)) if known else ""})
    if form.validate_on_submit():
        one, other = form.numbers()
        return redirect(url_for(".show_duplicate", duplicate_id=services.pair_up(one, other).id))
    page = max(request.args.get("page", 1, type=row_number), 1)
    return render_template(
        "console/candidates/duplicates.html",
        form=form,
        pairs=queries.list_duplicates(page, PAIRS_A_PAGE),
        total=queries.count_duplicates(),
        merges=queries.list_merges(),
        page=page,
        size=PAIRS_A_PAGE,
    ), 422 if form.errors else 200


@candidates.get("/duplicates/<int:duplicate_id>")
@requires(Right.EDIT_CANDIDATES)
def show_duplicate(duplicate_id: int) -> ResponseReturnValue:
    """Two people side by side, field by field."""
    pair = queries.get_duplicate(duplicate_id)
    form = MergeForm(pair.first, pair.second)
    return render_template("console/candidates/duplicate.html", pair=pair, form=form)


@candidates.post("/duplicates/<int:duplicate_id>/merges")
@requires(Right.EDIT_CANDIDATES)
def merge(duplicate_id: int) -> ResponseReturnValue:
    """Make them one person, with the chosen fields."""
    pair = queries.get_duplicate(duplicate_id)
    form = MergeForm(pair.first, pair.second)
    if not form.validate_on_submit():
        return render_template("console/candidates/duplicate.html", pair=pair, form=form), 422
    merged = services.merge(pair.first, pair.second, form.chosen(), actor_id=staff().id)
    flash(_("%(name)s is one person now. You can undo this for 30 days.", name=merged.kept.full_name), "good")
    return _next()


@candidates.post("/duplicates/<int:duplicate_id>/differences")
@requires(Right.EDIT_CANDIDATES)
def keep_apart(duplicate_id: int) -> ResponseReturnValue:
    """They are two people; nobody is asked again."""
    services.keep_apart(queries.get_duplicate(duplicate_id), staff().id)
    flash(_("Remembered: these are two people."), "good")
    return _next()


@candidates.post("/merges/<int:merge_id>/undoings")
@requires(Right.EDIT_CANDIDATES)
def unmerge(merge_id: int) -> ResponseReturnValue:
    """Take a merge back."""
    try:
        row = services.unmerge(queries.get_merge(merge_id), actor_id=staff().id)
        flash(_("They are two people again: %(one)s and %(other)s.", one=row.kept.full_name, other=row.lost.full_name), "good")
    except Conflict as error:
        flash(error.message, "bad")
    return redirect(url_for(".duplicates"))


def _next() -> ResponseReturnValue:
    following = queries.next_duplicate()
    return redirect(url_for(".show_duplicate", duplicate_id=following.id) if following else url_for(".duplicates"))
