"""Feedback as people give it: first shown, then sent."""

import re
import secrets
import time
from datetime import timedelta

from portal import clock, tokens
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.delivery.queries import find_delivery
from portal.feedback import queries, services
from portal.feedback.models import Event
from portal.feedback.services import Plan
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

SAID = {"score": "8", "mark_0": "5", "words_0": "The tea", "words_1": "The wait in the hall"}


def form_token(seconds: float = 20) -> str:
    """The token of a form that was shown so many seconds ago."""
    return tokens.sign("form", ["feedback", secrets.token_hex(12), int((time.time() - seconds) * 1000)])


def look(client, path: str, seconds: float = 20, **fields):
    """The first press: the answer as HR will see it."""
    return client.post(path, data={"form_token": form_token(seconds)} | SAID | fields)


def send(client, path: str, seconds: float = 20, **fields):
    """The second press: it is kept."""
    return look(client, path, seconds, **{"seen": "1"} | fields)


def plan(**more) -> Plan:
    """A rule: three days after a yes, the first questionnaire."""
    found = queries.find_questionnaire("After a talk")
    sheet = found or services.add_questionnaire("After a talk", queries.first_sheet())
    text = {"subject": "How was it?", "body": "Hello {{first_name|there}},\n\n[Say how it was]({{feedback_link}})"}
    values = {"name": "After a yes", "event": Event.SAID_YES, "delay_days": 3, "questionnaire_id": sheet.id, **text}
    return Plan(**values | more)


def said_yes(candidate, at=None, answer: str = "interested"):
    """The touchpoint of an answer."""
    about = (Kind.RESPONDED, Direction.IN, Channel.WEB)
    return timeline.record(candidate.id, *about, at=at or clock.now(), subject=("response", 1), answer=answer)


def asked(candidate, rule=None):
    """A request to somebody, because of a yes of today; its mail has left."""
    rule = rule or queries.find_rule("At once") or services.add_rule(plan(name="At once", delay_days=0))
    said_yes(candidate)
    assert services.ask_due() == 1
    delivery.send_slice()
    return queries.list_requests(candidate.id)[0]


def mail_of(request, *, reminder: bool = False):
    """The delivery of a request."""
    return find_delivery(Purpose.FEEDBACK, queries.subject_of(request.id, reminder=reminder), request.candidate_id)


def ballot_path(client, request) -> str:
    """Where somebody answers without a name, as their mail's page says it."""
    page = client.get(f"/feedback/asked/{queries.token_of(request)}").get_data(as_text=True)
    return re.search(r'href="(/feedback/unnamed/[^"]+)"', page)[1]


def later(**time_) -> object:
    """A moment from now."""
    return clock.now() + timedelta(**time_)


def csrf_of(client, path: str) -> str:
    """The token of a staff session."""
    return client.get(path).get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
