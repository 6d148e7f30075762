"""What staff see and do about keeping data."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import RoleName
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.errors import Conflict, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Action, AuditEntry, Basis, Erasure, Hold, Rule
from portal.privacy.queries import find_hold, find_suppression, find_term, has_notice
from portal.retention import queries, services
from portal.retention.queries import Lack
from tests.conftest import sign_in
from tests.retention.work import run


def post(client, url: str, **fields):
    page = client.get("/account/password" if "/notices" in url or "/releases" in url or "/removals" in url else url).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post(url, data={"csrf_token": token, **fields})


def test_the_report_says_who_lacks_what(make, hana):
    late, fresh, told = make.candidate("Late"), make.candidate("Fresh"), make.reader("Told")
    bare, ends = make.person("Bare"), make.reader("Ends")
    run("retention.terms")
    with transaction():
        late.collected_at = clock.now() - timedelta(days=26)
    privacy.establish(ends.id, Basis.CONSENT, until=clock.now() + timedelta(days=9))
    privacy.settle_terms([late.id])
    source = make.source("Nowhere")
    with transaction():
        source.data_note, told.source_id = "", source.id
    names = {lack: [row.candidate.full_name for row in queries.list_lacking(lack)] for lack in Lack}
    assert names == {
        Lack.LATE: ["Late"],
        Lack.NOTICE: ["Late", "Fresh", "Bare"],
        Lack.BASIS: ["Bare"],
        Lack.SOURCE: ["Told"],
        Lack.ENDS: ["Ends"],
        Lack.HELD: [],
    }
    assert queries.report() == {lack: len(people) for lack, people in names.items()}
    page = hana.get("/console/retention").text
    assert "Late" in page
    assert "1 person was never told." in page
    assert "Nobody" in hana.get("/console/retention?lack=held").text
    assert "Tell 1 person" in hana.get("/console").text
    assert fresh.full_name == bare.full_name.replace("Bare", "Fresh")


def test_the_notice_leaves_with_one_press_and_counts_when_it_has_left(make, hana):
    ada = make.candidate("Ada")
    assert post(hana, f"/console/retention/candidates/{ada.id}/notices").status_code == 303
    assert not has_notice(ada.id)
    run("delivery.send")
    assert has_notice(ada.id)
    raw = db.session.query(OutboxMail).one().raw.decode("utf-8", "replace")
    for said in ("Oldenburg meetup", "legitimate", "complain", "/privacy", "/u/"):
        assert said in raw.replace("=\r\n", "").replace("=\n", ""), said
    with pytest.raises(Conflict):
        services.send_notice(db.session.get(Candidate, ada.id))
    assert Action.SENT in {row.action for row in db.session.query(AuditEntry)}


def test_all_who_are_late_are_told_with_one_press_but_nobody_against_their_wish(make, hana):
    people = [make.candidate(f"P{number}") for number in range(3)]
    with transaction():
        for one in people:
            one.collected_at = clock.now() - timedelta(days=26)
        people[0].do_not_contact_at = clock.now()
    privacy.settle_terms([one.id for one in people])
    assert post(hana, "/console/retention/notices").status_code == 303
    assert {row.candidate_id for row in db.session.query(Delivery)} == {people[1].id, people[2].id}
    assert services.send_late_notices() == 0
    with pytest.raises(Refused, match="Do not contact"):
        services.send_notice(people[0])


def test_a_legal_hold_restricts_instead_of_deleting(make, hana):
    ada = make.candidate("Ada")
    number = ada.id
    assert post(hana, f"/console/retention/candidates/{number}/holds").status_code == 422
    post(hana, f"/console/retention/candidates/{number}/holds", reason="A claim about pay", until="")
    assert find_term(number).delete_at is None
    assert db.session.get(Candidate, number).restricted_at
    assert queries.standing_of(db.session.get(Candidate, number)).may_have_notice is False
    page = hana.get(f"/console/pipeline/{number}").text
    assert "A claim about pay" in page
    with clock.standing_at(clock.now() + timedelta(days=90)):
        run("retention.delete")
    with pytest.raises(Refused, match="locked away"):
        privacy.erase(number, "candidate")
    assert db.session.get(Candidate, number).erased_at is None
    assert find_hold(number).erasure_asked_at
    post(hana, f"/console/retention/candidates/{number}/releases")
    assert db.session.get(Candidate, number).erased_at, "the wish is carried out when the hold ends"
    assert db.session.query(Hold).count() == 0


def test_a_hold_ends_on_its_day(make):
    ada = make.reader("Ada")
    services.hold(ada, "A claim", clock.now().date() + timedelta(days=10))
    with clock.standing_at(clock.now() + timedelta(days=11)):
        run("retention.end_holds")
    db.session.expire_all()
    assert find_hold(ada.id) is None
    assert db.session.get(Candidate, ada.id).restricted_at is None
    assert find_term(ada.id).delete_at


def test_staff_erase_after_reading_what_it_does_and_get_a_receipt(make, hana):
    ada = make.candidate("Ada", email="ada@mail.example")
    page = hana.get(f"/console/retention/candidates/{ada.id}/erasures").text
    assert "cannot be undone" in page
    answer = post(hana, f"/console/retention/candidates/{ada.id}/erasures")
    receipt = db.session.query(Erasure).one()
    assert answer.location.endswith(f"/console/retention/receipts/{receipt.reference}")
    assert receipt.reference in hana.get(answer.location).text
    assert hana.get(f"/console/pipeline/{ada.id}").status_code == 404
    assert find_suppression("ada@mail.example")
    assert receipt.by == "staff"


def test_rules_are_kept_and_removed_by_administrators(make, hana):
    post(hana, "/console/retention/rules", country="Germany, DE", basis="consent", months="18")
    assert post(hana, "/console/retention/rules", country="Germany", basis="consent", months="0").status_code == 422
    assert post(hana, "/console/retention/rules", country="de, Hesse", basis="consent", months="3").status_code == 422
    rule = db.session.query(Rule).one()
    assert (rule.country, rule.months) == ("Germany, DE", 18)
    post(hana, f"/console/retention/rules/{rule.id}/removals")
    assert db.session.query(Rule).count() == 0


def test_administrators_read_the_trail_and_narrow_it(app, make, hana):
    ada = make.candidate("Ada")
    hana.get(f"/console/pipeline/{ada.id}")
    privacy.audit(Action.EXPORTED, actor_id=99, rows=7)
    page = hana.get("/console/retention/trail").text
    assert "Hana Ubben" in page
    assert "somebody who has left" in page
    assert "Hana Ubben" not in hana.get("/console/retention/trail?action=exported").text.split("<tbody>")[1]
    assert "Nothing here" in hana.get("/console/retention/trail?candidate_id=4711").text
    assert hana.get("/console/retention/trail?action=nonsense&on=x&candidate_id=y&before=z").status_code == 200
    assert "Whole." in hana.get("/console/retention/trail/verdict").text
    with transaction() as session:
        session.query(AuditEntry).filter_by(id=1).delete()
    assert "entry 1 is missing" in hana.get("/console/retention/trail/verdict").text
    recruiter = sign_in(app, make.user("ida@sielwerk.example", RoleName.RECRUITER, "Ida"))
    assert recruiter.get("/console/retention/trail").status_code == 403
    assert recruiter.get("/console/retention").status_code == 200


def test_a_mail_that_waits_is_not_sent_to_somebody_who_was_erased(make):
    ada = make.candidate("Ada")
    services.send_notice(ada)
    privacy.erase(ada.id, "candidate")
    run("delivery.send")
    assert db.session.query(Delivery).filter_by(purpose=Purpose.NOTICE).one().status is not Status.SENT
    assert db.session.query(OutboxMail).count() == 0
