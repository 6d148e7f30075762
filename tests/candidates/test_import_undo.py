"""A list can be taken back: exactly what it brought and nobody has touched since; and who was erased never comes back by one."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import func, select, text

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal import clock
from portal.candidates import queries, services, sheets
from portal.candidates.models import Candidate, ImportPart, ImportStatus
from portal.candidates.services import Assignment, imports, uploads
from portal.db import Base, db
from portal.errors import Conflict
from portal.extensions import jobs
from portal.outreach import services as outreach
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.timeline.queries import list_touchpoints
from tests.candidates.lists import bring_in, check, outcomes, people
from tests.candidates.test_sheets import workbook
from tests.pages import press

THREE = [["Ada", "ada@x.example", "", "", ""], ["Bob", "bob@x.example", "", "", ""], ["Eve", "eve@x.example", "", "", ""]]


def take_back(import_id):
    services.undo(queries.get_import(import_id))
    jobs.run("candidates.import_undo")
    return queries.get_import(import_id)


def held(*words):
    """Where these words stand in any table."""
    db.session.commit()
    tables = Base.metadata.sorted_tables
    rows = {table.name: str(db.session.execute(text(f'SELECT * FROM "{table.name}"')).all()).lower() for table in tables}
    return [(name, word) for name, kept in rows.items() for word in words if word in kept]


def test_an_untouched_list_leaves_nothing_behind(make):
    known = make.candidate("Known", email="known@x.example", company="Werft").id
    imported = bring_in(make, [*THREE, ["Known", "known@x.example", "Dock", "talk", "+49 4921 123456"]])
    number = imported.id
    assert (people(), queries.get_candidate(known).phone) == (4, "+49 4921 123456")
    jobs.run("candidates.find_duplicates")
    imported = take_back(number)
    assert (imported.status, people()) == (ImportStatus.UNDONE, 1)
    person = queries.get_candidate(known)
    assert (person.phone, person.phone_key, person.evidence, person.company) == ("", None, "", "Werft")
    assert {outcome for outcome, _why in outcomes(imported).values()} == {"taken back"}
    assert outcomes(imported)[5][1] == "Emptied again: Phone, Why them."
    assert not held("ada@x", "bob@x", "eve@x", "+49 4921")
    assert take_back(number).status is ImportStatus.UNDONE  # a second press changes nothing


def test_who_was_touched_since_stays_and_the_report_says_why(make):
    make.candidate("Known", email="known@x.example")
    rows = [*THREE, ["Kofi", "kofi@x.example", "", "", ""], ["Known", "known@x.example", "Dock", "talk", "+49 4921 123456"]]
    number = bring_in(make, rows).id
    find = queries.find_by_address
    services.add_note(find("ada@x.example"), "called")
    outreach.draft(make.campaign(), [find("bob@x.example").id])
    services.merge(make.candidate("Evelyn", email="evelyn@x.example"), find("eve@x.example"))
    known = find("known@x.example")
    services.edit(known, services.Details("Known", "known@x.example", phone="+49 1", company="Dock", evidence="talk"))
    imported = take_back(number)
    assert outcomes(imported) == {
        2: ("stays", "Stays: somebody wrote a note since."),
        3: ("stays", "Stays: something of theirs came in or was planned since."),
        4: ("stays", "Stays: they were merged with somebody since."),
        5: ("taken back", ""),
        6: ("stays", "Was changed since and stays: Phone. Emptied again: Company, Why them."),
    }
    assert find("kofi@x.example") is None
    known = find("known@x.example")
    assert (known.phone, known.company, known.evidence) == ("+49 1", "", "")
    assert list_touchpoints(known.id)[0].details == {"fields": ["company", "evidence"]}


def test_an_undo_goes_on_where_it_stopped_and_ends_after_thirty_days(make, monkeypatch):
    monkeypatch.setattr(import_module("portal.candidates.services.undo"), "SLICE", 1)
    first = bring_in(make, THREE).id
    later = bring_in(make, [["Late", "late@x.example", "", "", ""]]).id
    services.undo(queries.get_import(first))
    assert services.undo_slice() == 1
    db.session.remove()  # as if the worker had been killed
    assert (people(), queries.get_import(first).status) == (3, ImportStatus.UNDOING)
    jobs.run("candidates.import_undo")
    assert (people(), queries.get_import(first).status) == (1, ImportStatus.UNDONE)
    with clock.standing_at(clock.now() + timedelta(days=32)):
        jobs.run("candidates.import_expire")
        with pytest.raises(Conflict, match="within 30 days"):
            services.undo(queries.get_import(later))


def test_the_page_says_in_words_what_an_undo_does(hana, make):
    imported = bring_in(make, THREE)
    page = f"/console/imports/{imported.id}"
    assert "The 3 people it added leave again" in hana.get(page).text
    assert "Taking people and changes back" in press(hana, page, "Take this import back").text
    jobs.run("candidates.import_undo")
    assert "Nothing of it is left" in hana.get(page).text


@pytest.mark.parametrize("moment", ["mapping", "checked", "running"])
def test_who_is_erased_while_a_list_waits_does_not_come_back(make, moment):
    ada = make.candidate("Ada Lovelace", email="ada@x.example").id
    rows = [
        ["Ada Lovelace", "Ada+list@X.example", "Engines", "why", "+44 20"],
        ["Ada Lovelace", "ada@x.example", "Engines", "", ""],
        *THREE[1:],
    ]
    if moment == "mapping":
        imported = services.upload(
            "x.csv",
            "\n".join(";".join(row) for row in [["Name", "Mail", "Firma", "Warum", "Tel"], *rows]).encode(),
            Assignment(make.source().id),
        )
    else:
        imported = check(make, rows)
    if moment == "running":
        services.confirm(imported)
    privacy.erase(ada, "candidate")
    assert not held("ada@x", "ada+list", "lovelace", "engines")
    imported = queries.get_import(imported.id)
    if moment == "mapping":
        services.confirm_mapping(imported, imported.mapping, Assignment(imported.source_id))
        jobs.run("candidates.import_check")
    services.confirm(queries.get_import(imported.id))
    jobs.run("candidates.import_run")
    assert queries.get_import(imported.id).status is ImportStatus.DONE
    assert not held("ada@x", "ada+list", "lovelace", "engines")
    alive = select(func.count()).select_from(Candidate).where(Candidate.erased_at.is_(None))
    assert db.session.scalar(alive) == 2


def test_a_large_file_is_taken_apart_by_the_worker_and_then_wiped(make, monkeypatch):
    monkeypatch.setattr(uploads, "SMALL", 1)
    monkeypatch.setattr(uploads, "PART", 1)
    monkeypatch.setattr(uploads, "PARTS", 1)
    monkeypatch.setattr(imports, "PART", 1)
    privacy.suppress("bob@x.example", SuppressionReason.OBJECTED)
    imported = services.upload(
        "x.csv", b"Name,Mail\nAda,ada@x.example\nBob,bob@x.example\nEve,eve@x.example\n", Assignment(make.source().id)
    )
    number = imported.id
    assert (imported.status, imported.total) == (ImportStatus.READING, 3)
    calls = []
    monkeypatch.setattr(
        uploads, "_keep", lambda *args, keep=uploads._keep: 1 / 0 if len(calls) == 2 else (calls.append(1), keep(*args))[1]
    )
    with pytest.raises(ZeroDivisionError):
        uploads.take_apart(imported)  # the worker dies in the middle
    db.session.remove()
    assert db.session.scalar(select(func.count()).select_from(ImportPart)) == 2
    calls.clear()
    jobs.run("candidates.import_read")
    imported = queries.get_import(number)
    assert (imported.status, imported.content, imported.total) == (ImportStatus.MAPPING, b"", 3)
    assert not held("bob@x")
    services.confirm_mapping(imported, imported.mapping, Assignment(imported.source_id))
    jobs.run("candidates.import_check")
    assert len(outcomes(imported)) == 3


def test_a_large_file_that_breaks_in_the_middle_is_not_kept(make, monkeypatch, hana):
    monkeypatch.setattr(uploads, "SMALL", 1)
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    rows = [["Name", "Mail"], *([f"P{number}", f"p{number}@x.example"] for number in range(4))]
    imported = services.upload("x.xlsx", workbook(rows), Assignment(make.source().id))
    jobs.run("candidates.import_read")
    imported = queries.get_import(imported.id)
    assert (imported.status, imported.content, imported.total) == (ImportStatus.FAILED, b"", 0)
    assert "at most 2 fit" in imported.error
    assert "at most 2 fit" in hana.get(f"/console/imports/{imported.id}").text
    with pytest.raises(Conflict):
        services.confirm(imported)


def test_columns_are_remembered_by_their_headings(make):
    content = b"Deelnemer;Post;Bedrijf\nAda;ada@x.example;Werft\n"
    assignment = Assignment(make.source().id)
    first = services.upload("x.csv", content, assignment)
    mapping = {"Deelnemer": "full_name", "Post": "email", "Bedrijf": "company"}
    assert first.mapping != mapping
    services.confirm_mapping(first, mapping, assignment)
    jobs.run("candidates.import_check")
    services.confirm(queries.get_import(first.id))
    jobs.run("candidates.import_run")
    second = services.upload("y.csv", content.replace(b"Post", b"POST"), assignment)
    assert second.mapping == {"Deelnemer": "full_name", "POST": "email", "Bedrijf": "company"}
    assert queries.guess_columns(["Deelnemer", "Mail"]) == [("full_name", True), ("email", True)]
