"""Metric 7, candidate feedback: cNPS, the share of 9 and 10 minus the share of 0 to 6, of the latest answer in each process."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.analytics.queries.feedback.groups import Group, asked, named, unnamed
from portal.analytics.queries.feedback.processes import ENDS
from portal.analytics.queries.periods import Filters, months
from portal.feedback.details import FEW
from portal.pipeline.models import STAGES
from portal.pipeline.services import ORDER
from portal.rates import Rate, Z

OPEN = "open"


@dataclass(frozen=True)
class ScoreRow:
    """Answers of a group. Below five nothing but their number is told: `score` (-100 to 100), its parts and the answer rate
    of fewer than five people asked are left out. `key` is a stage, an outcome or a month as 2026-11."""

    label: str
    answers: int
    score: int | None
    promoters: int | None
    passives: int | None
    detractors: int | None
    asked: Rate
    key: str = ""

    @property
    def low(self) -> int | None:
        """Lower end of the 95 % interval of the score."""
        return self._interval()[0]

    @property
    def high(self) -> int | None:
        """Upper end of the 95 % interval of the score."""
        return self._interval()[1]

    def _interval(self) -> tuple[int | None, int | None]:
        """The adjusted Wald interval with three imagined answers, half of them passive: honest for few answers (Rocks 2016)."""
        if self.promoters is None or self.detractors is None:
            return None, None
        n = self.answers + 3
        good, bad = (self.promoters + 0.75) / n, (self.detractors + 0.75) / n
        half = Z * math.sqrt((good + bad - (good - bad) ** 2) / n)
        return max(-100, round(100 * (good - bad - half))), min(100, round(100 * (good - bad + half)))


@dataclass(frozen=True)
class FeedbackReport:
    """The whole, and by the furthest stage reached, by how the process stands, by month.

    `unnamed` answers carry no person: they are in the whole and in the months, and in no stage or outcome. `left_out` of them
    could not be placed because a campaign, source, persona or owner was chosen.
    """

    total: ScoreRow
    by_stage: Sequence[ScoreRow]
    by_outcome: Sequence[ScoreRow]
    by_month: Sequence[ScoreRow]
    unnamed: int
    left_out: int


def candidate_feedback(filters: Filters) -> FeedbackReport:
    """Answers given in a period. A process counts once, by its latest answer. An anonymous answer counts for itself, in the month
    of its batch; a period that cuts a month has all of them, because nobody knows their days."""
    of_nobody = unnamed(filters)
    count = sum(group.answers for group in of_nobody)
    known = [*named(filters), *asked(filters)]
    groups = known if _is_narrow(filters) else [*known, *of_nobody]
    return FeedbackReport(
        total=_row("", "", groups),
        by_stage=_rows({stage.value: str(STAGES[stage]) for stage in ORDER}, known, lambda group: group.stage),
        by_outcome=_rows(
            {end.value: str(STAGES[end]) for end in ENDS} | {OPEN: _("Still open")}, known, lambda group: group.outcome
        ),
        by_month=[_row(part.label, part.label, [g for g in groups if g.month == part.label]) for part in months(filters)],
        unnamed=0 if _is_narrow(filters) else count,
        left_out=count if _is_narrow(filters) else 0,
    )


def _is_narrow(filters: Filters) -> bool:
    """Whether something was chosen that an answer without a person cannot be tested for."""
    return any(value is not None for name, value in vars(filters).items() if name not in {"since", "until"})


def _rows(labels: dict[str, str], groups: Sequence[Group], key: Callable[[Group], str | None]) -> list[ScoreRow]:
    """Only what somebody was asked about or answered, in the given order."""
    parts = {name: [group for group in groups if key(group) == name] for name in labels}
    return [_row(labels[name], name, part) for name, part in parts.items() if part]


def _row(label: str, key: str, groups: Iterable[Group]) -> ScoreRow:
    parts = list(groups)
    answers = sum(group.answers for group in parts)
    asked_of = sum(group.asked for group in parts)
    replied = Rate(sum(group.replied for group in parts), asked_of) if asked_of >= FEW else Rate(0, 0)
    if answers < FEW:
        return ScoreRow(label, answers, None, None, None, None, replied, key)
    good, bad = sum(group.promoters for group in parts), sum(group.detractors for group in parts)
    return ScoreRow(label, answers, round(100 * (good - bad) / answers), good, answers - good - bad, bad, replied, key)
