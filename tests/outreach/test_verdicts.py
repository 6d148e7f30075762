"""Who made a visit: rules as data, tried one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.outreach.models import Verdict
from portal.outreach.verdicts import RULES, Seen, decide, read_request

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


@pytest.mark.parametrize("signal", ["head", "preview"])
def test_no_proof_is_believed_where_nobody_saw_a_page(signal):
    assert verdict(signal, "answer", proved=True)[0] in {Verdict.MACHINE, Verdict.PREVIEW}


@pytest.mark.parametrize("signal", ["prefetch", "no-agent", "no-html", "robot"])
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


@pytest.mark.parametrize(("others", "expected"), [(1, Verdict.UNCONFIRMED), (2, Verdict.MACHINE)])
def test_several_links_within_ten_seconds_are_a_sweep(others, expected):
    assert verdict(neighbours=others)[0] is expected


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


@pytest.mark.parametrize(
    ("agent", "family"), [(FIREFOX, "Firefox"), (SAFARI, "Safari"), ("Wget/1.21", "robot"), ("x" * 9999, "other")]
)
def test_a_family_is_kept_never_the_whole_agent(agent, family):
    assert read_request("GET", {"User-Agent": agent}, "/").agent == family
