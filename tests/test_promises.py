"""Promises to candidates that no single feature keeps alone. What a feature keeps by itself is tested with it."""

import re

import pytest

from portal import clock, tokens
from portal.analytics import queries as numbers
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.delivery.verdicts import OWN_PAGE
from portal.outreach import emails as outreach_emails
from portal.outreach import services as outreach
from portal.pipeline.models import StageTransition
from portal.submissions import services as submissions
from portal.submissions.models import Answer, Interest, Response
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind, Touchpoint
from tests.outreach import BROWSER


@pytest.fixture
def message(make):
    return make.message(make.candidate("Ada Novak", email="ada@firm.example"))


def decisions() -> tuple[int, ...]:
    return tuple(db.session.query(kind).count() for kind in (Response, Interest, StageTransition, Touchpoint))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_never_answers_for_anybody_wherever_a_scanner_goes_from_a_mail(client, message, method):
    stop = f"/u/{tokens.sign('unsubscribe', [message.candidate_id, 1])}"
    landing = f"/l/{outreach.token_of(message.link)}"
    before, waiting, seen = decisions(), [landing, stop, f"{stop}/one-click", f"{landing}/answer/no?answer=no"], set()
    waiting += [f"{landing}/responses?answer=interested", f"{landing}/interest?consent=y&name=Ada", f"{stop}/returns"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        page = client.open(path, method=method, headers=BROWSER).get_data(as_text=True)
        links = re.findall(r'(?:href|action|formaction)="(/[lu]/[^"#]*)"', page)
        waiting += [link for link in dict.fromkeys(links) if link not in seen and link not in waiting]
    db.session.expire_all()
    assert len(seen) >= 7
    assert decisions() == before
    person = message.candidate
    assert (person.unsubscribed_at, person.do_not_contact_at, person.paused_until) == (None, None, None)


def test_a_no_is_thanked_stops_every_kind_of_mail_and_counts_as_a_response(client, message):
    with transaction():
        timeline.record(
            message.candidate_id,
            Kind.OUTREACH_DELIVERED,
            Direction.OUT,
            Channel.MAIL,
            campaign_id=message.campaign_id,
            subject=("outreach_message", message.id),
        )
    submissions.respond(message.link, Answer.NO, form_key="one press")
    db.session.expire_all()
    thanks = client.get(f"/l/{outreach.token_of(message.link)}/thanks?after=no", headers=BROWSER).get_data(as_text=True)
    assert "Thank you" in thanks
    assert not any(delivery.gate(message.candidate, purpose, clock.now()).allowed for purpose in set(Purpose) - OWN_PAGE)
    report = numbers.response_rate(numbers.Filters.last_year())
    assert (report.total.responded.value, report.total.responded.of) == (1.0, 1)


def test_the_way_out_of_a_mail_is_for_its_reader_only(client, message, make):
    hugo = make.candidate("Hugo")
    other = tokens.sign("form", [message.candidate_id, 1])
    forged = tokens.sign("unsubscribe", [message.candidate_id, 1])[:-3] + "AAA"
    for token in (other, forged, outreach.token_of(message.link), str(message.candidate_id), "x" * 10_000):
        assert client.post(f"/u/{token}/one-click").status_code == 404
    client.post(f"/u/{tokens.sign('unsubscribe', [hugo.id, 1])}/one-click", data={"candidate_id": message.candidate_id})
    db.session.expire_all()
    assert hugo.unsubscribed_at is not None
    assert message.candidate.unsubscribed_at is None


def test_the_token_of_the_way_out_opens_no_landing_page_and_the_other_way_round(client, message):
    letter = outreach_emails.letter(message, tokens.sign("unsubscribe", [message.candidate_id, 1]))
    stop = letter.one_click.split("/u/")[1].split("/")[0]
    assert client.get(f"/l/{stop}", headers=BROWSER).status_code == 404
    assert client.get(f"/welcome/{stop}").status_code == 404
    assert client.get(f"/u/{outreach.token_of(message.link)}").status_code == 404
