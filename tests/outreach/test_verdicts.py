"""Who made a visit: rules as data, tried one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.outreach.models import Verdict
from portal.outreach.verdicts import RULES, Seen, decide, explain, read_request

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.1 Safari/604.1"
PAGE = {"Accept": "text/html,application/xhtml+xml"}


def verdict(*signals: str, **more) -> tuple[Verdict, str]:
    return decide(Seen(at=more.pop("at", AT), signals=frozenset(signals), **more))


def test_a_visit_without_proof_is_unconfirmed():
    assert verdict() == (Verdict.UNCONFIRMED, "no proof")


def test_only_proof_or_an_answer_makes_a_person():
    assert verdict(proved=True) == (Verdict.HUMAN, "proof")
    assert verdict("answer") == (Verdict.HUMAN, "answer")
    assert [rule.name for rule in RULES if rule.verdict is Verdict.HUMAN] == ["answer", "proof"]


@pytest.mark.parametrize("signal", ["head", "preview", "unseen"])
def test_no_proof_is_believed_where_nobody_saw_a_page(signal):
    assert verdict(signal, "answer", proved=True)[0] in {Verdict.MACHINE, Verdict.PREVIEW}


@pytest.mark.parametrize("signal", ["prefetch", "no-agent", "no-html", "robot", "just-delivered", "sweep"])
def test_a_page_that_looks_like_a_machines_counts_once_a_person_proves_to_read_it(signal):
    assert verdict(signal)[0] is Verdict.MACHINE
    assert verdict(signal, proved=True)[0] is Verdict.HUMAN


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-2, Verdict.MACHINE), (0, Verdict.MACHINE), (29, Verdict.MACHINE), (30, Verdict.UNCONFIRMED)]
)
def test_a_hit_within_thirty_seconds_of_delivery_is_a_scanner(seconds, expected):
    assert verdict(at=AT + timedelta(seconds=seconds), delivered_at=AT)[0] is expected


def test_a_person_who_is_quick_is_still_a_person_by_proof():
    assert verdict(delivered_at=AT, proved=True)[0] is Verdict.HUMAN


def test_a_clock_that_was_set_back_does_not_make_everybody_a_scanner():
    assert verdict(at=AT - timedelta(hours=1), delivered_at=AT)[0] is Verdict.UNCONFIRMED


def test_what_opens_all_links_of_a_mail_or_of_several_people_is_a_machine_unless_it_proves_otherwise():
    for signs in ({"pages": 3}, {"swept": True}, {"beside_unseen": True}):
        assert verdict(**signs)[0] is Verdict.MACHINE
        assert verdict(proved=True, **signs)[0] is Verdict.HUMAN
    assert verdict(pages=2)[0] is Verdict.UNCONFIRMED


def test_each_rule_has_a_name_of_its_own_and_a_sentence_for_people(app):
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(explain(rule.name).endswith(".") for rule in RULES)
    assert explain("no proof")
    assert explain("a rule that is no more") == ""


@pytest.mark.parametrize(
    ("method", "headers", "signals"),
    [
        ("GET", {"User-Agent": FIREFOX, **PAGE}, ()),
        ("HEAD", {"User-Agent": FIREFOX, **PAGE}, ("head",)),
        ("GET", {"User-Agent": FIREFOX, "Sec-Purpose": "prefetch;prerender", **PAGE}, ("prefetch",)),
        ("GET", {"User-Agent": FIREFOX, "Purpose": "prefetch", **PAGE}, ("prefetch",)),
        ("GET", {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)", **PAGE}, ("robot",)),
        ("GET", {"User-Agent": "Mozilla/5.0 HeadlessChrome/120.0", **PAGE}, ("robot",)),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", **PAGE}, ("preview",)),
        ("GET", {"User-Agent": "WhatsApp/2.23.20.0", **PAGE}, ("preview",)),
        ("GET", {"User-Agent": FIREFOX, "Accept": "*/*"}, ("no-html",)),
        ("GET", {**PAGE}, ("no-agent",)),
        ("GET", {}, ("no-html", "no-agent")),
    ],
)
def test_the_signs_of_machines_are_read_from_the_request(method, headers, signals):
    assert read_request(method, headers, "/stories/welder").signals == signals


def test_a_browser_that_asks_for_privacy_is_heard():
    assert read_request("GET", {"Sec-GPC": "1", **PAGE}, "/").private
    assert not read_request("GET", {"Sec-GPC": "0", **PAGE}, "/").private


@pytest.mark.parametrize(
    ("agent", "family"), [(FIREFOX, "Firefox"), (SAFARI, "Safari"), ("Wget/1.21", "robot"), ("x" * 9999, "other")]
)
def test_a_family_is_kept_never_the_whole_agent(agent, family):
    assert read_request("GET", {"User-Agent": agent}, "/").agent == family
