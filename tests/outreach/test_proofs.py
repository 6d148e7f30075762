"""What a visit leaves: one row before the answer, and one line in the timeline once it is proved that a person read."""

from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.db import db
from portal.outreach import services
from portal.outreach.models import Verdict, Visit
from portal.outreach.verdicts import VERSION
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER, at_once
from tests.outreach.visiting import proof_in, prove, visits


def test_the_visit_is_in_the_database_before_the_answer_leaves(client, make):
    token = make.link()
    client.get(f"/l/{token}", headers=BROWSER)
    [visit] = visits()
    assert (visit.page, visit.agent, visit.signals) == ("/stories/control-engineer", "Firefox", "")


def test_a_visit_keeps_no_network_address_and_no_whole_agent(client, make):
    client.get(f"/l/{make.link()}", headers=BROWSER, environ_base={"REMOTE_ADDR": "203.0.113.77"})
    [visit] = visits()
    kept = " ".join(str(getattr(visit, column.name)) for column in Visit.__table__.columns)
    assert "203.0.113" not in kept
    assert "Gecko" not in kept


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"Sec-Purpose": "prefetch"}),
        ("GET", {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}),
        ("GET", {"User-Agent": ""}),
        ("GET", {"Accept": "*/*"}),
    ],
)
def test_machines_make_no_human_visit_no_touchpoint_and_no_move(client, make, method, headers):
    message = make.message()
    client.open(f"/l/{services.token_of(message.link)}", method=method, headers={**BROWSER, **headers})
    services.classify()
    [visit] = visits()
    assert visit.verdict in {Verdict.MACHINE, Verdict.PREVIEW}
    assert visit.rule
    assert visit.rule_version == VERSION
    assert db.session.query(Touchpoint).filter_by(kind=Kind.VISITED).count() == 0
    assert find_placement(message.candidate_id) is None


def test_a_proof_makes_one_human_visit_one_touchpoint_and_engages_once(client, make):
    message = make.message()
    token = services.token_of(message.link)
    landing = client.get(f"/l/{token}", headers=BROWSER)
    services.classify()
    assert visits()[0].verdict is Verdict.UNCONFIRMED
    client.post(f"/l/{token}/proofs", data={"visit": proof_in(landing)})
    assert visits()[0].proved_at is None, "nobody reads in no time"
    for _again in range(3):
        assert prove(client, token, landing).status_code == 204
    services.classify()
    services.classify()
    db.session.expire_all()
    assert visits()[0].verdict is Verdict.HUMAN
    [touchpoint] = db.session.query(Touchpoint).filter_by(kind=Kind.VISITED)
    assert (touchpoint.campaign_id, touchpoint.subject_id) == (message.campaign_id, message.link_id)
    assert find_placement(message.candidate_id).stage is StageName.ENGAGED


def test_several_pages_in_one_sitting_are_one_line_in_the_timeline(client, make):
    token = make.link()
    for path in ("", "/value/pay", "/value"):
        prove(client, token, client.get(f"/l/{token}{path}", headers=BROWSER))
    services.classify()
    assert db.session.query(Touchpoint).filter_by(kind=Kind.VISITED).count() == 1
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        prove(client, token, client.get(f"/l/{token}", headers=BROWSER))
        services.classify()
    assert db.session.query(Touchpoint).filter_by(kind=Kind.VISITED).count() == 2


def test_a_proof_from_another_site_is_refused(client, make):
    token = make.link()
    landing = client.get(f"/l/{token}", headers=BROWSER)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://mallory.example"}, {"Origin": "null"}):
        assert prove(client, token, landing, **headers).status_code == 403
    assert visits()[0].proved_at is None


@pytest.mark.parametrize("proof", ["", "x" * 22, "\x00", "x" * 100_000])
def test_a_wrong_proof_changes_nothing_and_tells_nothing(client, make, proof):
    token = make.link()
    client.get(f"/l/{token}", headers=BROWSER)
    assert client.post(f"/l/{token}/proofs", data={"visit": proof}).status_code == 204
    assert visits()[0].proved_at is None


def test_a_proof_comes_too_late_after_a_day(client, make):
    token = make.link()
    proof = proof_in(client.get(f"/l/{token}", headers=BROWSER))
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        client.post(f"/l/{token}/proofs", data={"visit": proof})
    assert visits()[0].proved_at is None


def test_links_opened_in_a_sweep_are_a_machines_also_those_judged_before(client, make):
    campaign = make.campaign()
    for number in range(4):
        client.get(f"/l/{make.link(make.candidate(f'Person {number}'), campaign)}", headers=BROWSER)
        services.classify()
    while services.classify():
        pass
    db.session.expire_all()
    assert {(visit.verdict, visit.rule) for visit in visits()} == {(Verdict.MACHINE, "several links")}


def test_two_hundred_visits_at_once_are_each_kept_once(app, make):
    token = make.link()

    def visit():
        client = app.test_client()
        return [client.get(f"/l/{token}", headers=BROWSER).status_code for _turn in range(10)]

    assert at_once(app, 20, visit) == [[200] * 10] * 20
    assert db.session.query(Visit).count() == 200
