"""The staff door: what the first page says, and what the navigation offers to whom."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import RoleName
from portal.candidates.models import Import, ImportStatus
from portal.console import NAVIGATION, queries
from portal.db import transaction
from portal.delivery.models import Delivery, Purpose, Status
from portal.outreach import services as outreach
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.submissions.models import Answer, Response
from tests.conftest import sign_in


def text(page: str) -> str:
    """What a reader sees, without tags and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def answer(make, name: str = "Ada", said: Answer = Answer.INTERESTED) -> Response:
    """Somebody who answered a first message."""
    message = make.message(make.candidate(name))
    with transaction() as session:
        response = Response(
            candidate_id=message.candidate_id, link_id=message.link_id, answer=said, comment="", at=clock.now(), form_key=name
        )
        session.add(response)
    return response


def test_a_new_house_is_led_through_the_first_time_step_by_step(hana, make):
    page = text(hana.get("/console").text)
    assert "Say whom you look for." in page
    assert "1 of 7 done" in page
    make.persona()
    assert "Say where people come from." in text(hana.get("/console").text)
    make.source()
    assert "Add people." in text(hana.get("/console").text)
    make.candidate("Ada")
    assert "Prepare a campaign." in text(hana.get("/console").text)
    outreach.queue(make.message().campaign)
    page = text(hana.get("/console").text)
    assert "Stay in touch." in page
    assert "6 of 7 done" in page


def test_who_said_yes_and_has_nothing_agreed_comes_first(hana, make):
    response = answer(make)
    pipeline.move(response.candidate_id, StageName.INTERESTED, "Said yes")
    answer(make, "Bob", Answer.NO)
    page = text(hana.get("/console").text)
    assert "Answer Ada first." in page
    assert "1 person" in page
    pipeline.set_next_step(response.candidate_id, "Talk on the phone", clock.today("Europe/Berlin") + timedelta(days=2))
    assert "Answer Ada first." not in text(hana.get("/console").text)


def test_a_step_that_is_due_waits_behind_a_yes_and_says_since_when(hana, make):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    pipeline.move(ada.id, StageName.IN_CONVERSATION, "Called")
    pipeline.set_next_step(ada.id, "Send the pay range", clock.today("Europe/Berlin") - timedelta(days=3))
    assert "Ada first: Send the pay range." in text(hana.get("/console").text)
    pipeline.move(bob.id, StageName.INTERESTED, "Said yes")
    assert [one.row.full_name for one in queries.list_waiting()] == ["Bob", "Ada"]
    assert "2 people" in text(hana.get("/console").text)


def test_imports_that_wait_and_mail_that_did_not_leave_are_shown(hana, make):
    ada = make.candidate("Ada")
    with transaction() as session:
        upload = Import(file_name="people.csv", content=b"", source=make.source(), created_at=clock.now())
        upload.status = ImportStatus.CHECKED
        about = {"purpose": Purpose.MAILING, "subject_id": 1, "candidate": ada, "message_id": "<1@x>"}
        failed = Delivery(**about, status=Status.FAILED, not_before=clock.now(), created_at=clock.now())
        session.add_all([upload, failed])
    page = text(hana.get("/console").text)
    assert "people.csv" in page
    assert "waits for your yes" in page
    assert "1 mail failed" in page


def test_without_a_mail_server_the_first_page_says_so(hana):
    assert "No mail server is set" in text(hana.get("/console").text)


@pytest.mark.parametrize("role", RoleName)
def test_the_navigation_offers_what_the_role_opens(app, make, role):
    client = sign_in(app, make.user("ida@sielwerk.example", role, "Ida"))
    page = client.get("/console").text
    navigation = page[page.index('aria-label="Console"') : page.index('class="keys"')]
    for link in re.findall(r'<li><a href="(/console[^"]*)"', navigation):
        assert client.get(link).status_code == 200, link
    assert ("/console/accounts" in re.findall(r'href="([^"]+)"', page)) == (role is RoleName.ADMINISTRATOR)


def test_editors_and_analysts_see_no_names_on_the_first_page(app, make):
    answer(make, "Ada")
    for number, role in enumerate((RoleName.EDITOR, RoleName.ANALYST)):
        page = sign_in(app, make.user(f"{number}@sielwerk.example", role, "Ida")).get("/console").text
        assert "Ada" not in page


def test_the_page_one_is_on_is_marked(hana):
    page = hana.get("/console/accounts").text
    assert re.search(r'<a href="/console/accounts" aria-current="page"', page)
    assert not re.search(r'<a href="/console" aria-current', page)


def test_keys_are_one_letter_and_unique(app):
    keys = [item.key for group in NAVIGATION for item in group if item.key]
    assert len(keys) == len(set(keys))
    assert all(len(key) == 1 for key in keys)
