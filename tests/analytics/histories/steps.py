"""What can happen to people, as plain steps: told to the tables by `telling`, and to the recount by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.pipeline.models import StageName
from portal.timeline.models import Kind

# Contacts by what they are called in a history.
CONTACTS = {
    "outreach": Kind.OUTREACH_DELIVERED,
    "by hand": Kind.OUTREACH_DELIVERED,
    "mail": Kind.MAIL_DELIVERED,
    "bounce": Kind.BOUNCED,
    "visit": Kind.VISITED,
    "yes": Kind.RESPONDED,
    "not now": Kind.RESPONDED,
    "no": Kind.RESPONDED,
    "form": Kind.INTEREST_GIVEN,
    "told us": Kind.FEEDBACK_GIVEN,
    "scored": Kind.FEEDBACK_GIVEN,
    "question": Kind.ASKED,
    "friend": Kind.REFERRED,
    "event": Kind.ATTENDED,
    "unsubscribed": Kind.UNSUBSCRIBED,
    "resubscribed": Kind.RESUBSCRIBED,
    "out of office": Kind.NOTED,
    "stopped": Kind.PREFERENCES_CHANGED,
    "paused": Kind.PREFERENCES_CHANGED,
}
ANSWERS = {"yes": "interested", "not now": "not now", "no": "no"}


@dataclass(frozen=True)
class Step:
    """One thing that happened to the person of a number. `more` is what the word needs: a stage, a day, another person.

    Words: those of CONTACTS, of which "scored" needs 0 to 10 and "paused" a day, or None to lift it; "moved" and
    "moved by mistake" (a stage); "visit of a machine"; "visit taken for a person" and "visit taken for a machine", which rules
    of today judge otherwise; "hired" and "hired, withdrawn" (how many days before they began to be considered, if anybody noted
    it); "merged with" (the other number); "erased".
    """

    at: datetime
    who: int
    what: str
    campaign: int | None = None
    more: Any = None

    def __repr__(self) -> str:
        said = f"{self.at:%Y-%m-%d %H:%M:%S} {self.what}"
        stage = self.more.value if isinstance(self.more, StageName) else self.more
        return f"<{self.who}: {said}{f' of {self.campaign}' if self.campaign else ''}{'' if stage is None else f' {stage}'}>"


def possible(steps: Sequence[Step]) -> list[Step]:
    """The steps in order, without what cannot be: nothing happens to who was erased, nobody becomes one person with them."""
    rows = {step.who: {step.who} for step in steps}
    rows |= {step.more: {step.more} for step in steps if step.what == "merged with"}
    gone: set[int] = set()
    found = []
    for step in sorted(steps, key=lambda step: step.at):
        family = rows[step.who]
        if step.who in gone:
            continue
        if step.what == "merged with":
            if step.more in gone or step.more in family or step.who in lost(found) or step.more in lost(found):
                continue
            for one in family | rows[step.more]:
                rows[one] = family | rows[step.more]
        if step.what == "erased":
            gone |= rows[step.who]
        found.append(step)
    return found


def lost(steps: Sequence[Step]) -> set[int]:
    """Numbers whose rows lead to another by now."""
    return {step.more for step in steps if step.what == "merged with"}
