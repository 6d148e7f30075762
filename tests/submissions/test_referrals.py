"""Friends: asked first, by one mail that says nothing of a stranger's but a short name; without a yes nothing of them is left."""

from datetime import timedelta

import time_machine

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.outreach import services as outreach
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.privacy.models import Basis, Suppression
from portal.privacy.queries import current_basis, find_suppression, has_notice
from portal.sourcing.models import Origin
from portal.submissions import services
from portal.submissions.models import Referral
from portal.submissions.queries.referrals import ASKS
from portal.submissions.verdicts import short_name
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.submissions import NAMES, at_this_moment, form_token, rows, send, text_of

CARL = "carl@home.example"


def refer(client, path: str = "/refer", **fields) -> str:
    """Name a friend; returns where the friend's mail leads."""
    assert send(client, path, **{"email": CARL, "about": "/stories/welder"} | fields).status_code == 303
    row = db.session.query(Referral).order_by(Referral.id.desc()).first()
    return f"/referred/{tokens.derive(ASKS, row.nonce)}" if row else ""


def answer(client, path: str, seconds: float = 20, **fields):
    return client.post(path, data={"form_token": form_token("referred", seconds), **fields}, headers=BROWSER)


def test_the_friend_is_asked_first_and_a_get_answers_nothing(client, app):
    path = refer(client, name="Ada Novak")
    delivery.send_slice()
    mail = db.session.query(OutboxMail).one()
    raw = mail.raw.decode()
    assert mail.recipient == CARL
    for words in ("Ada Novak", "Welder", "We keep nothing about you unless you say yes", "/privacy"):
        assert words.lower() in raw.replace("=\n", "").replace("\r\n", " ").lower(), words
    before = rows()
    page = text_of(client.get(path, headers=BROWSER))
    assert "Ada Novak" in page
    assert CARL not in page
    with at_this_moment():
        assert "One more press" in text_of(answer(client, path, seconds=1, name="Carl")), "a program presses at once"
    assert rows() == before
    assert db.session.query(Candidate).count() == 0


def test_a_yes_makes_a_candidate_by_referral_with_consent(client, make):
    message = make.message(make.candidate("Ada Novak"))
    path = refer(client, f"/l/{outreach.token_of(message.link)}/refer", name="Ada")
    missing = answer(client, path, name="")
    assert missing.status_code == 422
    assert "Tell us what to call you." in text_of(missing)
    for _press in range(2):
        assert answer(client, path, name="Carl Ööst").status_code == 303
    carl = db.session.query(Candidate).filter_by(email=CARL).one()
    assert (carl.full_name, carl.source.name, carl.source.origin) == ("Carl Ööst", "Referral", Origin.REFERRAL)
    assert current_basis(carl.id).basis is Basis.CONSENT
    assert has_notice(carl.id)
    assert find_placement(carl.id).stage is StageName.INTERESTED
    people = {row.candidate_id for row in db.session.query(Touchpoint).filter_by(kind=Kind.REFERRED)}
    assert people == {carl.id, message.candidate_id}
    referral = db.session.query(Referral).one()
    assert (referral.email, referral.address_key, referral.candidate_id) == ("", None, carl.id)
    assert "You said yes before" in text_of(client.get(path))


def test_a_no_leaves_nothing_but_the_wish_never_to_be_asked_again(client, app):
    path = refer(client)
    with at_this_moment():
        assert answer(client, f"{path}/refusals", seconds=1).status_code == 200
    assert answer(client, f"{path}/refusals").status_code == 303
    assert db.session.query(Referral).count() == db.session.query(Suppression).count() == db.session.query(Candidate).count() == 0
    assert client.get(path).status_code == 404
    assert answer(client, path, name="Carl").status_code == 404
    assert answer(client, f"{refer(client)}/refusals", never="1").status_code == 303
    assert find_suppression(CARL.upper()) is not None
    assert refer(client) == "", "nobody names them again"


def test_without_an_answer_the_friends_data_is_gone_after_14_days(client, app):
    path = refer(client)
    with time_machine.travel(clock.now() + timedelta(days=13, hours=23)):
        assert services.forget_friends() == 0
        assert client.get(path).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        assert client.get(path).status_code == 404
        assert answer(client, path, name="Carl").status_code == 404
        assert services.forget_friends() == 1
        delivery.forget_strangers()
    assert db.session.query(Referral).count() == 0
    assert CARL not in str(
        [(row.address, row.address_name) for row in db.session.query(Delivery).filter_by(purpose=Purpose.REFERRAL)]
    )


def test_nobody_is_asked_twice_and_known_and_suppressed_people_not_at_all_and_all_look_alike(client, make):
    make.candidate("Known", email="known@home.example")
    candidates.object_to_contact(make.candidate("Bob", email="bob@home.example"))
    before = rows()
    answers = [send(client, "/refer", email=address) for address in ("KNOWN@home.example", "bob@home.example")]
    assert rows() == before
    answers += [send(client, "/refer", email=CARL, name=name) for name in ("Ada", "Hugo", "Ada")]
    assert {(one.status_code, one.location) for one in answers} == {(303, "/thanks?after=referral")}
    assert db.session.query(Referral).one().referrer_name == "Ada"
    assert delivery.send_slice() == 1


def test_only_a_short_name_may_stand_in_the_friends_mail(client, app):
    assert [short_name(name) for name in NAMES] == NAMES
    assert short_name("J. R. Ewing") == "J. R. Ewing"
    assert short_name(" Ada\r\nBcc: x ") == ""
    assert short_name("\u202eAda\u202c\u200b") == "Ada"
    for bad in ("www.spam.example", "http://x", "buy.now", "Ada <b>", "call 0800", "one two three four five", "x" * 41, "a@b"):
        assert short_name(bad) == "", bad
        refused = send(client, "/refer", email=CARL, name=bad)
        assert refused.status_code == 422
        assert "Please only a name here" in text_of(refused)
    assert db.session.query(Referral).count() == 0


def test_staff_see_that_somebody_is_thinking_and_not_who(client, hana):
    assert "Nobody has named a friend yet" in text_of(hana.get("/console/answers/referrals"))
    path = refer(client, name="Ada")
    page = text_of(hana.get("/console/answers/referrals"))
    assert "thinking" in page
    assert CARL not in page
    answer(client, path, name="Carl")
    assert "said yes" in text_of(hana.get("/console/answers/referrals"))
