"""What an answer and a hire cost, by source and by campaign: money, answers and hires of the same days, the view of activity."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, distinct, func, select

from portal.analytics.queries.hires import counted_hires
from portal.analytics.queries.periods import Filters, of_campaigns, span, within
from portal.analytics.queries.response import RESPONSES
from portal.candidates.models import Candidate
from portal.db import db
from portal.hiring.models import Hire
from portal.outreach.models import Campaign
from portal.outreach.models import Cost as CampaignCost
from portal.sourcing.models import Source
from portal.sourcing.queries import spent_between
from portal.timeline.models import Touchpoint


@dataclass(frozen=True)
class CostRow:
    """Money in smallest units of `currency`; people who answered, hires. `undated` was spent on a day nobody wrote down: it is in
    no period and in no figure, but should be told."""

    label: str
    source_id: int | None
    campaign_id: int | None
    currency: str
    spent: int
    answered: int
    hires: int
    undated: int = 0

    @property
    def per_response(self) -> int | None:
        """What one person's answer cost, rounded; None while nobody has answered or nothing was spent."""
        return round(self.spent / self.answered) if self.spent and self.answered else None

    @property
    def per_hire(self) -> int | None:
        """What one hire cost, rounded; None while nobody was hired or nothing was spent."""
        return round(self.spent / self.hires) if self.spent and self.hires else None


@dataclass(frozen=True)
class CostReport:
    """Sources with what their campaigns cost, a row for each currency; campaigns alone. The most expensive first."""

    by_source: Sequence[CostRow]
    by_campaign: Sequence[CostRow]


def costs(filters: Filters) -> CostReport:
    """Costs of a period. Sources are narrowed by source only, because money for a source cannot be split among its campaigns."""
    return CostReport(_ranked(_sources(filters)), _ranked(_campaigns(filters)))


def _campaigns(filters: Filters) -> list[CostRow]:
    chosen = select(Campaign).where(*of_campaigns(filters, Campaign.id.expression))
    for name, column in (("source_id", Campaign.source_id), ("persona_id", Campaign.persona_id)):
        chosen = chosen.where(*_is_chosen(filters, name, column))
    spent, hires = _spent_on_campaigns(filters), _count(_hired(filters, Hire.campaign_id.expression))
    answered = _count(_answered(filters, Touchpoint.campaign_id.expression))
    rows = [
        CostRow(row.name, row.source_id, row.id, row.currency, spent[row.id], answered[row.id], hires[row.id])
        for row in db.session.scalars(chosen)
    ]
    return [row for row in rows if row.spent or row.answered or row.hires]


def _sources(filters: Filters) -> list[CostRow]:
    own, spent = spent_between(filters.since, filters.until), _spent_on_campaigns(filters)
    through: Counter[tuple[int, str]] = Counter()
    for campaign in db.session.scalars(select(Campaign).where(Campaign.id.in_(spent))):
        through[campaign.source_id, campaign.currency] += spent[campaign.id]
    by_source = _answered(filters, Candidate.source_id.expression).join(Candidate, Candidate.id == Touchpoint.candidate_id)
    answered, hires = _count(by_source), _count(_hired(filters, Hire.source_id.expression))
    rows = []
    for source in db.session.scalars(select(Source).where(*_is_chosen(filters, "source_id", Source.id))):
        money = Counter({source.currency: own.get(source.id, 0)})
        money.update({currency: amount for (number, currency), amount in through.items() if number == source.id})
        counts = answered[source.id], hires[source.id]
        rows += [
            CostRow(source.name, source.id, None, currency, amount, *counts, source.cost_minor * (currency == source.currency))
            for currency, amount in money.items()
            if amount or (currency == source.currency and any((*counts, source.cost_minor)))
        ]
    return rows


def _spent_on_campaigns(filters: Filters) -> Counter[int]:
    dated = CampaignCost.on >= filters.since, CampaignCost.on <= filters.until
    spent = select(CampaignCost.campaign_id, func.sum(CampaignCost.amount_minor)).where(*dated)
    return _count(spent.group_by(CampaignCost.campaign_id))


def _answered(filters: Filters, key: ColumnElement[Any]) -> Select[Any]:
    people = select(key, func.count(distinct(Touchpoint.candidate_id))).where(Touchpoint.kind.in_(RESPONSES))
    return people.where(within(Touchpoint.at.expression, span(filters))).group_by(key)


def _hired(filters: Filters, key: ColumnElement[Any]) -> Select[Any]:
    return select(key, func.count()).where(*counted_hires(filters)).group_by(key)


def _count(pairs: Executable) -> Counter[int]:
    return Counter({int(key): int(count) for key, count in db.session.execute(pairs) if key is not None})


def _is_chosen(filters: Filters, name: str, column: Any) -> list[ColumnElement[bool]]:
    value = getattr(filters, name)
    if value is None:
        return []
    return [column != value if filters.but == name else column == value]


def _ranked(rows: list[CostRow]) -> list[CostRow]:
    return sorted(rows, key=lambda row: (-row.spent, row.label, row.currency))
