"""Visits counted honestly: who counts, who is only counted, and what becomes of the count when rules or rows change."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import render_template

from portal import clock, tokens
from portal.content import services as content
from portal.db import db
from portal.outreach import queries, services, verdicts
from portal.outreach.front import press, watch
from portal.outreach.models import Verdict
from portal.outreach.queries.opened import Question
from portal.outreach.services import visits as judging
from portal.timeline.models import Kind, Touchpoint
from tests.outreach import BROWSER
from tests.outreach.visiting import body_of, proof_in, prove, visits

HIDDEN = {
    "\u202eevil\u202c Ada": "evil",  # an override that would turn round what follows it
    "A\u200bd\u2060a\ufeff": "Ada",
    "\u2066\u2069\u200b": "",
    "فاطمة\u200f": "فاطمة",
    "می\u200cخواهم": "می\u200cخواهم",  # the joiner is part of the spelling
    "Line\r\nbreak": "Line",
    "N" * 10_000: "N" * 80,
}


def human_lines() -> list[datetime]:
    return [row.at for row in db.session.query(Touchpoint).filter_by(kind=Kind.VISITED)]


def judge() -> None:
    while services.classify():
        pass
    db.session.expire_all()


def page_of(client, token: str, path: str = "", **headers):
    return client.get(f"/l/{token}{path}", headers={**BROWSER, **headers})


def test_whether_a_person_gave_proof_can_be_asked_by_link_and_by_page(client, make):
    link, start = make.message().link, clock.now()
    token = services.token_of(link)
    landing = page_of(client, token)
    assert not queries.is_proved(link, start)
    prove(client, token, landing)
    assert queries.is_proved(link, start)
    assert not queries.is_proved(link, clock.now() + timedelta(hours=1))
    other = make.message(make.candidate("Bob")).link
    assert not queries.is_proved(other, start)
    assert queries.is_proved(other, start, proof_in(landing))


@pytest.mark.parametrize("way", ["Sec-GPC", "tracking off"])
def test_who_wants_no_tracking_is_counted_and_not_remembered(client, make, way):
    message = make.message()
    token = services.token_of(message.link)
    message.candidate.tracking_off_at = clock.now() if way == "tracking off" else None
    db.session.commit()
    landing = page_of(client, token, **({"Sec-GPC": "1"} if way == "Sec-GPC" else {}))
    assert "Your talk stayed with me." in body_of(landing)
    assert prove(client, token, landing).status_code == 204
    judge()
    [visit] = visits()
    assert (visit.link_id, visit.campaign_id, visit.verdict) == (None, message.campaign_id, Verdict.HUMAN)
    assert (visit.at.minute, visit.at.second, visit.at.microsecond) == (0, 0, 0)
    assert visit.proof_hash.startswith("0" * 11), "the moment would be in the key"
    assert human_lines() == []
    assert list(queries.list_visits(message.candidate_id)) == []
    assert queries.count_visits(message.campaign_id) == {Verdict.HUMAN: 1}


def test_a_scanner_is_known_as_one_also_where_nobody_is_remembered(app, client, make, monkeypatch):
    message = make.message()
    message.candidate.tracking_off_at = clock.now()
    db.session.commit()
    monkeypatch.setattr(judging, "_delivered_at", lambda _candidate, at: at)
    page_of(client, services.token_of(message.link))
    judge()
    assert (visits()[0].verdict, visits()[0].rule) == (Verdict.MACHINE, "just delivered")


def test_a_page_that_led_to_the_hidden_link_is_a_machines_even_with_a_proof(client, make):
    token = make.link()
    landing = page_of(client, token)
    prove(client, token, landing)
    judge()
    assert len(human_lines()) == 1
    hidden = re.search(r'href="([^"]*/unseen[^"]*)"[^>]* hidden', body_of(landing))[1]
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert client.get(hidden, headers=BROWSER).status_code == 200
    judge()
    assert {(visit.verdict, visit.rule) for visit in visits()} == {(Verdict.MACHINE, "unseen link")}
    assert human_lines() == []


def test_new_rules_are_replayed_over_all_visits_and_the_timeline_follows(client, make, monkeypatch):
    token = make.link()
    for hours in (0, 2, 4):
        with time_machine.travel(clock.now() + timedelta(hours=hours)):
            prove(client, token, page_of(client, token))
    judge()
    assert len(human_lines()) == 3
    before = [(visit.verdict, visit.rule) for visit in visits()]
    late = clock.now() + timedelta(hours=1)
    stricter = verdicts.Rule("late", Verdict.MACHINE, "Came late.", lambda seen: seen.at > late)
    with monkeypatch.context() as changed:
        changed.setattr(verdicts, "RULES", (stricter, *verdicts.RULES))
        changed.setattr(verdicts, "VERSION", verdicts.VERSION + 1)
        changed.setattr(judging, "SLICE", 2)
        told = []
        assert services.reclassify(lambda done, of: told.append((done, of))) == 3
        assert told == [(2, 3), (3, 3)]
        assert services.reclassify() == 0
    db.session.expire_all()
    assert [visit.rule for visit in visits()] == ["proof", "late", "late"]
    assert len(human_lines()) == 1
    services.judge_all_anew()
    assert services.reclassify() == 3
    db.session.expire_all()
    assert [(visit.verdict, visit.rule) for visit in visits()] == before
    assert len(human_lines()) == 3


def test_an_interrupted_replay_goes_on_where_it_stopped(client, make, monkeypatch):
    token = make.link()
    for _number in range(3):
        page_of(client, token)
    judge()
    services.judge_all_anew()
    monkeypatch.setattr(judging, "SLICE", 1)

    def interrupt(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.reclassify(interrupt)
    assert services.reclassify() == 2


def test_the_page_follows_every_change_at_once(client, make):
    message = make.message()
    token = services.token_of(message.link)
    assert "Your talk stayed with me." in body_of(page_of(client, token))
    services.write_note(message, "Something else.\n\nAnd more.")
    message.candidate.greeting_name = "Adele"
    message.campaign.owner.title = "runs the locks"
    db.session.commit()
    page = body_of(page_of(client, token))
    for words in ('<p class="prose" dir="auto">Something else.</p>', "And more.", "<bdi>Adele</bdi>", "runs the locks"):
        assert words in page
    message.link.page = "/stories/welder"
    db.session.commit()
    assert visits()[-1].page == "/stories/control-engineer"
    page_of(client, token)
    assert visits()[-1].page == "/stories/welder"
    message.link.page = "/a page that was taken away"
    db.session.commit()
    assert page_of(client, token).status_code == 200


def test_a_changed_content_file_is_on_the_landing_page(app, client, make, tmp_path, monkeypatch):
    token = make.link()
    page_of(client, token)
    shelf = app.extensions["content"]
    with monkeypatch.context() as changed:
        changed.setattr(shelf, "version", shelf.version + 1)
        rendered = []
        changed.setattr(press, "render_template", lambda *a, **k: rendered.append(a) or render_template(*a, **k))
        page_of(client, token)
        page_of(client, token)
        assert rendered == [("outreach/landing.html",)]
    content.reload()


def test_each_request_has_tokens_of_its_own(client, make):
    token = make.link()
    first, second = (body_of(page_of(client, token)) for _turn in range(2))
    for name in ('name="form_token" value="([^"]+)"', 'data-visit="([^"]+)"'):
        assert re.findall(name, first)
        assert not set(re.findall(name, first)) & set(re.findall(name, second))
    assert "gap" not in set(re.findall(r"gap[0-9a-f]{16}", first))
    assert not re.search(r"gap[0-9a-f]{16}", first)


def test_from_memory_and_from_flask_a_personal_page_has_the_same_headers(client, make):
    token = make.link()
    ours, flasks = page_of(client, token), page_of(client, token, "/feedback")
    own = {"Content-Length", "X-Request-ID", "Date"}
    assert {name: value for name, value in ours.headers if name not in own} == {
        name: value for name, value in flasks.headers if name not in own and not name.startswith("X-RateLimit") and name != "Vary"
    }
    assert re.fullmatch("[0-9a-f]{16}", ours.headers["X-Request-ID"])


def test_closed_links_are_the_same_bytes_for_the_same_one_question(client, make, monkeypatch):
    names = ("expired", "paused", "erased", "used up")
    links = {name: make.message(make.candidate(name)).link for name in names}
    links["expired"].expires_at = clock.now() - timedelta(seconds=1)
    links["paused"].paused_at = links["used up"].used_up_at = links["erased"].candidate.erased_at = clock.now()
    db.session.commit()
    asked = tokens.derive("proof", links["paused"].nonce), *(services.token_of(link) for link in links.values())
    counted, statements = [], []
    ask = Question.ask
    monkeypatch.setattr(Question, "ask", lambda self, value: counted.append(value) or ask(self, value))
    page_of(client, "warm")
    answers = set()
    sa.event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    for token in asked:
        counted.clear()
        response = client.get(f"/l/{token}", headers=BROWSER)
        answers.add((response.status, response.data, tuple(pair for pair in response.headers if pair[0] != "X-Request-ID")))
        assert len(counted) == 1
    assert len(answers) == 1
    assert statements == []
    assert visits() == []


def test_guessing_is_slowed_down_for_the_network_that_guesses(app, client, make, monkeypatch):
    token, mallory = make.link(), {"REMOTE_ADDR": "2001:db8:1:2::1"}
    monkeypatch.setattr(watch, "GUESSES", watch.parse("5 per minute"))
    answers = [client.get(f"/l/{'x' * 21}{n}", headers=BROWSER, environ_base=mallory).status_code for n in range(8)]
    assert answers == [404] * 6 + [429] * 2
    neighbour = client.get(f"/l/{token}", headers=BROWSER, environ_base={"REMOTE_ADDR": "2001:db8:1:2::ffff"})
    assert (neighbour.status_code, neighbour.headers["Retry-After"]) == (429, "60")
    assert client.get(f"/l/{token}", headers=BROWSER, environ_base={"REMOTE_ADDR": "2001:db8:1:3::1"}).status_code == 200


def test_no_parameter_leads_to_another_site(client, make):
    token = make.link()
    for name in ("next", "url", "to", "page", "redirect", "return", "after", "before"):
        for path in ("", "/unseen", "/thanks", "/answer/no", "/value/pay"):
            for target in ("https://mallory.example/", "//mallory.example", "/\\mallory.example"):
                response = client.get(f"/l/{token}{path}", query_string={name: target}, headers=BROWSER)
                assert response.status_code < 300 or response.status_code >= 400, (path, name)
                assert 'href="https://mallory' not in body_of(response)
                assert 'href="//mallory' not in body_of(response)
    assert client.get(f"/l/{token}//mallory.example", headers=BROWSER).status_code in {301, 308, 404}


def test_visits_come_while_the_clock_is_set_back_and_forward(client, make):
    message = make.message()
    token, now = services.token_of(message.link), clock.now()
    kept = []
    for hours in (0, -3, 5, -1):
        with time_machine.travel(now + timedelta(hours=hours)):
            landing = page_of(client, token)
            kept.append(landing.status_code)
            judge()
            if hours == 5:
                late = landing
    assert kept == [200] * 4
    assert {visit.verdict for visit in visits()} == {Verdict.UNCONFIRMED}
    with time_machine.travel(now - timedelta(hours=2)):  # before its own visit: the proof still counts
        client.post(f"/l/{token}/proofs", data={"visit": proof_in(late)})
    judge()
    assert [visit.verdict for visit in visits()].count(Verdict.HUMAN) == 1


@pytest.mark.parametrize(("typed", "shown"), HIDDEN.items(), ids=[str(number) for number in range(len(HIDDEN))])
def test_names_with_hidden_marks_are_greeted_plainly_and_kept_apart(client, make, typed, shown):
    candidate = make.person("Ada", greeting_name="", full_name=typed)
    token = services.token_of(services.link_for(candidate.id, None, "/stories/welder", "newsletter"))
    page = body_of(page_of(client, token))
    assert (f"<bdi>{shown}</bdi>" in page) is bool(shown)
    assert not set("\u202e\u200b\u2060\ufeff\u200f") & set(page)


def test_an_erased_persons_visits_stay_as_nobodys(client, make):
    message = make.message()
    token = services.token_of(message.link)
    prove(client, token, page_of(client, token))
    judge()
    assert services.forget_visits(message.candidate_id) == 1
    db.session.expire_all()
    [visit] = visits()
    assert (visit.link_id, visit.proof_hash, visit.at.minute) == (None, None, 0)
    assert queries.count_visits(message.campaign_id) == {Verdict.HUMAN: 1}


def test_how_we_count_is_public_and_lists_the_rules_in_use(client, make):
    page = body_of(client.get("/how-we-count"))
    for rule in verdicts.RULES:
        assert str(rule.text).replace("'", "&#39;") in page
    assert "/how-we-count" in body_of(page_of(client, make.link()))
