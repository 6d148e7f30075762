"""Finding visits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from portal import tokens
from portal.db import db
from portal.delivery.models import Delivery
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.timeline.models import Kind, Touchpoint

NEAR = 500
PROOF_MOMENT = 11  # hexadecimal milliseconds since 1970 at the head of a proof token


def count_visits(campaign_id: int) -> dict[Verdict, int]:
    """Visits to all links of a campaign, by verdict; also of those who are counted and not remembered. Raw is the sum of all."""
    mine = or_(LandingLink.campaign_id == campaign_id, Visit.campaign_id == campaign_id)
    grouped = select(Visit.verdict, func.count()).join(Visit.link, isouter=True).where(mine)
    return {row[0]: row[1] for row in db.session.execute(grouped.group_by(Visit.verdict))}


def list_visits(candidate_id: int, limit: int = 1000) -> Sequence[Visit]:
    """What is remembered of a person's visits, newest first; `verdicts.explain(visit.rule)` says why each was judged so."""
    mine = select(Visit).join(Visit.link).where(LandingLink.candidate_id == candidate_id)
    return db.session.scalars(mine.order_by(Visit.at.desc(), Visit.id.desc()).limit(limit)).all()


def list_unclassified(limit: int) -> Sequence[Visit]:
    """Visits that wait for a verdict, oldest first."""
    return db.session.scalars(select(Visit).filter_by(classified_at=None).order_by(Visit.id).limit(limit)).all()


def list_judged_before(version: int, limit: int) -> Sequence[Visit]:
    """Visits that other rules than those of a version decided, oldest first."""
    return db.session.scalars(select(Visit).where(Visit.rule_version != version).order_by(Visit.id).limit(limit)).all()


def count_judged_before(version: int) -> int:
    """How many visits other rules than those of a version decided."""
    return db.session.scalar(select(func.count()).select_from(Visit).where(Visit.rule_version != version)) or 0


def list_numbers(after: int, limit: int) -> Sequence[int]:
    """Row numbers of visits, in their order, behind one."""
    return db.session.scalars(select(Visit.id).where(Visit.id > after).order_by(Visit.id).limit(limit)).all()


def latest_page_view(link_id: int, since: datetime) -> Visit | None:
    """The last visit to a link that showed somebody a page; one by a declared robot only when there is no other."""
    visits = select(Visit).filter_by(link_id=link_id).where(Visit.at >= since).order_by(Visit.id.desc()).limit(20)
    shown = [visit for visit in db.session.scalars(visits) if not {"head", "preview", "unseen"} & signals_of(visit)]
    return next((visit for visit in shown if "robot" not in signals_of(visit)), next(iter(shown), None))


def signals_of(visit: Visit) -> frozenset[str]:
    """The signs that were seen at a visit."""
    return frozenset(filter(None, visit.signals.split(",")))


def find_visit(proof: str) -> Visit | None:
    """The visit whose page carried a proof token."""
    return db.session.scalar(select(Visit).where(Visit.proof_hash.in_(proof_keys(proof)))) if proof else None


def proof_keys(proof: str) -> tuple[str, str]:
    """What may be stored of a proof token: its digest behind its moment, and, where no moment is kept, behind zeros.

    Rows that come one after another lie side by side in the index, too: a third of the cost of keys all over it.
    """
    digest, moment = tokens.digest(proof)[:32], proof[:PROOF_MOMENT]
    moment = moment if moment.isascii() and moment.isalnum() else ""  # anybody may send anything
    return f"{moment}{digest}", f"{'0' * PROOF_MOMENT}{digest}"


def is_proved(link: LandingLink, since: datetime, proof: str = "") -> bool:
    """Whether a person gave proof behind a link since a moment: read for five seconds and moved, or confirmed an answer.

    `proof` is the token of the page that is asked about (`data-visit` on it): with it that page counts too, also where visits
    name no link because the reader wants no tracking.
    """
    mine = or_(Visit.link_id == link.id, Visit.proof_hash.in_(proof_keys(proof))) if proof else Visit.link_id == link.id
    proved = select(Visit.id).where(mine, Visit.proved_at >= since, ~Visit.signals.contains("unseen"))
    return db.session.scalar(proved.limit(1)) is not None


def same_link_around(visit: Visit, span: timedelta) -> Sequence[Visit]:
    """Visits of the same family of agents behind the same link around the same time, itself included."""
    near = select(Visit).filter_by(link_id=visit.link_id, agent=visit.agent)
    return db.session.scalars(near.where(Visit.at.between(visit.at - span, visit.at + span))).all()


def pages_around(visit: Visit, span: timedelta) -> set[str]:
    """What the same family of agents opened behind the same link around the same time; a thank-you is where a post leads."""
    return {other.page for other in same_link_around(visit, span) if other.page != "/thanks"}


def others_around(visit: Visit, span: timedelta) -> Sequence[Visit]:
    """Visits of the same family of agents to other links around the same time. Rows are numbered as they come."""
    near = select(Visit).where(Visit.id.between(visit.id - NEAR, visit.id + NEAR), Visit.link_id != visit.link_id)
    return db.session.scalars(near.where(Visit.at.between(visit.at - span, visit.at + span), Visit.agent == visit.agent)).all()


def delivered_near(candidate_id: int | None, since: datetime, until: datetime) -> datetime | None:
    """When a mail left for a candidate, of any kind, between two moments; the latest."""
    sent = select(func.max(Delivery.sent_at)).where(Delivery.candidate_id == candidate_id, Delivery.sent_at.between(since, until))
    return db.session.scalar(sent) if candidate_id is not None else None


def has_visited_within(link: LandingLink, since: datetime, until: datetime) -> bool:
    """Whether the timeline knows a visit through this link that began between two moments."""
    found = select(Touchpoint.id).filter_by(
        candidate_id=link.candidate_id, kind=Kind.VISITED, subject_type="landing_link", subject_id=link.id
    )
    return db.session.scalar(found.where(Touchpoint.at.between(since, until)).limit(1)) is not None


def human_moments(link_id: int) -> Sequence[datetime]:
    """When people came through a link."""
    return db.session.scalars(select(Visit.at).filter_by(link_id=link_id, verdict=Verdict.HUMAN)).all()
