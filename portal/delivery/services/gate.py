"""May this person be mailed this, now? No path to the mail server goes around this function."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal import clock
from portal.candidates.models import Candidate
from portal.delivery.models import Delivery, Purpose
from portal.delivery.queries import facts_of, facts_of_address, was_reminded
from portal.delivery.verdicts import UNASKED, Facts, Question, Ruling, decide, decide_address, morning_of

# Rules that say "not yet" one after the other: each moves the moment on, and there are fewer rules than this.
MOST_ROUNDS = 20


def gate(candidate: Candidate, purpose: Purpose, at: datetime, carries_notice: bool | None = None) -> Ruling:
    """The ruling for one person. Outreach is taken to carry the notice unless its letter says otherwise."""
    return gate_many([candidate], purpose, at, carries_notice)[candidate.id]


def gate_many(
    candidates: Sequence[Candidate], purpose: Purpose, at: datetime, carries_notice: bool | None = None
) -> Mapping[int, Ruling]:
    """The same for up to a thousand people, by number."""
    question = Question(purpose, at, purpose is Purpose.OUTREACH if carries_notice is None else carries_notice)
    return {number: decide(facts, question) for number, facts in facts_of(candidates).items()}


def gate_row(row: Delivery, at: datetime, carries_notice: bool | None = None) -> Ruling:
    """The ruling for one mail, to a candidate or to an address that belongs to none."""
    if row.candidate is None:
        return decide_address(facts_of_address(row, at), Question(row.purpose, at, carries_notice=True))
    return gate(row.candidate, row.purpose, at, carries_notice)


def next_mail_not_before(candidate: Candidate) -> datetime | None:
    """Before this moment nothing comes that they have not asked for; None when nothing comes at all unless they say so."""
    facts, now = facts_of([candidate])[candidate.id], clock.now()
    moments = [_free_at(facts, purpose, now) for purpose in _to_come(facts)]
    return min((moment for moment in moments if moment is not None), default=None)


def _to_come(facts: Facts) -> set[Purpose]:
    """Kinds of mail that there is still an occasion for."""
    day = facts.candidate.ask_again_on
    unasked_day = day is None or was_reminded(facts.candidate.id, morning_of(day, facts.candidate))
    over = {Purpose.NOTICE} if facts.noticed else set()
    return set(UNASKED) - over - ({Purpose.REMINDER} if unasked_day else set())


def _free_at(facts: Facts, purpose: Purpose, at: datetime) -> datetime | None:
    """When the gate would first let a mail of this purpose through."""
    for _round in range(MOST_ROUNDS):
        ruling = decide(facts, Question(purpose, at, carries_notice=purpose is Purpose.OUTREACH))
        if ruling.allowed:
            return at
        if ruling.not_before is None:
            return None
        at = ruling.not_before
    return at
