"""Who may be here twice is found by address, phone, profile page and name, asked about once, and never merged by a machine."""

import pytest

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal.candidates import queries, services
from portal.candidates.details import phone_key, profile_key
from portal.candidates.models import DuplicateState
from portal.candidates.verdicts import CROWD, Person, compare, keys
from portal.db import db
from portal.extensions import jobs
from tests.candidates.lists import check
from tests.pages import press


def pairs():
    jobs.run("candidates.find_duplicates")
    return {tuple(sorted((pair.first.full_name, pair.second.full_name))): pair.reasons for pair in queries.list_duplicates()}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+49 (0)4921 12 34 56", "04921/123456", True),
        ("0049 4921 123456", "+494921123456", True),
        ("٠٤٩٢١١٢٣٤٥٦", "04921 123456", True),
        ("+1 (415) 555-2671", "415 555 2671", True),
        ("+49 4921 123456", "+49 4921 123457", False),
    ],
)
def test_a_phone_is_the_same_however_it_is_written(one, other, same):
    assert (phone_key(one) == phone_key(other)) is same
    assert phone_key("123") is None


def test_a_profile_page_is_the_same_under_all_its_addresses():
    spellings = ["https://www.linkedin.com/in/Ada-L/?trk=x", "de.linkedin.com/in/ada-l", "http://linkedin.com/in/ada-l#top"]
    assert {profile_key(spelling) for spelling in spellings} == {"linkedin.com/in/ada-l"}
    assert profile_key("https://linkedin.com/") is None  # everybody's page is nobody's


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (Person("Jürgen Müller", "Werft"), Person("Juergen Mueler", "WERFT"), ["similar name", "company"]),
        (Person("Lovelace, Ada"), Person("Ada Lovelace"), ["name"]),
        (Person("김도현", "Naver"), Person("김도현", "Naver"), ["name", "company"]),
        (Person("Ada", address_key="ada+jobs@x.example"), Person("Bob", address_key="ada@x.example"), ["address"]),
        (Person("Ada King", phone_key="4921123456"), Person("A. Lovelace", phone_key="4921123456"), ["phone"]),
        (Person("Thomas Müller", "Werft", "Emden"), Person("Thomas Müller", "Dock", "Köln"), None),
        (Person("Ada Lovelace"), Person("Adam Lovelock"), None),
    ],
)
def test_what_speaks_for_one_person_is_said_in_words(one, other, reasons):
    verdict = compare(one, other)
    assert (verdict and [reason.value for reason in verdict.reasons]) == reasons
    if reasons:
        assert set(keys(one)) & set(keys(other)), "two who are one person must be found by a look-up"


def test_people_who_are_here_twice_are_found_and_others_are_not(make):
    make.candidate("Jürgen Müller", email="jm@x.example", company="Werft")
    make.candidate("Juergen Mueller", email="mueller@y.example", company="werft")
    make.candidate("Ada Lovelace", email="ada@x.example", phone="+49 4921 123456")
    make.candidate("Countess King", email="king@y.example", phone="04921 123456")
    make.candidate("Bob", email="bob@x.example", profile_url="linkedin.com/in/bob")
    make.candidate("Robert", email="rob@x.example", profile_url="https://de.linkedin.com/in/Bob/")
    make.candidate("Petro Ivanenko", email="petro@x.example")
    make.candidate("Petro", email="petro+jobs@x.example")
    assert pairs() == {
        ("Juergen Mueller", "Jürgen Müller"): ["name", "company"],
        ("Ada Lovelace", "Countess King"): ["phone"],
        ("Bob", "Robert"): ["profile"],
        ("Petro", "Petro Ivanenko"): ["address"],
    }
    assert jobs.run("candidates.find_duplicates") == 0


def test_not_the_same_person_is_remembered_and_a_change_looks_again(make):
    one, other = (make.candidate("Ada Lovelace", email=f"{name}@x.example").id for name in "ab")
    assert len(pairs()) == 1
    services.keep_apart(queries.find_duplicate(other, one))
    services.edit(queries.get_candidate(one), services.Details("Ada Lovelace", "a@x.example", place="Emden"))
    assert pairs() == {}
    assert queries.find_duplicate(one, other).state is DuplicateState.DIFFERENT
    bob = make.candidate("Ada Lovelace", email="c@x.example", place="Emden").id
    assert (len(pairs()), queries.count_duplicates()) == (1, 2)  # two pairs of the same names
    services.edit(queries.get_candidate(bob), services.Details("Bob", "c@x.example"))
    assert pairs() == {}


def test_a_switchboard_makes_no_pairs(make):
    for number in range(CROWD + 1):
        make.candidate(f"Person{'abcdefghijklmnopqrstuvwxyz'[number]}", email=f"p{number}@x.example", phone="+49 4921 100")
    jobs.run("candidates.find_duplicates")
    bob = make.candidate("Bob", email="bob@x.example", phone="+49 4921 100")
    jobs.run("candidates.find_duplicates")
    assert not [pair for pair in queries.list_duplicates(size=999) if bob.id in {pair.first_id, pair.second_id}]


def test_a_list_says_before_it_comes_in_who_may_be_whom(make):
    ada_id = make.candidate("Ada Lovelace", email="ada@old.example", phone="+49 4921 123456").id
    jobs.run("candidates.find_duplicates")
    rows = [
        ["Ada King", "ada@new.example", "", "", "04921 123456"],
        ["Jürgen Müller", "jm@x.example", "Werft", "", ""],
        ["Juergen Mueller", "j.m@y.example", "Werft", "", ""],
        ["Bob", "bob@x.example", "", "", ""],
    ]
    found = {row.number: row for row in queries.list_rows(check(make, rows).id)}
    assert (found[2].alike, found[2].alike_id) == ("May be somebody who is here: same phone.", ada_id)
    assert found[4].alike == "May be the person in row 3: same name, same company."
    assert not found[3].alike
    assert not found[5].alike
    assert queries.count_alike(found[2].import_id) == 2


def test_the_page_shows_pairs_side_by_side_and_remembers_the_answer(hana, make):
    page = hana.get("/console/duplicates").text
    assert "Nobody seems to be here twice" in page
    ada = make.candidate("Ada Lovelace", email="ada@x.example", place="Emden")
    make.candidate("Ada Lovelace", email="ada@y.example", place="Emden", company="<b>Werft</b>")
    jobs.run("candidates.find_duplicates")

    assert "same name" in hana.get("/console/duplicates").text
    page = hana.get("/console/duplicates/1").text
    assert "&lt;b&gt;Werft&lt;/b&gt;" in page
    assert "the same" in page
    shown = press(hana, "/console/duplicates/1", "Merge into one person", **{"fields-0": "lost"})
    assert "one person now" in shown.text
    assert queries.get_candidate(2) == queries.get_candidate(ada.id)
    assert queries.get_candidate(ada.id).email == "ada@y.example"
    assert queries.get_candidate(ada.id).company == "<b>Werft</b>"
    assert "two people again" in press(hana, "/console/duplicates", "Undo").text
    assert queries.get_candidate(ada.id).email == "ada@x.example"
    assert "Remembered" in press(hana, "/console/duplicates/1", "Not the same person").text
    assert queries.count_duplicates() == 0
    answer = press(hana, "/console/duplicates", "Look at them", one="ada@x.example", other="ada@x.example")
    assert (answer.status_code, "same person already" in answer.text) == (422, True)
    assert (
        "One person or two?"
        in press(hana, "/console/duplicates", "Look at them", one="ADA@x.example", other="ada@y.example").text
    )


def test_a_persons_page_says_who_they_may_be_and_leads_to_a_merge_with_anybody(hana, make):
    ada = make.candidate("Ada Lovelace", email="ada@x.example", place="Emden")
    make.candidate("Ada Lovelace", email="ada@y.example", place="Emden")
    nameless = make.candidate("A. King")
    nameless.email = nameless.address_key = None
    db.session.commit()
    jobs.run("candidates.find_duplicates")
    page = hana.get(f"/console/pipeline/{ada.id}").text
    assert "May be the same person as" in page
    assert 'href="/console/duplicates/1"' in page
    start = f"/console/duplicates?one={ada.id}"
    assert f'href="{start}#pair-title"' in page
    assert 'value="ada@x.example"' in hana.get(start).text
    for wrong in (str(ada.id), "9" * 30, "999", "nobody@x.example", "²"):
        assert press(hana, start, "Look at them", other=wrong).status_code == 422, wrong
    shown = press(hana, start, "Look at them side by side", other=str(nameless.id))
    assert ("A. King" in shown.text, "Ada Lovelace" in shown.text) == (True, True)
    assert "Merge into one person" in shown.text
