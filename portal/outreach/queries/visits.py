"""Finding visits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from portal import tokens
from portal.db import db
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.timeline.models import Kind, Touchpoint


def count_visits(campaign_id: int) -> dict[Verdict, int]:
    """Visits to all links of a campaign, by verdict."""
    grouped = select(Visit.verdict, func.count()).join(Visit.link).where(LandingLink.campaign_id == campaign_id)
    return {row[0]: row[1] for row in db.session.execute(grouped.group_by(Visit.verdict))}


def list_unclassified(limit: int) -> Sequence[Visit]:
    """Visits that wait for a verdict, oldest first."""
    return db.session.scalars(select(Visit).filter_by(classified_at=None).order_by(Visit.id).limit(limit)).all()


def latest_page_view(link_id: int, since: datetime) -> Visit | None:
    """The last visit to a link that showed somebody a page; one by a declared robot only when there is no other."""
    visits = select(Visit).filter_by(link_id=link_id).where(Visit.at >= since).order_by(Visit.id.desc()).limit(20)
    shown = [visit for visit in db.session.scalars(visits) if not {"head", "preview"} & set(visit.signals.split(","))]
    return next((visit for visit in shown if "robot" not in visit.signals.split(",")), next(iter(shown), None))


def is_proved(link: LandingLink, since: datetime, proof: str = "") -> bool:
    """Whether a person gave proof behind a link since a moment: read for five seconds and moved, or confirmed an answer.

    `proof` is the token of the page that is asked about (`data-visit` on it): with it that page counts too, also
    where visits name no link because the reader wants no tracking.
    """
    mine = or_(Visit.link_id == link.id, Visit.proof_hash == tokens.digest(proof)) if proof else Visit.link_id == link.id
    proved = select(Visit.id).where(mine, Visit.proved_at >= since, ~Visit.signals.contains("unseen"))
    return db.session.scalar(proved.limit(1)) is not None


def neighbours(visit: Visit, span: timedelta) -> Sequence[Visit]:
    """Visits of the same family of agents to other links, around the same time."""
    near = select(Visit).where(Visit.at.between(visit.at - span, visit.at + span), Visit.agent == visit.agent)
    return db.session.scalars(near.where(Visit.link_id != visit.link_id).limit(100)).all()


def has_visited_since(link: LandingLink, since: datetime) -> bool:
    """Whether the timeline knows a visit through this link that began after a moment."""
    found = select(Touchpoint.id).filter_by(
        candidate_id=link.candidate_id, kind=Kind.VISITED, subject_type="landing_link", subject_id=link.id
    )
    return db.session.scalar(found.where(Touchpoint.at >= since).limit(1)) is not None
