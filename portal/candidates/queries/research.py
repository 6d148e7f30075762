"""What was found out about somebody before the first contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate, Fit, Judgement, ResearchCheck, ResearchLink
from portal.db import db
from portal.sourcing.models import Criterion
from portal.sourcing.queries import checklist_of, list_criteria


@dataclass(frozen=True)
class Judged:
    """A criterion of the persona, and how the candidate meets it."""

    criterion: Criterion
    judgement: Judgement = Judgement.UNKNOWN
    reason: str = ""


@dataclass(frozen=True)
class Research:
    """All that was found out. `items` are the checklist's, each with the moment it was done; None: still to do."""

    items: dict[str, datetime | None]
    links: Sequence[ResearchLink]
    fits: Sequence[Judged]

    @property
    def done(self) -> int:
        """How many items of the checklist are done."""
        return sum(1 for at in self.items.values() if at)

    @property
    def judged(self) -> int:
        """By how many criteria somebody has judged."""
        return sum(1 for one in self.fits if one.judgement is not Judgement.UNKNOWN)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to look up or to judge."""
        return self.done == len(self.items) and self.judged == len(self.fits)


def get_research(candidate: Candidate) -> Research:
    """What is known of a candidate by the checklist and criteria of their persona."""
    checks = {row.item: row.at for row in db.session.scalars(select(ResearchCheck).filter_by(candidate_id=candidate.id))}
    known = {row.criterion_id: row for row in list_fits(candidate.id)}
    criteria = list_criteria(candidate.persona_id) if candidate.persona_id else ()
    return Research(
        items={item: checks.get(item) for item in checklist_of(candidate.persona)},
        links=list_links(candidate.id),
        fits=[Judged(row, known[row.id].judgement, known[row.id].reason) if row.id in known else Judged(row) for row in criteria],
    )


def list_fits(candidate_id: int) -> Sequence[Fit]:
    """Every judgement about a candidate, those by criteria that are gone or of an earlier persona too."""
    return db.session.scalars(select(Fit).filter_by(candidate_id=candidate_id).options(joinedload(Fit.criterion))).all()


def list_checks(candidate_id: int) -> Sequence[ResearchCheck]:
    """Everything that was looked up, the latest first."""
    rows = select(ResearchCheck).filter_by(candidate_id=candidate_id)
    return db.session.scalars(rows.order_by(ResearchCheck.at.desc(), ResearchCheck.id)).all()


def list_links(candidate_id: int) -> Sequence[ResearchLink]:
    """Where it was found, in the order it was written down."""
    return db.session.scalars(select(ResearchLink).filter_by(candidate_id=candidate_id).order_by(ResearchLink.id)).all()


def count_researched(candidate_ids: Sequence[int]) -> dict[int, int]:
    """How many things were looked up or judged, by candidate; those without any are missing."""
    found: dict[int, int] = {}
    for table in (ResearchCheck, Fit):
        counted = select(table.candidate_id, func.count()).where(table.candidate_id.in_(candidate_ids))
        for candidate_id, count in db.session.execute(counted.group_by(table.candidate_id)):
            found[candidate_id] = found.get(candidate_id, 0) + count
    return found
