"""Lists of people as recruiters have them, and the console's way with them: uploaded, checked, brought in."""

from sqlalchemy import func, select

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal.candidates import queries, services
from portal.candidates.models import Candidate
from portal.candidates.services import Assignment
from portal.db import db
from portal.extensions import jobs

HEADINGS = ["Name", "E-Mail", "Firma", "Begründung", "Tel."]

SIX_SCRIPTS = [
    ["Αικατερίνη Παπαδοπούλου", "a.papadopoulou@x.example", "NTUA", "sluices", "+30 21"],
    ["김도현", "dohyun@x.example", "Naver", "queues", "+82 2"],
    ["Петро Іваненко", "петро@пошта.укр", "", "gates", ""],
    ["مريم الخطيب", "mariam@x.example", "", "backpressure", ""],
    ["வேலு", "velu@x.example", "", "", ""],
    ["Jürgen Groß", "juergen@bücher.example", "Werft", "", ""],
]


def write(rows, separator=";", encoding="utf-16"):
    lines = ["\r\n".join([separator.join(HEADINGS), *(separator.join(row) for row in rows), ""])]
    return "".join(lines).encode(encoding)


def check(make, rows, content=None, **more):
    """Upload and check a list as the console would."""
    assignment = Assignment(make.source().id, make.persona().id, make.user(f"u{next(make.numbers)}@x.example").id)
    imported = services.upload("people.csv", content or write(rows, **more), assignment, assignment.owner_id)
    jobs.run("candidates.import_read")
    imported = queries.get_import(imported.id)
    services.confirm_mapping(imported, imported.mapping, assignment)
    jobs.run("candidates.import_check")
    return queries.get_import(imported.id)


def bring_in(make, rows, content=None, **more):
    imported = services.confirm(check(make, rows, content, **more))
    jobs.run("candidates.import_run")
    return queries.get_import(imported.id)


def outcomes(imported):
    return {row.number: (row.outcome.value, row.reason) for row in queries.list_rows(imported.id, size=0)}


def people():
    return db.session.scalar(select(func.count()).select_from(Candidate))
