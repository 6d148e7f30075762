"""One reminder, one button, and nothing happens by looking."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from portal import clock, tokens
from portal.db import db
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.privacy import services as privacy
from portal.privacy.models import Basis, LawfulBasis
from portal.privacy.queries import current_basis, find_term
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints
from tests.retention.work import run


@pytest.fixture
def reminded(make):
    """Ada, eleven months and a bit after she was last heard of, with the reminder in her hand: its link's token."""
    ada = make.reader("Ada")
    with clock.standing_at(current_basis(ada.id).until - timedelta(days=20)):
        run("retention.remind")
        run("delivery.send")
        mail = message_from_bytes(db.session.query(OutboxMail).one().raw, policy=policy.default)
        yield ada.id, re.search(r"/renewals/([\w.\-]+)", mail.get_body(("plain",)).get_content())[1]


def press(client, token: str):
    form_token = re.search(r'name="form_token" value="([^"]+)"', client.get(f"/renewals/{token}").text)[1]
    return client.post(f"/renewals/{token}", data={"form_token": form_token})


def test_one_reminder_comes_and_no_second(reminded):
    number, _token = reminded
    run("retention.remind")
    with clock.standing_at(clock.now() + timedelta(days=10)):
        run("retention.remind")
        run("delivery.send")
    assert db.session.query(Delivery).filter_by(purpose=Purpose.RENEWAL, candidate_id=number).count() == 1


def test_looking_renews_nothing_and_pressing_renews_once(client, reminded):
    number, token = reminded
    for _time in range(3):
        page = client.get(f"/renewals/{token}")
        client.head(f"/renewals/{token}")
    assert "May we keep your data?" in page.text
    assert "Ada" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert current_basis(number).basis is Basis.LEGITIMATE_INTEREST
    assert press(client, token).status_code == 303
    basis = current_basis(number)
    assert (basis.basis, find_term(number).delete_at) == (Basis.CONSENT, basis.until)
    assert basis.until > clock.now() + timedelta(days=700)
    assert "We stay in touch" in client.get(f"/renewals/{token}").text
    assert list_touchpoints(number)[0].kind is Kind.RENEWED
    assert db.session.query(LawfulBasis).filter_by(candidate_id=number).count() == 2


def test_a_link_after_the_erasure_and_a_forged_one_open_nothing(client, reminded):
    number, token = reminded
    privacy.erase(number, "candidate")
    assert "Nothing is kept" in client.get(f"/renewals/{token}").text
    assert client.get("/renewals/nonsense").status_code == 404
    assert client.get(f"/renewals/{tokens.sign('unsubscribe', [number, 1])}").status_code == 404


def test_nobody_is_asked_who_wants_no_mail_or_was_promised_a_day(make):
    stopped, promised = make.reader("Stopped"), make.reader("Promised")
    end = current_basis(stopped.id).until
    privacy.establish(promised.id, Basis.CONSENT, until=end)
    from portal.candidates import services as candidates

    candidates.unsubscribe(stopped)
    with clock.standing_at(end - timedelta(days=20)):
        run("retention.remind")
        run("delivery.send")
    assert db.session.query(OutboxMail).count() == 0
    assert db.session.query(Delivery).filter_by(candidate_id=promised.id).count() == 0
