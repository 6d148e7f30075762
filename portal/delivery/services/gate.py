"""May this person be mailed this, now? No path to the mail server goes around this function."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal.candidates.models import Candidate
from portal.delivery.models import Purpose
from portal.delivery.queries import facts_of
from portal.delivery.verdicts import Question, Ruling, decide


def gate(candidate: Candidate, purpose: Purpose, at: datetime, carries_notice: bool | None = None) -> Ruling:
    """The ruling for one person. Outreach is taken to carry the notice unless its letter says otherwise."""
    return gate_many([candidate], purpose, at, carries_notice)[candidate.id]


def gate_many(
    candidates: Sequence[Candidate], purpose: Purpose, at: datetime, carries_notice: bool | None = None
) -> Mapping[int, Ruling]:
    """The same for up to a thousand people, by number."""
    question = Question(purpose, at, purpose is Purpose.OUTREACH if carries_notice is None else carries_notice)
    return {number: decide(facts, question) for number, facts in facts_of(candidates).items()}
