"""A and B of a campaign, compared honestly: counts, intervals, and no winner before the difference is more than chance."""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, exists, func, select

from portal import clock
from portal.db import db
from portal.outreach.models import Arm, Campaign, MessageStatus, OutreachMessage, Verdict, Visit
from portal.timeline.models import Kind, Touchpoint

# Normal quantiles. The interval that is shown is one of 95 %. The verdict asks for 99.5 %, because people look every day, and who
# looks often enough finds a difference of 95 % in pure chance.
Z_SHOWN, Z_VERDICT = 1.959963984540054, 2.807033768343811
FEWEST = 50  # delivered in each arm
FEWEST_ANSWERS = 10  # in both together
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Share:
    """`hits` of `of` people, with Wilson's 95 % interval (Wilson 1927); no interval of nobody."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.of if self.of else None

    def interval(self, z: float = Z_SHOWN) -> tuple[float, float]:
        """Lower and upper end, 0 to 1."""
        if not self.of:
            return 0.0, 1.0
        n, share, z2 = self.of, self.hits / self.of, z * z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


@dataclass(frozen=True)
class ArmResult:
    """What one arm brought. `visitors` are people with a visit that was proved; `interested` of those who answered."""

    arm: Arm
    delivered: int
    answered: int
    interested: int
    visitors: int

    @property
    def rate(self) -> Share:
        """Who answered within 30 days, of those it was delivered to."""
        return Share(self.answered, self.delivered)


class Outcome(enum.StrEnum):
    """Which of the two is answered more often, if either."""

    TOO_EARLY = "too early to tell"
    A = "a"
    B = "b"


@dataclass(frozen=True)
class Comparison:
    """Both arms. `difference` is B minus A with its 95 % interval; `left_out` had words of their own and compare nothing;
    `young` were delivered less than 30 days ago, so that more answers may come."""

    a: ArmResult
    b: ArmResult
    left_out: int
    young: int

    @property
    def difference(self) -> tuple[float, float, float]:
        """B minus A: value, lower and upper end (Newcombe 1998, method 10)."""
        return ((self.b.rate.value or 0.0) - (self.a.rate.value or 0.0), *newcombe(self.a.rate, self.b.rate))

    @property
    def outcome(self) -> Outcome:
        """Which is better; too early below 50 delivered in each and 10 answers, or while chance explains the difference."""
        few = min(self.a.delivered, self.b.delivered) < FEWEST or self.a.answered + self.b.answered < FEWEST_ANSWERS
        low, high = newcombe(self.a.rate, self.b.rate, Z_VERDICT)
        if few or low <= 0 <= high:
            return Outcome.TOO_EARLY
        return Outcome.B if low > 0 else Outcome.A


def newcombe(a: Share, b: Share, z: float = Z_SHOWN) -> tuple[float, float]:
    """Interval of the difference b - a of two shares, from their Wilson intervals; the widest possible without people."""
    if not a.of or not b.of:
        return -1.0, 1.0
    (a_low, a_high), (b_low, b_high) = a.interval(z), b.interval(z)
    share_a, share_b = a.hits / a.of, b.hits / b.of
    low = share_b - share_a - math.sqrt((share_b - b_low) ** 2 + (a_high - share_a) ** 2)
    high = share_b - share_a + math.sqrt((b_high - share_b) ** 2 + (share_a - a_low) ** 2)
    return low, high


def compare(campaign: Campaign) -> Comparison | None:
    """How A and B of a campaign stand; None when it has no B. Only who was drafted since both texts stand is compared."""
    if campaign.alternative is None:
        return None
    rows = db.session.scalars(_delivered(campaign)).all()
    told = [row for row in rows if not (row.own_subject or row.own_body)]
    young = sum(row.sent_at is not None and row.sent_at > clock.now() - WINDOW for row in told)
    a, b = (_result(arm, [row for row in told if row.arm is arm]) for arm in (Arm.A, Arm.B))
    return Comparison(a, b, len(rows) - len(told), young)


def count_arms(campaign: Campaign) -> dict[Arm, int]:
    """How many messages each arm has since both texts stand."""
    since = campaign.alternative.since if campaign.alternative else campaign.created_at
    grouped = select(OutreachMessage.arm, func.count()).where(
        OutreachMessage.campaign_id == campaign.id, OutreachMessage.created_at >= since
    )
    return dict.fromkeys(Arm, 0) | {row[0]: row[1] for row in db.session.execute(grouped.group_by(OutreachMessage.arm))}


def _delivered(campaign: Campaign) -> Select[OutreachMessage]:
    sent = select(OutreachMessage).filter_by(campaign_id=campaign.id, status=MessageStatus.SENT)
    since = campaign.alternative.since if campaign.alternative else campaign.created_at
    return sent.where(OutreachMessage.created_at >= since)


def _result(arm: Arm, rows: Sequence[OutreachMessage]) -> ArmResult:
    answers = _latest_answers(rows)
    links = [row.link_id for row in rows]
    seen = select(func.count(func.distinct(Visit.link_id))).where(Visit.link_id.in_(links), Visit.verdict == Verdict.HUMAN)
    interested = sum(answer == "interested" for answer in answers.values())
    return ArmResult(arm, len(rows), len(answers), interested, db.session.scalar(seen) or 0)


def _latest_answers(rows: Sequence[OutreachMessage]) -> dict[int, str]:
    """The latest answer within 30 days of each person who gave one."""
    own = exists().where(
        OutreachMessage.id.in_([row.id for row in rows]), OutreachMessage.candidate_id == Touchpoint.candidate_id
    )
    wanted = select(Touchpoint).where(Touchpoint.kind == Kind.RESPONDED, own).order_by(Touchpoint.at, Touchpoint.id)
    sent = {row.candidate_id: row.sent_at for row in rows if row.sent_at is not None}
    found: dict[int, str] = {}
    for touch in db.session.scalars(wanted):
        at = sent.get(touch.candidate_id)
        if at is not None and at <= touch.at <= at + WINDOW:
            found[touch.candidate_id] = str(touch.details.get("answer", ""))
    return found
