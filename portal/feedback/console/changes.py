"""What we changed because of what people said: draft, publish, take back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.errors import Invalid
from portal.feedback import queries, services
from portal.feedback.console.door import feedback
from portal.feedback.forms import ChangeForm
from portal.feedback.models import Change


@feedback.get("/changes")
@requires(Right.SEE_CANDIDATES)
def changes() -> ResponseReturnValue:
    """Drafts and what is published."""
    return render_template("console/feedback/changes.html", changes=queries.list_changes())


@feedback.route("/changes/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_change() -> ResponseReturnValue:
    """Write down a change."""
    return _written(None)


@feedback.route("/changes/<int:change_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def change(change_id: int) -> ResponseReturnValue:
    """Read and change an entry."""
    return _written(queries.get_change(change_id))


@feedback.post("/changes/<int:change_id>/publications")
@requires(Right.EDIT_CANDIDATES)
def publish(change_id: int) -> ResponseReturnValue:
    """Show it to everybody, or take it back."""
    row = queries.get_change(change_id)
    if request.form.get("published") == "no":
        services.withdraw(row)
        flash(_("Taken back: it is a draft again."), "good")
    else:
        services.publish(row)
        flash(_("Published. Everybody can read it now."), "good")
    return redirect(url_for(".changes"), 303)


@feedback.post("/changes/<int:change_id>/deletions")
@requires(Right.EDIT_CANDIDATES)
def delete_change(change_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    services.delete_change(queries.get_change(change_id))
    flash(_("Gone."), "good")
    return redirect(url_for(".changes"), 303)


def _written(row: Change | None) -> ResponseReturnValue:
    form = ChangeForm(row)
    if form.validate_on_submit():
        try:
            services.edit_change(row, form.told()) if row else services.add_change(form.told())
        except Invalid as error:
            form.put(error)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".changes"), 303)
    return render_template("console/feedback/change.html", form=form, change=row), form.status
