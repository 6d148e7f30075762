"""A year of history: believable, whole, and the same for the same seed."""

import pytest
from sqlalchemy import select

from portal import clock, demo, integrity
from portal.accounts.services import first_link
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery
from portal.errors import Conflict
from portal.outreach.models import Verdict, Visit
from portal.pipeline.models import Placement
from portal.timeline.models import Kind, Touchpoint
from tests.conftest import build_app

PEOPLE = 24


def history() -> list[tuple]:
    """What happened, to whom, when: everything but random tokens."""
    told = select(Touchpoint.at, Touchpoint.kind, Candidate.full_name, Touchpoint.campaign_id).join(
        Candidate, Candidate.id == Touchpoint.candidate_id
    )
    return [tuple(row) for row in db.session.execute(told.order_by(Touchpoint.at, Touchpoint.id))]


def test_it_is_whole_and_the_same_for_the_same_seed(app, tmp_path, blank_sqlite):
    counts = demo.tell(7, PEOPLE, lambda _month: None)
    first = history()
    assert counts["candidates"] == PEOPLE
    assert counts["campaigns"] == 8
    assert integrity.check() == []
    kinds = {kind for _at, kind, _name, _campaign in first}
    assert {Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED, Kind.VISITED, Kind.RESPONDED, Kind.MOVED} <= kinds
    assert {visit.verdict for visit in db.session.query(Visit)} >= {Verdict.HUMAN, Verdict.MACHINE}
    assert db.session.query(Placement).count() >= PEOPLE // 2
    assert all(row.sent_at is None or row.sent_at < clock.now() for row in db.session.query(Delivery))
    assert first_link() is not None, "nobody of the cast is an administrator"
    other = build_app(tmp_path / "other", "")
    blank = tmp_path / "other" / "portal.sqlite"
    blank.write_bytes(blank_sqlite.read_bytes())
    with other.app_context():
        demo.tell(7, PEOPLE, lambda _month: None)
        again = history()
        db.session.remove()
        db.engine.dispose()
    assert again == first


def test_it_fills_an_empty_installation_only(app, make):
    make.candidate("Ada")
    with pytest.raises(Conflict, match="empty installation"):
        demo.tell(1, 5, lambda _month: None)
