"""Staff pages of sourcing: personas and sources."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires
from portal.sourcing import queries, services
from portal.sourcing.forms import ORIGINS, PersonaForm, SourceForm

sourcing = Blueprint("sourcing", __name__, url_prefix="/sourcing")


@sourcing.get("/personas")
@requires(Right.SEE_CANDIDATES)
def personas() -> ResponseReturnValue:
    """Whom are we looking for?"""
    rows = queries.list_personas(archived="archived" in request.args)
    return render_template("console/sourcing/personas.html", personas=rows, tallies=queries.tallies_by_persona())


@sourcing.route("/personas/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_persona() -> ResponseReturnValue:
    """Write down a new persona."""
    form = PersonaForm()
    if not form.validate_on_submit():
        return render_template("console/sourcing/persona.html", form=form, persona=None), _status(form)
    persona = services.add_persona(**form.values())
    flash(_("%(name)s is there. People can be counted to it from now on.", name=persona.name), "good")
    return redirect(url_for(".personas"))


@sourcing.route("/personas/<int:persona_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def persona(persona_id: int) -> ResponseReturnValue:
    """Read and change a persona."""
    row = queries.get_persona(persona_id)
    form = PersonaForm(row)
    if not form.validate_on_submit():
        return render_template("console/sourcing/persona.html", form=form, persona=row), _status(form)
    services.edit_persona(row, **form.values())
    flash(_("Saved."), "good")
    return redirect(url_for(".personas"))


@sourcing.post("/personas/<int:persona_id>/archivings")
@requires(Right.EDIT_CANDIDATES)
def archive_persona(persona_id: int) -> ResponseReturnValue:
    """Put away, or take out again."""
    row = services.archive_persona(queries.get_persona(persona_id), request.form.get("archived") != "no")
    flash(_put_away(row.name, row.archived_at is not None), "good")
    return redirect(url_for(".personas"))


@sourcing.get("/sources")
@requires(Right.SEE_CANDIDATES)
def sources() -> ResponseReturnValue:
    """Where do people come from, and what did it bring?"""
    rows = queries.list_sources(archived="archived" in request.args)
    return render_template("console/sourcing/sources.html", sources=rows, tallies=queries.tallies_by_source(), origins=ORIGINS)


@sourcing.route("/sources/new", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def new_source() -> ResponseReturnValue:
    """Write down a new source."""
    form = SourceForm()
    if not form.validate_on_submit():
        return render_template("console/sourcing/source.html", form=form, source=None), _status(form)
    source = services.add_source(**form.values())
    flash(_("%(name)s is there. Import its people next.", name=source.name), "good")
    return redirect(url_for(".sources"))


@sourcing.route("/sources/<int:source_id>", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def source(source_id: int) -> ResponseReturnValue:
    """Read and change a source."""
    row = queries.get_source(source_id)
    form = SourceForm(row)
    if not form.validate_on_submit():
        return render_template("console/sourcing/source.html", form=form, source=row), _status(form)
    services.edit_source(row, **form.values())
    flash(_("Saved."), "good")
    return redirect(url_for(".sources"))


@sourcing.post("/sources/<int:source_id>/archivings")
@requires(Right.EDIT_CANDIDATES)
def archive_source(source_id: int) -> ResponseReturnValue:
    """Put away, or take out again."""
    row = services.archive_source(queries.get_source(source_id), request.form.get("archived") != "no")
    flash(_put_away(row.name, row.archived_at is not None), "good")
    return redirect(url_for(".sources"))


def _status(form: PersonaForm | SourceForm) -> int:
    return 422 if form.errors else 200


def _put_away(name: str, archived: bool) -> str:
    sentence = _("%(name)s is put away. What belongs to it stays.") if archived else _("%(name)s is in use again.")
    return str(sentence % {"name": name})
