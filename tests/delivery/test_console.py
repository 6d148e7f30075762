"""The outbox: mails as they would look, and those that need a decision."""

import re

import pytest

from portal.accounts.models import RoleName
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose, Status
from tests.conftest import sign_in
from tests.delivery.conftest import find, queue, use_server, write_letter


@pytest.fixture
def outbox(app):
    app.extensions["composers"] = dict.fromkeys(Purpose, write_letter)


@pytest.fixture
def mail(outbox, make):
    """A mail to somebody whose name is not Latin."""
    row = queue(make.candidate("مريم الخطيب", greeting_name="مريم"))
    delivery.send_slice()
    return row


def test_an_empty_outbox_says_what_will_be_here(hana):
    page = hana.get("/console/outbox")
    assert "No mail here" in page.text
    assert "No mail server is set." in page.text


def test_a_mail_is_shown_as_it_would_look(hana, mail):
    listed = hana.get("/console/outbox")
    address = re.search(r'href="(/console/outbox/\d+)"', listed.text).group(1)
    page = hana.get(address)
    assert f'src="{address}/frame"' in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    frame = hana.get(f"{address}/frame")
    assert "مريم" in frame.text
    assert "how are you?" in hana.get(f"{address}?part=text").text
    assert "A question for مريم" in hana.get(f"{address}?part=head").text
    assert "Content-Transfer-Encoding: quoted-printable" in hana.get(f"{address}?part=source").text


def test_the_frame_runs_nothing_and_may_only_be_framed_by_us(hana, mail):
    address = re.search(r'href="(/console/outbox/\d+)"', hana.get("/console/outbox").text).group(1)
    frame = hana.get(f"{address}/frame")
    policy = frame.headers["Content-Security-Policy"]
    nonce = re.search(r"style-src 'nonce-([^']+)'", policy).group(1)
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert "unsafe-inline" not in policy
    assert "style=" not in frame.text
    assert set(re.findall(r"<style([^>]*)>", frame.text)) == {f' nonce="{nonce}"'}
    assert '<base target="_blank">' in frame.text
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_that_did_not_leave_is_shown_with_its_reason_and_can_be_tried_again(hana, outbox, app, make):
    ada = make.candidate("Ada")
    row = queue(ada)
    with transaction():
        row.status, row.error = Status.FAILED, "550 5.1.1 no such user"
    page = hana.get("/console/outbox?show=decide")
    assert "no such user" in page.text
    token = csrf(page)
    answer = hana.post(f"/console/outbox/deliveries/{row.id}/attempts", data={"csrf_token": token, "show": "decide"})
    assert answer.headers["Location"] == "/console/outbox?show=decide"
    delivery.send_slice()
    assert find(ada).status is Status.SENT


def test_what_a_rule_held_back_waits_for_nobody(hana, outbox, make):
    row = queue(make.candidate("Ada"))
    with transaction():
        row.status, row.withheld_reason = Status.WITHHELD, "Unsubscribed."
    assert "needs a decision" not in hana.get("/console/outbox").text
    held = hana.get("/console/outbox?show=held").text
    assert "Unsubscribed." in held
    assert "Try again" not in held


def test_a_decision_is_taken_once(hana, outbox, make):
    row = queue(make.candidate("Ada"))
    with transaction():
        row.status = Status.UNCERTAIN
    token = csrf(hana.get("/console/outbox"))
    url = f"/console/outbox/deliveries/{row.id}/cancellations"
    assert hana.post(url, data={"csrf_token": token}).status_code == 303
    assert hana.post(url, data={"csrf_token": token}).status_code == 409
    assert delivery.send_slice() == 0


def test_the_outbox_is_read_page_by_page(hana, make):
    people = [make.person(f"Person {number}") for number in range(60)]
    delivery.enqueue(Purpose.MAILING, 1, [person.id for person in people])
    first = hana.get("/console/outbox?show=waiting")
    assert first.text.count("<tr>") == 51
    later = re.search(r'href="([^"]*before=[^"]*)"', first.text).group(1).replace("&amp;", "&")
    assert hana.get(later).text.count("<tr>") == 11


def test_only_who_may_send_decides_and_only_who_may_see_people_looks(app, outbox, make):
    row = queue(make.candidate("Ada"))
    analyst = sign_in(app, make.user("ana@sielwerk.example", RoleName.ANALYST, "Ana"))
    assert analyst.get("/console/outbox").status_code == 403
    assert analyst.get("/console/outbox/1/frame").status_code == 403
    assert analyst.post(f"/console/outbox/deliveries/{row.id}/attempts").status_code in {400, 403}


def test_a_mail_server_ends_the_hint(hana, app):
    use_server(app, "smtp://127.0.0.1:1")
    assert "No mail server is set." not in hana.get("/console/outbox").text


def csrf(page) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)


def test_a_place_beyond_all_rows_is_passed_over(hana):
    assert hana.get("/console/outbox?before=99999999999999999999").status_code == 200
