"""Everybody in a list is judged by the same rules as somebody added by hand, row by row."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal.candidates import queries, services, sheets
from portal.candidates.details import clean
from portal.candidates.models import ImportStatus
from portal.candidates.services import Assignment
from portal.db import db
from portal.errors import Invalid
from portal.extensions import jobs
from portal.privacy.models import SuppressionReason
from portal.privacy.queries import current_basis
from portal.privacy.services import suppress
from portal.timeline.models import Channel, Kind, Touchpoint
from portal.timeline.queries import list_touchpoints
from tests.candidates.lists import SIX_SCRIPTS, bring_in, check, outcomes, people

BROKEN = ["petro@", "@x.example", "plain", "", "a b@x.example", "a@b@x.de", "a@x", "a..b@x.example", "a@-x.example", "a,b@x.de"]


def test_names_of_six_scripts_come_in_as_they_are(make):
    imported = bring_in(make, SIX_SCRIPTS)
    assert (imported.status, imported.total) == (ImportStatus.DONE, 6)
    for name, email, company, evidence, phone in SIX_SCRIPTS:
        person = queries.find_by_address(email)
        assert (person.full_name, person.email, person.company) == (name, email, company)
        assert (person.evidence, person.phone) == (evidence, phone)
        assert (person.source, person.persona, person.owner) == (make.source(), make.persona(), imported.owner)
        assert current_basis(person.id).since >= person.collected_at
        (added,) = list_touchpoints(person.id)
        assert (added.kind, added.channel, added.subject_id, added.actor_id) == (
            Kind.ADDED,
            Channel.IMPORT,
            imported.id,
            imported.actor_id,
        )
    assert queries.find_by_address("JUERGEN@xn--bcher-kva.example").greeting_name == "Jürgen"


def test_the_check_writes_nobody(make):
    imported = check(make, SIX_SCRIPTS)
    assert (imported.status, imported.done, people()) == (ImportStatus.CHECKED, 6, 0)
    assert db.session.scalar(select(func.count()).select_from(Touchpoint)) == 0


def test_ten_broken_addresses_are_refused_with_row_and_reason(make):
    imported = bring_in(make, [["Ada", "ada@x.example", "", "", ""], *(["Bob", broken, "", "", ""] for broken in BROKEN)])
    found = outcomes(imported)
    assert found.pop(2) == ("added", "")
    assert list(found) == list(range(3, 13))
    assert all(outcome == "refused" and "address" in reason.lower() for outcome, reason in found.values())
    assert people() == 1


def test_another_spelling_of_an_address_is_the_same_person_and_a_plus_is_not(make):
    rows = [
        ["Jürgen", "juergen@bücher.example", "", "", ""],
        ["J. G.", "  JUERGEN@Bücher.example ", "", "", ""],
        ["Groß", "juergen@xn--bcher-kva.example", "Werft", "", ""],
        ["Plus", "juergen+jobs@bücher.example", "", "", ""],
        ["Mail", "Juergen <juergen@bücher.example>", "", "", ""],
        ["Link", "mailto:juergen@bücher.example", "", "", ""],
    ]
    imported = bring_in(make, rows)
    same = ("already known", "The same address as in row 2.")
    assert outcomes(imported) == {2: ("added", ""), 3: same, 4: same, 5: ("added", ""), 6: same, 7: same}
    assert people() == 2


def test_a_refused_first_row_does_not_hide_a_good_second_one(make):
    imported = bring_in(make, [["", "ada@x.example", "", "", ""], ["Ada", "ada@x.example", "", "", ""]])
    assert outcomes(imported) == {2: ("refused", "The name is missing."), 3: ("added", "")}


def test_people_who_are_here_get_what_was_empty_and_keep_the_rest(make):
    ada = make.candidate("Ada", email="ada@x.example", company="Werft", persona=None)
    bob = make.candidate("Bob", email="bob@x.example", company="Dock")
    rows = [["Ada L.", "ADA@x.example", "Other", "talk on sluices", "+49 1"], ["Bob", "bob@x.example", "Other", "", ""]]
    people_here = ada.id, bob.id
    imported = bring_in(make, rows)
    assert outcomes(imported) == {2: ("updated", "Adds: Phone, Why them"), 3: ("already known", "Nothing new.")}
    ada, bob = (queries.get_candidate(number) for number in people_here)
    assert (ada.full_name, ada.company, ada.evidence, ada.phone) == ("Ada", "Werft", "talk on sluices", "+49 1")
    assert list_touchpoints(ada.id)[0].details == {"fields": ["evidence", "phone"]}
    assert [touchpoint.kind for touchpoint in list_touchpoints(bob.id)] == [Kind.ADDED]
    assert [row.candidate for row in queries.list_rows(imported.id)] == [ada, bob]


@pytest.mark.parametrize("spelling", ["ADA@X.example", "ada+list@x.example", "Ada <ada@x.example>"])
@pytest.mark.parametrize("name", ["Ada Lovelace", ""])
def test_of_a_suppressed_person_no_row_keeps_anything(make, spelling, name):
    suppress("ada@x.example", SuppressionReason.OBJECTED)
    imported = check(make, [[name, spelling, "Analytical Engines", "", "+44 20"], ["Bob", "bob@x.example", "", "", ""]])
    assert outcomes(imported)[2][0] == "refused"
    assert "objected on" in outcomes(imported)[2][1]
    services.confirm(imported)
    jobs.run("candidates.import_run")
    for table in ("candidate", "import", "import_row", "touchpoint"):
        kept = str(db.session.execute(text(f'SELECT * FROM "{table}"')).all()).lower()
        assert not [word for word in ("ada@", "ada+", "lovelace", "analytical", "+44") if word in kept], table


def test_a_suppressed_person_in_another_form_of_the_domain_is_refused(make):
    suppress("juergen@xn--bcher-kva.example", SuppressionReason.ERASED)
    imported = check(make, [["Jürgen", "Juergen+a@BÜCHER.example", "", "", ""]])
    assert outcomes(imported)[2][0] == "refused"


def test_who_objects_between_check_and_import_is_left_out(make):
    imported = check(make, SIX_SCRIPTS)
    suppress("velu@x.example", SuppressionReason.OBJECTED)
    make.candidate("Mariam", email="MARIAM@x.example")
    services.confirm(imported)
    jobs.run("candidates.import_run")
    assert queries.find_by_address("velu@x.example") is None
    assert outcomes(imported)[6][0] == "refused"
    assert outcomes(imported)[5] == ("already known", "Came in another way meanwhile.")
    assert people() == 5


def test_a_formula_is_kept_as_text_and_cannot_run_where_it_is_written_out(make):
    rows = [['"=HYPERLINK(""http://evil"")"', "ada@x.example", "=1+1", "", "+49 1"]]
    imported = check(make, rows)
    assert outcomes(imported)[2][1] == "Looks like a formula, kept as text: Name, Greeting name, Company"
    services.confirm(imported)
    jobs.run("candidates.import_run")
    person = queries.find_by_address("ada@x.example")
    assert (person.full_name, person.company, person.phone) == ('=HYPERLINK("http://evil")', "=1+1", "+49 1")
    assert sheets.neutralised(person.full_name) == "'" + person.full_name


def test_control_characters_go_and_too_long_cells_are_refused_with_the_limit(make):
    rows = [["A\x00d\x07a", "ada@x.example", "W\x1berft", "", ""], ["Bob", "bob@x.example", "x" * 201, "", ""]]
    imported = bring_in(make, rows)
    person = queries.find_by_address("ada@x.example")
    assert (person.full_name, person.company) == ("Ada", "Werft")
    assert outcomes(imported)[3] == ("refused", "Company: at most 200 characters fit, these are 201.")


def test_a_row_with_more_cells_than_headings_is_refused_because_its_cells_have_shifted(make):
    imported = check(make, [["Ada", "Lovelace", "ada@x.example", "", "", "moved"]])
    assert "more cells" in outcomes(imported)[2][1]


def test_columns_must_tell_name_and_address_and_none_twice(make):
    assignment = Assignment(make.source().id)
    imported = services.upload("x.csv", b"Name,Mail,Other\nAda,a@x.example,b\n", assignment)
    for mapping, word in (
        ({"Name": "full_name"}, "mail address"),
        ({"Mail": "email"}, "name"),
        ({"Name": "full_name", "Mail": "email", "Other": "email"}, "Two columns"),
        ({"Name": "full_name", "Mail": "email", "Other": "erased_at"}, "cannot become"),
    ):
        with pytest.raises(Invalid, match=word):
            services.confirm_mapping(imported, mapping, assignment)
    assert queries.get_import(imported.id).status is ImportStatus.MAPPING


def test_first_and_family_name_make_one_name(make):
    imported = bring_in(make, [], "Vorname;Nachname;Mail\nJürgen;Groß;jg@x.example\n".encode())
    person = queries.list_rows(imported.id)[0].candidate
    assert (person.full_name, person.greeting_name) == ("Jürgen Groß", "Jürgen")


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=cells.filter(clean), company=cells, evidence=cells)
def test_any_text_of_a_cell_survives(make, name, company, evidence):
    email = f"p{next(make.numbers)}@x.example"
    content = sheets.write(["Name", "Mail", "Company", "Why"], [])
    content += "".join(f'"{text}",' for text in [name.replace('"', '""'), email, company.replace('"', '""')]).encode()
    content += f'"{evidence.replace(chr(34), chr(34) * 2)}"\n'.encode()
    bring_in(make, [], content)
    person = queries.find_by_address(email)
    assert (person.full_name, person.company, person.evidence) == (clean(name), clean(company), clean(evidence, many_lines=True))
