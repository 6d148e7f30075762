"""Taps: answers of which nobody knows yet whether a person gave them. They hold mailings back, to be safe, and count nowhere."""

from sqlalchemy import delete

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.services.wishes import HELD_BACK
from portal.db import db, transaction
from portal.outreach.models import LandingLink
from portal.submissions import queries
from portal.submissions.models import Answer, Tap


def tap(link: LandingLink, answer: Answer) -> None:
    """Somebody or something pressed an answer. One row per link and answer, and nothing is mailed for some days."""
    with transaction() as session:
        candidate = session.get(Candidate, link.candidate_id, with_for_update={"key_share": True}, populate_existing=True)
        if candidate is None or candidate.erased_at is not None:
            return
        row = queries.find_tap(link.id, answer) or Tap(link_id=link.id, candidate_id=candidate.id, answer=answer)
        row.at = clock.now()
        session.add(row)
        candidates.hold_back(candidate)


def settle_taps(candidate: Candidate) -> None:
    """A person answered, so that nothing is held back any more on account of a tap."""
    with transaction() as session:
        session.execute(delete(Tap).where(Tap.candidate_id == candidate.id))
        candidates.let_go(candidate)


def forget_taps() -> int:
    """Taps that nobody confirmed fall away when what they held back may go again; returns how many."""
    with transaction():
        old = delete(Tap).where(Tap.at < clock.now() - HELD_BACK)
        return int(db.session().connection().execute(old).rowcount)
