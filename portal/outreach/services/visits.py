"""Visits: kept before the answer leaves, proved by people, judged by rules."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from portal import clock
from portal.db import db, transaction
from portal.outreach import queries, verdicts
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.outreach.queries import Opened
from portal.outreach.queries.visits import PROOF_MOMENT
from portal.outreach.services.journal import Row, journal_of
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

SLICE = 200
MARKED = 5000
PROOF_TIME = timedelta(hours=24)
# Pages opened within this time are one visit in the timeline.
SITTING = timedelta(minutes=30)


def visit(link: LandingLink, facts: verdicts.Facts) -> str:
    """Keep a request on disk; returns the token with which its reader can prove to be a person."""
    proof = new_proof()
    session = db.session()
    if session.info.get("writing"):
        session.execute(insert(Visit), [row_of(link, facts, proof)])
    else:
        session.commit()  # gives the connection back, so that waiting for the group takes none from others
        keep(link, facts, proof)
    return proof


def keep(link: LandingLink | Opened, facts: verdicts.Facts, proof: str) -> None:
    """Return when a request is on disk, together with all that came meanwhile. `proof` is the token its page will carry."""
    journal_of(current_app._get_current_object()).put(row_of(link, facts, proof))  # type: ignore[attr-defined]


def new_proof() -> str:
    """A token for a page: who sends it back has read the page."""
    return f"{int(clock.now().timestamp() * 1000):0{PROOF_MOMENT}x}{secrets.token_urlsafe(16)}"


def row_of(link: LandingLink | Opened, facts: verdicts.Facts, proof: str) -> Row:
    """What is kept of a request."""
    at, signals = clock.now(), facts.signals
    remembered = link.candidate_id is None or not (facts.private or _wants_no_tracking(link))
    if not remembered:  # what the link would have told later is looked up now, and the time is kept by the hour
        signals = (*signals, "just-delivered") if _delivered_at(link.candidate_id, at) else signals
        at = at.replace(minute=0, second=0, microsecond=0)
    return {
        "link_id": link.id if remembered else None,
        "campaign_id": None if remembered else link.campaign_id,
        "at": at,
        "page": facts.page[:500],
        "agent": facts.agent,
        "signals": ",".join(signals),
        "proof_hash": queries.proof_keys(proof)[0 if remembered else 1],
        "verdict": Verdict.UNCONFIRMED,
        "rule": "",
        "rule_version": 0,
    }


def _wants_no_tracking(link: LandingLink | Opened) -> bool:
    if isinstance(link, Opened):
        return link.tracking_off_at is not None
    return link.candidate is not None and link.candidate.tracking_off_at is not None


def prove(token: str) -> bool:
    """Somebody read the page of this token. Whatever is unknown, too quick for a person, or too old changes nothing."""
    with transaction():
        found, now = queries.find_visit(token), clock.now()
        if found is None or found.proved_at is not None or found.at + PROOF_TIME < now:
            return False
        # Earlier than the visit itself: the clock was set back meanwhile, and says nothing.
        if timedelta() <= now - found.at < verdicts.READING_TIME:
            return False
        found.proved_at, found.classified_at = now, None
        return True


def followed_unseen(proof: str) -> None:
    """Whatever has this page before it followed the link that no person can see."""
    with transaction():
        found = queries.find_visit(proof)
        if found is not None:
            _sign(found, "unseen")


def answered(link: LandingLink, proof: str = "") -> None:
    """An answer came through this link and was confirmed: whoever opened it last is a person.

    `proof` is the token of the page it came from, if the form brought one; it finds visits that name no link, too.
    """
    with transaction():
        found = queries.find_visit(proof) or queries.latest_page_view(link.id, clock.now() - PROOF_TIME)
        if found is not None and found.link_id in {link.id, None} and "answer" not in queries.signals_of(found):
            found.proved_at = found.proved_at or clock.now()
            _sign(found, "answer")


def _sign(row: Visit, signal: str) -> None:
    row.signals = ",".join(filter(None, [row.signals, signal]))
    row.classified_at = None


def classify() -> int:
    """Judge a slice of visits that have no verdict yet, or new evidence; returns how many."""
    with transaction():
        return _judge_all(queries.list_unclassified(SLICE))


def reclassify(progress: Callable[[int, int], object] = lambda _done, _all: None) -> int:
    """Judge anew all visits that older rules decided, in slices that are each committed; returns how many.

    What was done stays done when it is interrupted; the next run goes on from there. `progress` hears how many of how many.
    """
    total, done = queries.count_judged_before(verdicts.VERSION), 0
    while count := _reclassify_slice():
        done += count
        progress(done, total)
    return done


def _reclassify_slice() -> int:
    with transaction():
        return _judge_all(queries.list_judged_before(verdicts.VERSION, SLICE))


def judge_all_anew() -> None:
    """Mark every visit as decided by no rule, so that `reclassify` goes through all of them."""
    after = 0
    while numbers := queries.list_numbers(after, MARKED):
        with transaction() as session:
            session.execute(update(Visit).where(Visit.id.in_(numbers)).values(rule_version=0))
        after = numbers[-1]


def forget_visits(candidate_id: int) -> int:
    """Keep the visits of somebody who is erased as nobody's: counted by campaign, by the hour. Returns how many."""
    with transaction() as session:
        mine = session.scalars(select(Visit).join(Visit.link).where(LandingLink.candidate_id == candidate_id)).all()
        for row in mine:
            row.campaign_id = row.link.campaign_id if row.link else None
            row.link_id, row.proof_hash = None, None
            row.at = row.at.replace(minute=0, second=0, microsecond=0)
        return len(mine)


def _judge_all(rows: Sequence[Visit]) -> int:
    """Verdicts for some visits; the timeline follows: a line where somebody proved to be there, none where nobody did."""
    for row in rows:
        was = row.verdict
        _judge(row)
        if row.verdict is Verdict.HUMAN:
            _record_person(row)
        elif was is Verdict.HUMAN and row.link_id is not None:
            _withdraw_unfounded(row.link_id)
    return len(rows)


def _judge(row: Visit) -> None:
    others = queries.others_around(row, verdicts.SWEEP_TIME) if row.link else []
    pages = queries.pages_around(row, verdicts.SWEEP_TIME) if row.link else {row.page}
    seen = verdicts.Seen(
        at=row.at,
        signals=queries.signals_of(row),
        proved=row.proved_at is not None,
        delivered_at=_delivered_at(row.link.candidate_id, row.at) if row.link else None,
        pages=len(pages),
        swept=any("sweep" in queries.signals_of(other) for other in others),
        beside_unseen=verdicts.UNSEEN in pages,
    )
    row.verdict, row.rule = verdicts.decide(seen)
    row.rule_version, row.classified_at = verdicts.VERSION, clock.now()
    if row.rule == "several links":
        _look_again(others)
    elif row.rule in {"all links", "unseen link"} and row.link:
        _look_again(queries.same_link_around(row, verdicts.SWEEP_TIME))


def _look_again(rows: Sequence[Visit]) -> None:
    """Visits that looked single when they were judged turn out to belong to a sweep."""
    for row in rows:
        if row.verdict is Verdict.UNCONFIRMED:
            row.classified_at = None


def _delivered_at(candidate_id: int | None, at: datetime) -> datetime | None:
    """When a mail left shortly before a moment (or a little after: scanners are quick), if one did."""
    return queries.delivered_near(candidate_id, at - verdicts.SCANNER_TIME, at + verdicts.HANDOVER_TIME)


def _withdraw_unfounded(link_id: int) -> None:
    """Take back lines of the timeline that were drawn from visits of this link which no rule calls a person's any more."""
    humans = queries.human_moments(link_id)
    timeline.withdraw(
        Kind.VISITED, ("landing_link", link_id), lambda at: not any(at <= moment < at + SITTING for moment in humans)
    )


def _record_person(row: Visit) -> None:
    """A person came: once per sitting in the timeline, and Engaged in the pipeline. Nothing where no link is named."""
    link = row.link
    if link is None or link.candidate_id is None or queries.has_visited_within(link, row.at - SITTING, row.at + SITTING):
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
