"""Staff pages of lists: taking one in, what its columns mean, what came of it, taking it back."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.permissions import Right, requires, staff
from portal.candidates import queries, services, sheets
from portal.candidates.console.people import candidates
from portal.candidates.forms import BECOMES, MappingForm, UploadForm
from portal.candidates.models import Import, ImportStatus, RowOutcome
from portal.candidates.services.rows import details_of, texts
from portal.errors import Invalid
from portal.security import row_number, takes_files

PREVIEW = 10
ROWS_A_PAGE = 50
# More than is read, so that a file that is too large is refused beside its field and not by a bare page.
LARGEST_UPLOAD = 60 * 1024 * 1024
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@candidates.route("/imports", methods=["GET", "POST"])
@takes_files(LARGEST_UPLOAD)
@requires(Right.EDIT_CANDIDATES)
def imports() -> ResponseReturnValue:
    """Take in a list; see the earlier ones."""
    form = UploadForm(owner_id=staff().id)
    if form.validate_on_submit():
        try:
            imported = services.upload(*form.list_of_people(), form.assignment(), staff().id, form.sheet.data or "")
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
    if not imported.is_open or imported.status is ImportStatus.READING or not imported.total:
        return redirect(url_for(".show_import", import_id=import_id))
    form = MappingForm(imported)
    if form.validate_on_submit() and "check" in request.form:
        services.confirm_mapping(imported, form.mapping(), form.assignment())
        return redirect(url_for(".show_import", import_id=import_id))
    page = render_template(
        "console/candidates/columns.html", imported=imported, form=form, becomes=BECOMES, **_preview(imported, form)
    )
    return page, 422 if form.errors else 200


@candidates.get("/imports/<int:import_id>")
@requires(Right.EDIT_CANDIDATES)
def show_import(import_id: int) -> ResponseReturnValue:
    """How far is it, what will come in, what did?"""
    imported = queries.get_import(import_id)
    outcome = next((kind for kind in RowOutcome if kind.value == request.args.get("outcome")), None)
    page, alike = max(request.args.get("page", 1, type=row_number), 1), "alike" in request.args
    return render_template(
        "console/candidates/show_import.html",
        imported=imported,
        counts={kind: count for kind, count in queries.count_outcomes(import_id).items() if count or kind in _SHOWN},
        alike_count=queries.count_alike(import_id),
        rows=queries.list_rows(import_id, outcome, page, ROWS_A_PAGE, alike),
        outcome=outcome,
        alike=alike,
        page=page,
        size=ROWS_A_PAGE,
        undoable=services.can_be_undone(imported),
        undo_days=services.UNDO_DAYS,
    )


@candidates.get("/imports/<int:import_id>/report.csv")
@requires(Right.EDIT_CANDIDATES)
def download_report(import_id: int) -> ResponseReturnValue:
    """The report for a spreadsheet."""
    imported = queries.get_import(import_id)
    return _file(sheets.write(*_report(imported)), "text/csv", f"import-{imported.id}.csv")


@candidates.get("/imports/<int:import_id>/report.xlsx")
@requires(Right.EDIT_CANDIDATES)
def download_workbook(import_id: int) -> ResponseReturnValue:
    """The report as a workbook."""
    imported = queries.get_import(import_id)
    return _file(sheets.write_workbook(*_report(imported), _("Report")), WORKBOOK, f"import-{imported.id}.xlsx")


@candidates.post("/imports/<int:import_id>/confirmations")
@requires(Right.EDIT_CANDIDATES)
def confirm_import(import_id: int) -> ResponseReturnValue:
    """Write these people."""
    services.confirm(queries.get_import(import_id))
    return redirect(url_for(".show_import", import_id=import_id))


@candidates.post("/imports/<int:import_id>/undoings")
@requires(Right.EDIT_CANDIDATES)
def undo_import(import_id: int) -> ResponseReturnValue:
    """Take these people and changes back."""
    services.undo(queries.get_import(import_id), staff().id)
    return redirect(url_for(".show_import", import_id=import_id))


@candidates.post("/imports/<int:import_id>/discards")
@requires(Right.EDIT_CANDIDATES)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Throw the list away."""
    services.discard(queries.get_import(import_id))
    flash(_("The list is thrown away. Nobody of it was kept."), "good")
    return redirect(url_for(".imports"))


_SHOWN = (RowOutcome.ADDED, RowOutcome.UPDATED, RowOutcome.KNOWN, RowOutcome.REFUSED)


def _preview(imported: Import, form: MappingForm) -> dict[str, Any]:
    lines = queries.first_lines(imported.id, PREVIEW)
    people = [(number, details_of(texts(cells, imported.headings, form.mapping()))) for number, cells in lines]
    return {"lines": lines, "people": people, "sure": [certain for _field, certain in queries.guess_columns(imported.headings)]}


def _report(imported: Import) -> tuple[list[str], list[tuple[object, ...]]]:
    rows: list[tuple[object, ...]] = [
        (row.number, row.outcome.value, row.candidate.full_name if row.candidate else "", row.column, row.reason, row.alike)
        for row in queries.list_rows(imported.id, size=0)
    ]
    return [_("Row"), _("Outcome"), _("Name"), _("Column"), _("Why"), _("May be twice")], rows


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})
