"""What a campaign brought so far, and what it cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.db import db
from portal.outreach.models import Campaign, Cost, MessageStatus, OutreachMessage, Verdict, Visit
from portal.outreach.queries.comparison import Share
from portal.timeline.models import Kind, Touchpoint

# As an answer's touchpoint says it; an answer of another kind, a reply by mail say, counts as the last.
ANSWERS = ("interested", "not now", "no", "other")


@dataclass(frozen=True)
class Results:
    """Counts of people. `visitors` came and proved it; `answers` by kind, the latest of each person.

    `spent` in smallest units of the campaign's currency.
    """

    delivered: int
    visitors: int
    answers: dict[str, int]
    spent: int

    @property
    def answered(self) -> int:
        """How many people answered."""
        return sum(self.answers.values())

    @property
    def rate(self) -> Share:
        """Who answered, of those it was delivered to."""
        return Share(min(self.answered, self.delivered), self.delivered)

    @property
    def cost_per_answer(self) -> int | None:
        """In smallest units, rounded; None while nothing was spent or nobody has answered."""
        return round(self.spent / self.answered) if self.spent and self.answered else None


def results(campaign: Campaign) -> Results:
    """What a campaign brought."""
    sent = select(OutreachMessage.candidate_id).filter_by(campaign_id=campaign.id, status=MessageStatus.SENT)
    reached = set(db.session.scalars(sent))
    said = select(Touchpoint).filter_by(campaign_id=campaign.id, kind=Kind.RESPONDED).order_by(Touchpoint.at, Touchpoint.id)
    latest = {touch.candidate_id: str(touch.details.get("answer", "")) for touch in db.session.scalars(said)}
    counted = Counter(answer if answer in ANSWERS else "other" for person, answer in latest.items() if person in reached)
    links = select(OutreachMessage.link_id).filter_by(campaign_id=campaign.id, status=MessageStatus.SENT)
    came = select(func.count(func.distinct(Visit.link_id))).where(Visit.link_id.in_(links), Visit.verdict == Verdict.HUMAN)
    return Results(
        len(reached), db.session.scalar(came) or 0, {answer: counted[answer] for answer in ANSWERS}, spent(campaign.id)
    )


def spent(campaign_id: int) -> int:
    """What was spent on a campaign, in smallest units of its currency."""
    return db.session.scalar(select(func.coalesce(func.sum(Cost.amount_minor), 0)).filter_by(campaign_id=campaign_id)) or 0


def list_costs(campaign_id: int) -> Sequence[Cost]:
    """What was spent on what, the latest first."""
    return db.session.scalars(select(Cost).filter_by(campaign_id=campaign_id).order_by(Cost.on.desc(), Cost.id.desc())).all()


def find_cost(cost_id: int) -> Cost | None:
    """One amount."""
    return db.session.get(Cost, cost_id)
