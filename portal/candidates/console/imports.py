"""Staff pages of lists: taking one in, what its columns mean, what came of it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.candidates import queries, services, sheets
from portal.candidates.console.people import candidates
from portal.candidates.forms import BECOMES, MappingForm, UploadForm
from portal.candidates.models import ImportStatus, RowOutcome
from portal.candidates.services.rows import details_of, texts
from portal.errors import Invalid
from portal.security import row_number, takes_files

PREVIEW = 10
ROWS_A_PAGE = 50


@candidates.route("/imports", methods=["GET", "POST"])
@takes_files(sheets.MAX_BYTES + 1024 * 1024)
@requires(Right.EDIT_CANDIDATES)
def imports() -> ResponseReturnValue:
    """Take in a list; see the earlier ones."""
    form = UploadForm(owner_id=staff().id)
    if form.validate_on_submit():
        try:
            imported = services.upload(form.file.data.filename, form.file.data.read(), form.assignment(), staff().id)
            return redirect(url_for(".columns", import_id=imported.id))
        except Invalid as error:
            form.blame(error)
    page = render_template("console/candidates/imports.html", form=form, imports=queries.list_imports())
    return page, 422 if form.errors else 200


@candidates.route("/imports/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Right.EDIT_CANDIDATES)
def columns(import_id: int) -> ResponseReturnValue:
    """What do the columns mean? The preview follows what is chosen."""
    imported = queries.get_import(import_id)
    if not imported.is_open:
        return redirect(url_for(".show_import", import_id=import_id))
    form, sheet = MappingForm(imported), sheets.read(imported.content)
    if form.validate_on_submit() and "check" in request.form:
        services.confirm_mapping(imported, form.mapping(), form.assignment())
        return redirect(url_for(".show_import", import_id=import_id))
    people = [(line.number, details_of(texts(line, sheet.headings, form.mapping()))) for line in sheet.lines[:PREVIEW]]
    sure = [certain for _field, certain in sheets.guess(sheet.headings)]
    page = render_template(
        "console/candidates/columns.html", imported=imported, form=form, sheet=sheet, people=people, sure=sure, becomes=BECOMES
    )
    return page, 422 if form.errors else 200


@candidates.get("/imports/<int:import_id>")
@requires(Right.EDIT_CANDIDATES)
def show_import(import_id: int) -> ResponseReturnValue:
    """How far is it, what will come in, what did?"""
    imported = queries.get_import(import_id)
    outcome = next((kind for kind in RowOutcome if kind.value == request.args.get("outcome")), None)
    page = max(request.args.get("page", 1, type=row_number), 1)
    written = queries.rows_written(import_id) if imported.status is ImportStatus.RUNNING else 0
    return render_template(
        "console/candidates/show_import.html",
        imported=imported,
        counts=queries.count_outcomes(import_id),
        rows=queries.list_rows(import_id, outcome, page, ROWS_A_PAGE),
        outcome=outcome,
        page=page,
        size=ROWS_A_PAGE,
        written=written,
    )


@candidates.get("/imports/<int:import_id>/report.csv")
@requires(Right.EDIT_CANDIDATES)
def download_report(import_id: int) -> ResponseReturnValue:
    """The report for a spreadsheet."""
    imported = queries.get_import(import_id)
    rows = [
        (row.number, row.outcome.value, row.candidate.full_name if row.candidate else "", row.reason)
        for row in queries.list_rows(import_id, size=0)
    ]
    content = sheets.write([_("Row"), _("Outcome"), _("Name"), _("Why")], rows)
    name = f"import-{imported.id}.csv"
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


@candidates.post("/imports/<int:import_id>/confirmations")
@requires(Right.EDIT_CANDIDATES)
def confirm_import(import_id: int) -> ResponseReturnValue:
    """Write these people."""
    services.confirm(queries.get_import(import_id))
    return redirect(url_for(".show_import", import_id=import_id))


@candidates.post("/imports/<int:import_id>/discards")
@requires(Right.EDIT_CANDIDATES)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Throw the list away."""
    services.discard(queries.get_import(import_id))
    flash(_("The list is thrown away. Nobody of it was kept."), "good")
    return redirect(url_for(".imports"))
