"""Asking by rule: so many days after an event, nobody twice within 180 days, none while another request is open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Invalid
from portal.feedback import queries
from portal.feedback.models import Event, Request, Rule
from portal.feedback.services.sheets import check_allowed
from portal.markup import check_text
from portal.markup.placeholders import names
from portal.pipeline.models import StageName
from portal.timeline.models import Kind, Touchpoint

SUBJECT_LIMIT, BODY_LIMIT = 200, 4000
LONGEST_DELAY = 365
# What a rule missed, because nothing ran or the person's pace held it back, is caught up on for so long; later it would puzzle.
CATCH_UP = timedelta(days=7)
SLICE = 200
_KINDS = {
    Event.SAID_YES: (Kind.RESPONDED, "answer", "interested"),
    Event.NOT_NOW: (Kind.RESPONDED, "answer", "not now"),
    Event.SAID_NO: (Kind.RESPONDED, "answer", "no"),
    Event.INTEREST: (Kind.INTEREST_GIVEN, "", ""),
    Event.MOVED: (Kind.MOVED, "to_stage", ""),
}


@dataclass(frozen=True)
class Plan:
    """A rule as staff type it. `stage` only for `Event.MOVED`."""

    name: str
    event: Event
    delay_days: int
    questionnaire_id: int
    subject: str
    body: str
    stage: StageName | None = None
    sender_id: int | None = None


def add_rule(plan: Plan) -> Rule:
    """A new rule, at work from now on: what happened before does not count."""
    with transaction() as session:
        _check(plan, None)
        rule = Rule(active_since=clock.now(), created_at=clock.now(), **_columns(plan))
        session.add(rule)
        session.flush()
        return rule


def edit_rule(rule: Rule, plan: Plan) -> Rule:
    """Change a rule; who was asked already stays asked."""
    with transaction():
        _check(plan, rule)
        for name, value in _columns(plan).items():
            setattr(rule, name, value)
        return rule


def pause_rule(rule: Rule, paused: bool) -> Rule:
    """Stop asking, or begin again: with events from now on."""
    with transaction():
        rule.active_since = None if paused else clock.now()
        return rule


def ask_due(limit: int = SLICE) -> int:
    """Ask whom the rules want to be asked now; returns how many. Whom the gate holds back is looked at again for a week."""
    now, asked = clock.now(), 0
    for rule in queries.list_rules():
        if rule.active_since is None:
            continue
        for touchpoint in _events(rule, now):
            asked += _ask(rule, touchpoint, now)
            if asked >= limit:
                return asked
    return asked


def remind_due(limit: int = SLICE) -> int:
    """Write once more, once, to who has not answered; returns how many requests were dealt with."""
    with transaction():
        now = clock.now()
        due = queries.list_to_remind(now, limit)
        done = queries.spent(due)
        for request in due:
            request.reminded_at = now
            if request.candidate_id is not None and request.id not in done:
                subject = queries.subject_of(request.id, reminder=True)
                delivery.enqueue(Purpose.FEEDBACK, subject, [request.candidate_id])
        return len(due)


def _ask(rule: Rule, touchpoint: Touchpoint, now: datetime) -> bool:
    with transaction() as session:
        candidate = session.get(Candidate, touchpoint.candidate_id, with_for_update={"key_share": True}, populate_existing=True)
        if candidate is None or not queries.may_ask(candidate.id, now):
            return False
        if session.scalar(select(Request.id).filter_by(rule_id=rule.id, touchpoint_id=touchpoint.id)):
            return False
        if not delivery.gate(candidate, Purpose.FEEDBACK, now).allowed:
            return False
        request = _request(rule, candidate.id, touchpoint.id, now)
        session.add(request)
        session.flush()
        return bool(delivery.enqueue(Purpose.FEEDBACK, queries.subject_of(request.id), [candidate.id]))


def _request(rule: Rule, candidate_id: int, touchpoint_id: int, now: datetime) -> Request:
    nonce = tokens.new_nonce()
    return Request(
        rule_id=rule.id,
        version_id=queries.current_version(rule.questionnaire_id).id,
        candidate_id=candidate_id,
        touchpoint_id=touchpoint_id,
        nonce=nonce,
        token_hash=tokens.digest(tokens.derive("feedback", nonce)),
        asked_at=now,
    )


def _events(rule: Rule, now: datetime) -> Iterable[Touchpoint]:
    """What the rule waited for, the latest of each person, the oldest first."""
    kind, detail, value = _KINDS[rule.event]
    value = rule.stage.value if rule.stage else value
    due = now - timedelta(days=rule.delay_days)
    since = max(rule.active_since or now, due - CATCH_UP)
    rows: Sequence[Touchpoint] = db.session.scalars(
        select(Touchpoint).where(Touchpoint.kind == kind, Touchpoint.at >= since, Touchpoint.at <= due).order_by(Touchpoint.id)
    ).all()
    latest = {row.candidate_id: row for row in rows if not detail or row.details.get(detail) == value}
    return latest.values()


def _columns(plan: Plan) -> dict[str, object]:
    return {**vars(plan), "name": plan.name.strip(), "stage": plan.stage if plan.event is Event.MOVED else None}


def _check(plan: Plan, own: Rule | None) -> None:
    if not plan.name.strip():
        raise Invalid(_("Give the rule a name."), "name")
    if (found := queries.find_rule(plan.name.strip())) and found is not own:
        raise Invalid(_("There is a rule of this name already."), "name")
    if not 0 <= plan.delay_days <= LONGEST_DELAY:
        raise Invalid(_("Between 0 and %(limit)s days.", limit=LONGEST_DELAY), "delay_days")
    if plan.event is Event.MOVED and plan.stage is None:
        raise Invalid(_("Choose the stage that somebody reaches."), "stage")
    queries.get_questionnaire(plan.questionnaire_id)
    check_text(plan.subject, "subject", SUBJECT_LIMIT)
    check_text(plan.body, "body", BODY_LIMIT)
    if "feedback_link" not in names(plan.body):
        raise Invalid(_("The text needs {{feedback_link}}: without it nobody can answer."), "body")
    check_allowed(plan.subject, "subject")
    check_allowed(plan.body, "body")
