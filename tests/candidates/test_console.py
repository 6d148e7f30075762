"""People and lists in the console, by forms that lose nothing."""

import io
import re
from datetime import timedelta

import pytest

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal import clock
from portal.accounts.models import RoleName
from portal.candidates import queries, services
from portal.candidates.models import Import, ImportStatus, Pace
from portal.db import db
from portal.extensions import jobs
from portal.privacy.models import SuppressionReason
from portal.privacy.queries import find_suppression
from portal.privacy.services import record_notice, suppress
from portal.sourcing.services import archive_source
from tests.candidates.lists import SIX_SCRIPTS, write
from tests.candidates.test_sheets import workbook
from tests.conftest import sign_in

TOKEN = r'name="csrf_token" value="([^"]+)"'
ADA = {"full_name": "Ada Lovelace", "email": "ada@x.example", "evidence": "gave a talk on sluices", "language": "en"}


def post(client, path, fields=(), **more):
    """Send a form as the page would, with the token of the page."""
    token = getattr(client, "token", None) or re.search(TOKEN, client.get("/console/imports").text)[1]
    client.token = token
    return client.post(path, data={"csrf_token": token, **dict(fields)}, **more)


def upload(client, content, source, name="people.csv"):
    file = (io.BytesIO(content), name)
    return post(client, "/console/imports", {"file": file, "source_id": source.id, "persona_id": "", "owner_id": ""})


def mapping_of(client, path):
    """The columns as the page proposes them."""
    page = client.get(path).text
    selects = re.findall(r'<select[^>]*name="(columns-\d+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    chosen = {name: re.search(r'<option selected value="([^"]*)"', options) for name, options in selects}
    return {name: found[1] if found else "" for name, found in chosen.items()}


def test_a_person_is_added_by_hand_with_who_did_it(hana, make):
    source = make.source()
    answer = post(hana, "/console/candidates/new", ADA | {"source_id": source.id, "persona_id": "", "owner_id": ""})
    ada = queries.find_by_address("ada@x.example")
    assert answer.headers["Location"] == f"/console/pipeline/{ada.id}"
    assert (ada.source, ada.evidence, ada.greeting_name) == (source, "gave a talk on sluices", "Ada")


def test_an_empty_house_asks_for_a_source_first(hana):
    assert "Write the first source" in hana.get("/console/candidates/new").text
    assert "Write the first source" in hana.get("/console/imports").text


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ({"email": "ada@"}, "lacks its domain"),
        ({"full_name": ""}, "name is missing"),
        ({"source_id": ""}, "where the address is from"),
        ({"profile_url": "javascript:alert(1)"}, "not a web address"),
        ({"evidence": "x" * 2001}, "2000"),
        ({"source_id": "99"}, "choice"),
        ({"source_id": "x"}, "where the address is from"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_the_rest_is_kept(hana, make, broken, word):
    fields = ADA | {"source_id": make.source().id, "persona_id": "", "owner_id": "", "place": "Emden"} | broken
    answer = post(hana, "/console/candidates/new", fields)
    assert answer.status_code == 422
    assert word in answer.text
    assert "Emden" in answer.text


def test_somebody_who_is_here_is_shown_instead_of_added_twice(hana, make):
    known = make.candidate("Ada", email="ADA@x.example")
    answer = post(hana, "/console/candidates/new", ADA | {"source_id": make.source().id})
    assert answer.status_code == 422
    assert f"/console/pipeline/{known.id}" in answer.text


def test_somebody_who_objected_cannot_be_added_by_hand(hana, make):
    suppress("ada+x@x.example", SuppressionReason.OBJECTED)
    answer = post(hana, "/console/candidates/new", ADA | {"source_id": make.source().id})
    assert (answer.status_code, "objected on" in answer.text) == (422, True)
    assert queries.find_by_address("ada@x.example") is None


def test_editing_keeps_what_was_not_touched(hana, make):
    ada = make.candidate("Ada", email="ada@x.example", phone="+49 1", source=make.source("Fair"))
    page = hana.get(f"/console/candidates/{ada.id}/edit").text
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    answer = post(hana, f"/console/candidates/{ada.id}/edit", fields | {"place": "Emden", "source_id": ada.source_id})
    assert answer.status_code == 302
    assert (ada.place, ada.phone, ada.email, ada.source.name) == ("Emden", "+49 1", "ada@x.example", "Fair")


def test_a_person_of_an_archived_source_can_still_be_edited(hana, make):
    ada = make.candidate("Ada", email="ada@x.example")
    archive_source(ada.source)
    fields = ADA | {"source_id": ada.source_id, "persona_id": ada.persona_id}
    assert post(hana, f"/console/candidates/{ada.id}/edit", fields).status_code == 302


def test_notes_are_written_and_an_empty_one_asks_again(hana, make):
    ada = make.candidate("Ada")
    assert post(hana, f"/console/candidates/{ada.id}/notes", {"text": "No calls"}).status_code == 302
    assert post(hana, f"/console/candidates/{ada.id}/notes", {"text": " "}).status_code == 422
    assert [note.text for note in queries.list_notes(ada.id)] == ["No calls"]


def test_wishes_are_kept_by_staff_as_the_person_said(hana, make):
    ada = make.candidate("Ada")
    soon = (clock.now() + timedelta(days=40)).date().isoformat()
    path = f"/console/candidates/{ada.id}"
    assert post(hana, f"{path}/preferences", {"pace": "monthly", "paused_until": soon}).status_code == 302
    assert (ada.pace, ada.paused_until.isoformat()) == (Pace.MONTHLY, soon)
    for broken in ({"pace": "daily"}, {"pace": "any", "paused_until": "2020-01-01"}, {"pace": "any", "paused_until": "soon"}):
        assert post(hana, f"{path}/preferences", broken).status_code == 422
    assert ada.pace is Pace.MONTHLY
    post(hana, f"{path}/subscriptions", {"subscribed": "no"})
    assert ada.unsubscribed_at
    post(hana, f"{path}/subscriptions", {"subscribed": "yes"})
    assert ada.unsubscribed_at is None
    post(hana, f"{path}/contact", {"allowed": "no"})
    assert ada.do_not_contact_at
    post(hana, f"{path}/contact", {"allowed": "yes"})
    assert ada.do_not_contact_at is None
    post(hana, f"{path}/objections")
    assert find_suppression(ada.email)
    assert post(hana, f"{path}/contact", {"allowed": "yes"}).status_code == 403


def test_the_short_address_of_a_person_leads_to_their_page(hana, make):
    ada = make.candidate("Ada")
    assert hana.get(f"/console/candidates/{ada.id}").headers["Location"] == f"/console/pipeline/{ada.id}"
    assert hana.get("/console/candidates/99").status_code == 404


def test_a_list_goes_from_file_to_people_by_four_presses(hana, make):
    answer = upload(hana, write([*SIX_SCRIPTS, ["Bob", "bob@", "", "", ""]]), make.source())
    path = answer.headers["Location"]
    assert "UTF-16" in hana.get(path).text
    assert "김도현" in hana.get(path).text
    columns = mapping_of(hana, path)
    assert list(columns.values()) == ["full_name", "email", "company", "evidence", "phone"]
    more = {"source_id": make.source().id, "persona_id": "", "owner_id": ""}
    report = post(hana, path, columns | more | {"check": "yes"}).headers["Location"]
    assert 'data-poll="' in hana.get(report).text
    jobs.run("candidates.import_check")
    page = hana.get(report).text
    assert 'data-poll="' not in page
    assert "Import 6 people" in page
    assert hana.get(path).status_code == 200
    post(hana, f"{report}/confirmations")
    assert 'data-poll="' in hana.get(report).text
    jobs.run("candidates.import_run")
    assert "6 people came in" in hana.get(report).text
    assert hana.get(path).headers["Location"] == report
    assert queries.find_by_address("dohyun@x.example").full_name == "김도현"


def test_the_preview_follows_the_columns_before_anything_is_checked(hana, make):
    path = upload(hana, b"Name,Mail,Firma\nAda,ada@x.example,Werft\n", make.source()).headers["Location"]
    fields = {"columns-0": "company", "columns-1": "email", "columns-2": "full_name", "source_id": make.source().id}
    page = post(hana, path, fields | {"look": "yes"}).text
    assert re.search(r'<th scope="row"><bdi>Werft</bdi></th>\s*<td><bdi>ada@x.example', page)
    assert db.session.query(Import).one().status is ImportStatus.MAPPING


def test_columns_without_an_address_are_sent_back(hana, make):
    path = upload(hana, b"Name,Mail\nAda,ada@x.example\n", make.source()).headers["Location"]
    fields = {"columns-0": "full_name", "columns-1": "", "source_id": make.source().id, "check": "yes"}
    answer = post(hana, path, fields)
    assert (answer.status_code, "which column holds the mail address" in answer.text) == (422, True)
    assert post(hana, path, fields | {"columns-1": "public_id"}).status_code == 422


def test_a_guessed_encoding_is_said_before_anybody_comes_in(hana, make):
    path = upload(hana, "Name;Mail\nJürgen;a@x.example\n".encode("cp1252"), make.source()).headers["Location"]
    assert "Windows-1252" in hana.get(path).text


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "empty"), (b"PK\x03\x04", "Excel workbook"), (b"x" * (50 * 1024 * 1024), "32 MB")]
)
def test_a_file_that_cannot_be_used_is_refused_beside_the_field(hana, make, content, word):
    answer = upload(hana, content, make.source())
    assert (answer.status_code, word in answer.text) == (422, True)


def test_a_file_far_too_large_is_turned_away(hana, make):
    assert upload(hana, b"x" * (61 * 1024 * 1024), make.source()).status_code == 413


def test_no_file_is_asked_for(hana, make):
    answer = post(hana, "/console/imports", {"source_id": make.source().id})
    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_the_report_is_filtered_paged_and_downloaded(hana, make):
    rows = [[f"P{number}", f"p{number}@x.example", "", "", ""] for number in range(60)]
    rows[7][1] = "broken"
    rows[9][0] = '"=HYPERLINK(1)"'
    path = upload(hana, write(rows), make.source()).headers["Location"]
    report = post(hana, path, mapping_of(hana, path) | {"source_id": make.source().id, "check": "yes"}).headers["Location"]
    jobs.run("candidates.import_check")
    assert "P59" not in hana.get(report).text
    assert "P59" in hana.get(f"{report}?page=2").text
    refused = hana.get(f"{report}?outcome=refused").text
    assert '<td class="num">9</td>' in refused
    assert ">P1<" not in refused
    assert hana.get(f"{report}?outcome=nonsense&page=x").status_code == 200
    post(hana, f"{report}/confirmations")
    jobs.run("candidates.import_run")
    download = hana.get(f"{report}/report.csv")
    assert download.mimetype == "text/csv"
    lines = download.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 61
    assert lines[8].startswith("9,refused,,")
    assert lines[10].startswith("11,added,'=HYPERLINK(1),")


def test_a_failed_import_says_why_and_offers_another_try(hana, make, monkeypatch):
    path = upload(hana, write(SIX_SCRIPTS), make.source()).headers["Location"]
    report = post(hana, path, mapping_of(hana, path) | {"source_id": make.source().id, "check": "yes"}).headers["Location"]
    jobs.run("candidates.import_check")
    post(hana, f"{report}/confirmations")
    monkeypatch.setattr("portal.timeline.services.record_selected", lambda *args, **more: 1 / 0)
    jobs.run("candidates.import_run")
    page = hana.get(report).text
    assert "Nobody was added." in page
    assert "Import 6 people" in page


def test_a_list_can_be_thrown_away_before_it_comes_in(hana, make):
    path = upload(hana, write(SIX_SCRIPTS), make.source()).headers["Location"]
    assert post(hana, path.replace("/columns", "/discards")).headers["Location"] == "/console/imports"
    assert hana.get(path).status_code == 404


def test_editors_and_analysts_see_nobody(app, make):
    ada = make.candidate("Ada")
    imported = services.upload("x.csv", b"Name,Mail\nAda,a@x.example\n", services.Assignment(make.source().id))
    paths = [f"/console/candidates/{ada.id}/edit", "/console/candidates/new", "/console/imports"]
    paths.append(f"/console/imports/{imported.id}")
    for role in (RoleName.EDITOR, RoleName.ANALYST):
        mallory = sign_in(app, make.user(f"{role.value}@x.example", role, "Mallory"))
        assert {mallory.get(path).status_code for path in paths} == {403}


def test_the_page_of_a_person_shows_what_forbids_writing_to_them(hana, make):
    ada = make.candidate("Ada", email="ada@x.example", place="Emden")
    page = f"/console/pipeline/{ada.id}"
    assert "May we write?" in hana.get(page).text
    assert "not informed yet" in hana.get(page).text
    post(hana, f"/console/candidates/{ada.id}/notes", {"text": "Prefers <b>mail</b>"})
    assert "Prefers &lt;b&gt;mail&lt;/b&gt;" in hana.get(page).text
    services.set_preferences(ada, Pace.QUARTERLY, (clock.now() + timedelta(days=3)).date())
    assert "it holds for every kind of mail" in hana.get(page).text
    services.unsubscribe(ada)
    assert "newsletters ended by them" in hana.get(page).text
    services.stop_contact(ada)
    assert "May be contacted again" in hana.get(page).text
    services.object_to_contact(ada)
    assert "Never again" in hana.get(page).text
    assert "They objected" not in hana.get(page).text
    record_notice(make.candidate("Bob").id, None)
    assert "informed" in hana.get("/console/pipeline/2").text


def test_a_workbook_goes_through_the_same_presses_and_a_name_of_10000_signs_is_refused_with_row_column_and_remedy(hana, make):
    rows = [["Name", "E-Mail"], ["Ada", "ada@x.example"], ["ñ" * 10_000, "bob@x.example"], ["=1+1", "eve@x.example"]]
    path = upload(hana, workbook(rows), make.source(), "people.xlsx").headers["Location"]
    assert list(mapping_of(hana, path).values()) == ["full_name", "email"]
    more = {"source_id": make.source().id, "persona_id": "", "owner_id": ""}
    report = post(hana, path, mapping_of(hana, path) | more | {"check": "yes"}).headers["Location"]
    jobs.run("candidates.import_check")
    page = hana.get(report).text
    assert "2 of 3 rows can come in" in page
    assert "mend it in your file" in page
    refused = next(row for row in page.split("<tr>") if "at most 200 characters fit, these are 10000" in row)
    assert re.search(r'class="num">\s*3\s*<', refused), "row 3, as the spreadsheet counts"
    assert "<bdi>Name</bdi>" in refused
    post(hana, f"{report}/confirmations")
    jobs.run("candidates.import_run")
    assert "2 people came in" in hana.get(report).text
    assert queries.find_by_address("eve@x.example").full_name == "=1+1"
