"""Telling a history to the database: contacts and moves straight into the tables, what changes rows through the services."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert

from portal import clock
from portal.accounts.models import Role, User
from portal.candidates.models import Candidate
from portal.candidates.services import merge
from portal.db import Base, db, transaction
from portal.feedback.models import Feedback
from portal.hiring.models import Hire
from portal.outreach.models import Campaign, LandingLink, Verdict, Visit
from portal.outreach.services import reclassify
from portal.outreach.verdicts import VERSION
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.privacy.services import erase
from portal.sourcing.models import Persona, Source
from portal.timeline.models import Channel, Direction, Kind, Touchpoint
from tests.analytics.histories import ZONE
from tests.analytics.histories.steps import ANSWERS, CONTACTS, Step

GROUND = {table.__tablename__ for table in (Campaign, Persona, Source, User, Role)} | {"roles_users"}
OUT = {Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED}
# Verdict, and whether the rules of today think the same.
VISITS = {
    "visit of a machine": (Verdict.MACHINE, True),
    "visit taken for a person": (Verdict.HUMAN, False),
    "visit taken for a machine": (Verdict.MACHINE, False),
}


def tell(people: dict[int, tuple[int, int]], steps: Sequence[Step], now: datetime) -> None:
    """People, by number with their source and persona, and what happened to them, in the place of the last ones."""
    forget()
    with transaction() as session:
        if people:
            session.execute(insert(Candidate), [_row(number, *groups) for number, groups in people.items()])
        contacts = [_contact(n, step) for n, step in enumerate(steps) if step.what in {*CONTACTS, "visit taken for a person"}]
        if contacts:
            session.execute(insert(Touchpoint), contacts)
        for who in people:
            _place(who, [step for step in steps if step.who == who and step.what in {"moved", "moved by mistake"}])
        for number, step in enumerate(steps):
            _score(number, step)
            _wish(step)
            _visit(step)
            _hire(step, people[step.who][0])
    with clock.standing_at(now):
        if any(step.what in VISITS for step in steps):
            reclassify()
    for step in steps:
        with clock.standing_at(step.at):
            _settle(step)
    db.session.expire_all()


def _settle(step: Step) -> None:
    if step.what == "merged with":
        with transaction() as session:
            merge(session.get_one(Candidate, step.who), session.get_one(Candidate, step.more))
    elif step.what == "erased":
        erase(step.who, by="candidate")


def forget() -> None:
    """Take away everybody and everything that happened; campaigns, sources, personas and staff stay."""
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in GROUND:
                session.execute(delete(table))
        session.expunge_all()


def _row(number: int, source: int, persona: int) -> dict:
    key = f"p{number}@candidate.example"
    named = {"id": number, "public_id": uuid.uuid4().hex, "full_name": f"Person {number}", "email": key, "address_key": key}
    return named | {"source_id": source, "persona_id": persona, "collected_at": clock.now(), "created_at": clock.now()}


def _contact(number: int, step: Step) -> dict:
    kind = CONTACTS.get(step.what, Kind.VISITED)
    channel = Channel.SOCIAL if step.what == "by hand" else Channel.MAIL if kind in OUT else Channel.WEB
    subjects = {"visit taken for a person": ("landing_link", _link_id(step)), "scored": ("feedback", number + 1)}
    subject = subjects.get(step.what, (None, None))
    return {
        "candidate_id": step.who,
        "kind": kind,
        "direction": Direction.OUT if kind in OUT else Direction.IN,
        "channel": channel,
        "at": step.at,
        "campaign_id": step.campaign,
        "subject_type": subject[0],
        "subject_id": subject[1],
        "details": _details(step),
    }


def _details(step: Step) -> dict:
    if step.what == "paused":
        return {"pace": "any", "paused_until": step.more and step.more.isoformat()}
    return {"answer": ANSWERS[step.what]} if step.what in ANSWERS else {}


def _score(number: int, step: Step) -> None:
    if step.what == "scored":
        with transaction() as session:
            day = step.at.astimezone(ZONE).date()
            session.add(Feedback(id=number + 1, candidate_id=step.who, score=step.more or 0, anonymous=False, on=day))


def _hire(step: Step, source: int) -> None:
    """An offer accepted on the day of the step, for the role of the campaign."""
    if not step.what.startswith("hired"):
        return
    day = step.at.astimezone(ZONE).date()
    with transaction() as session:
        campaign = session.get(Campaign, step.campaign) if step.campaign else None
        session.add(
            Hire(
                candidate_id=step.who,
                campaign_id=step.campaign,
                source_id=source,
                role=campaign.page if campaign else "Engineer",
                accepted_on=day,
                considered_on=None if step.more is None else day - timedelta(days=step.more),
                created_at=step.at,
                withdrawn_at=step.at if step.what == "hired, withdrawn" else None,
            )
        )


def _link_id(step: Step) -> int:
    """A link for each moment of each person, so that every visit is judged alone."""
    return int(step.at.timestamp() - 1_700_000_000) // 60 * 64 + step.who


def _visit(step: Step) -> None:
    if step.what not in VISITS:
        return
    verdict, stands = VISITS[step.what]
    proved = step.at + timedelta(seconds=9) if verdict is Verdict.MACHINE and not stands else None
    with transaction() as session:
        if session.get(LandingLink, _link_id(step)) is None:
            name = uuid.uuid4().hex
            session.add(
                LandingLink(
                    id=_link_id(step),
                    nonce=name,
                    token_hash=name,
                    candidate_id=step.who,
                    campaign_id=step.campaign,
                    page="/",
                    created_at=step.at,
                )
            )
        judged = {"verdict": verdict, "rule_version": VERSION if stands else VERSION - 1, "classified_at": step.at}
        session.add(Visit(link_id=_link_id(step), at=step.at, page="/", agent="Firefox", proved_at=proved, **judged))


def _wish(step: Step) -> None:
    columns = {"unsubscribed": "unsubscribed_at", "resubscribed": "unsubscribed_at", "stopped": "do_not_contact_at"}
    if step.what in columns:
        with transaction() as session:
            person = session.get_one(Candidate, step.who)
            setattr(person, columns[step.what], None if step.what == "resubscribed" else step.at)


def _place(who: int, moves: Sequence[Step]) -> None:
    """A placement with its moves; it stands where the last move put it that was no mistake."""
    if not moves:
        return
    meant = [step for step in moves if step.what == "moved"]
    stage = meant[-1].more if meant else StageName.IDENTIFIED
    with transaction() as session:
        placement = Placement(candidate_id=who, stage=stage, since=moves[-1].at)
        before: dict[int, StageName | None] = defaultdict(lambda: None)
        for step in moves:
            mistaken = {"mistaken_at": step.at + timedelta(hours=1)} if step.what == "moved by mistake" else {}
            row = StageTransition(placement=placement, from_stage=before[who], to_stage=step.more, at=step.at, **mistaken)
            session.add(row)
            before[who] = step.more
