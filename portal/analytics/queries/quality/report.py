"""Metric 6, quality of hire: the mean of what is known of hires who began 90 days ago or earlier, 0 to 100."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from portal.analytics.queries.periods import Filters, months
from portal.analytics.queries.quality.marks import INDICATORS, Part, parts_of
from portal.db import db
from portal.hiring.models import REVIEW_DAYS
from portal.rates import Rate, Z
from portal.sourcing.models import Source

# Below so many hires a figure would tell of persons.
FEW = 5


@dataclass(frozen=True)
class QualityRow:
    """Hires of a period, and how good they turned out; `source_id` only in rows of a source.

    `score` is the mean of the hires' own means, `low` to `high` its 95 % interval by Student's t, each of `indicators` the mean
    of one alone, all 0 to 100. `completeness`: how many are known of those that are due by now. `retention` by day: who was
    still employed, of those who began so long ago. Nothing is told of fewer than five seasoned hires, no indicator known of
    fewer than five, no retention of fewer.
    """

    label: str
    source_id: int | None
    hires: int
    seasoned: int
    score: float | None
    completeness: Rate
    indicators: Mapping[str, float | None]
    retention: Mapping[int, Rate]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Quality:
    """Hires through a campaign of ours; hires of the same period without one, whatever else was chosen; all chosen by source;
    ours by month of acceptance."""

    ours: QualityRow
    others: QualityRow
    by_source: Sequence[QualityRow]
    by_month: Sequence[QualityRow]


def quality_of_hire(filters: Filters) -> Quality:
    """Hires by the day of acceptance, as they stand today. Whoever has not left as far as we know is employed."""
    chosen, everybody = parts_of(filters), parts_of(Filters(filters.since, filters.until))
    names: dict[int | None, str] = {row[0]: row[1] for row in db.session.execute(select(Source.id, Source.name))}
    ours = [part for part in chosen if part.ours]
    sources = {part.source_id for part in chosen} - {None}
    by_source = [_row(names.get(one, "—"), one, [part for part in chosen if part.source_id == one]) for one in sources]
    return Quality(
        ours=_row(_("Reverse recruitment"), None, ours),
        others=_row(_("Other sources"), None, [part for part in everybody if not part.ours]),
        by_source=sorted(by_source, key=lambda row: (row.score is None, -(row.score or 0), -row.hires, row.label)),
        by_month=[
            _row(month.label, None, [part for part in ours if part.month == at]) for at, month in enumerate(months(filters))
        ],
    )


def _row(label: str, source_id: int | None, parts: Iterable[Part]) -> QualityRow:
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(part.sums)
    seasoned = int(sums["seasoned"])
    shown = seasoned >= FEW
    low, high = _interval(sums["scores"], sums["squares"], seasoned) if shown else (None, None)
    return QualityRow(
        label=label,
        source_id=source_id,
        hires=int(sums["hires"]),
        seasoned=seasoned,
        score=sums["scores"] / seasoned if shown else None,
        completeness=Rate(int(sums["available"]), int(sums["expected"])) if shown else Rate(0, 0),
        indicators={name: _mean(sums, name) for name in INDICATORS},
        retention={day: _kept(sums, day) for day in REVIEW_DAYS},
        low=low,
        high=high,
    )


def _interval(total: float, squares: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a mean of few: Student's t, by the expansion of Cornish and Fisher (within 0.01 from five on)."""
    free = n - 1
    t = Z + (Z**3 + Z) / (4 * free) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * free**2)
    t += (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / (384 * free**3)
    mean = total / n
    half = t * math.sqrt(max(squares - n * mean**2, 0) / free / n)
    return max(0.0, mean - half), min(100.0, mean + half)


def _mean(sums: Mapping[str, float], name: str) -> float | None:
    known = sums[f"known_{name}"]
    return sums[f"sum_{name}"] / known if known >= FEW else None


def _kept(sums: Mapping[str, float], day: int) -> Rate:
    due = int(sums[f"due_{day}"])
    return Rate(int(sums[f"kept_{day}"]), due) if due >= FEW else Rate(0, 0)
