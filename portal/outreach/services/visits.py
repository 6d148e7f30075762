"""Visits: kept before the answer leaves, proved by people, judged by rules."""

from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select

from portal import clock, tokens
from portal.db import db, transaction
from portal.outreach import queries, verdicts
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.outreach.services.journal import Row, journal_of
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

SLICE = 200
PROOF_TIME = timedelta(hours=24)
# Pages opened within this time are one visit in the timeline.
SITTING = timedelta(minutes=30)


def visit(link: LandingLink, facts: verdicts.Facts) -> str:
    """Keep a request on disk; returns the token with which its reader can prove to be a person."""
    token = tokens.derive("proof", tokens.new_nonce())
    row: Row = {
        "link_id": link.id,
        "at": clock.now(),
        "page": facts.page[:500],
        "agent": facts.agent,
        "signals": ",".join(facts.signals),
        "proof_hash": tokens.digest(token),
        "verdict": Verdict.UNCONFIRMED,
        "rule": "",
        "rule_version": 0,
    }
    session = db.session()
    if session.info.get("writing"):
        session.execute(insert(Visit), [row])
    else:
        session.commit()  # gives the connection back, so that waiting for the group takes none from others
        journal_of(current_app._get_current_object()).put(row)  # type: ignore[attr-defined]
    return token


def prove(token: str) -> bool:
    """Somebody read the page of this token. Whatever is unknown or too old changes nothing."""
    with transaction() as session:
        found = session.scalar(select(Visit).filter_by(proof_hash=tokens.digest(token), proved_at=None))
        if found is None or found.at + PROOF_TIME < clock.now():
            return False
        found.proved_at, found.classified_at = clock.now(), None
        return True


def answered(link: LandingLink) -> None:
    """An answer came through this link: whoever opened it last is a person."""
    with transaction():
        found = queries.latest_page_view(link.id, clock.now() - PROOF_TIME)
        if found is not None and "answer" not in found.signals.split(","):
            found.signals = ",".join(filter(None, [found.signals, "answer"]))
            found.proved_at, found.classified_at = found.proved_at or clock.now(), None


def classify() -> int:
    """Judge a slice of visits that have no verdict yet, or new evidence; returns how many."""
    with transaction():
        waiting = queries.list_unclassified(SLICE)
        for row in waiting:
            _judge(row)
        return len(waiting)


def _judge(row: Visit) -> None:
    others = queries.neighbours(row, verdicts.SWEEP_TIME)
    seen = verdicts.Seen(
        at=row.at,
        signals=frozenset(filter(None, row.signals.split(","))),
        proved=row.proved_at is not None,
        delivered_at=queries.delivered_at(row.link_id),
        neighbours=len({other.link_id for other in others}),
    )
    row.verdict, row.rule = verdicts.decide(seen)
    row.rule_version, row.classified_at = verdicts.VERSION, clock.now()
    if row.verdict is Verdict.HUMAN:
        _record_person(row)
    elif row.rule == "several links":
        _look_again([other for other in others if other.verdict is Verdict.UNCONFIRMED])


def _look_again(rows: list[Visit]) -> None:
    """Visits that looked single when they were judged turn out to belong to a sweep."""
    for row in rows:
        row.classified_at = None


def _record_person(row: Visit) -> None:
    """A person came: once per sitting in the timeline, and Engaged in the pipeline."""
    link = row.link
    if link.candidate_id is None or queries.has_visited_since(link, row.at - SITTING):
        return
    timeline.record(
        link.candidate_id,
        Kind.VISITED,
        Direction.IN,
        Channel.WEB,
        at=row.at,
        campaign_id=link.campaign_id,
        subject=("landing_link", link.id),
        page=row.page,
    )
    pipeline.advance(link.candidate_id, StageName.ENGAGED, _("Read the page behind the personal link"))
