"""Finding mailings and series; who would get one, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.queries import OPEN
from portal.errors import NotFound
from portal.mailings.models import EAST, Mailing, MailingStatus, Series
from portal.outreach.queries import Counts, count_by_channel
from portal.pipeline.models import Segment
from portal.pipeline.queries import segment_candidate_ids
from portal.submissions.models import Answer, Response
from portal.timeline.models import Kind, Touchpoint

SLICE = 500
SHOWN = 200
# Who unsubscribes so long after a mailing is taken to have done so because of it.
BLAMED = timedelta(days=30)
# Delivery waits so long at most for somebody who is paused or over their pace.
FRESH = timedelta(days=14)


@dataclass(frozen=True)
class Reach:
    """Who would get a mailing at a moment: all it means, who gets it then, who a few days later, who is left out, by reason."""

    total: int = 0
    allowed: int = 0
    later: Mapping[str, Sequence[int]] = field(default_factory=dict)
    left_out: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def will_get_it(self) -> int:
        """Everybody who gets it, sooner or later."""
        return self.allowed + sum(map(len, self.later.values()))


@dataclass(frozen=True)
class Reader:
    """Somebody as whom a mailing is looked at, and the numbers of those before and after."""

    candidate: Candidate
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of some of the people of a mailing; `reason` says why where there is one."""

    status: Status
    reason: str
    count: int


def list_mailings(limit: int = SHOWN) -> Sequence[Mailing]:
    """Mailings, those that still need somebody first, then the newest."""
    needy = (MailingStatus.RUNNING, MailingStatus.PAUSED, MailingStatus.PLANNED, MailingStatus.DRAFT)
    order = Mailing.status.in_(needy).desc(), func.coalesce(Mailing.started_at, Mailing.created_at).desc(), Mailing.id.desc()
    people = joinedload(Mailing.segment), joinedload(Mailing.series)
    return db.session.scalars(select(Mailing).order_by(*order).limit(limit).options(*people)).all()


def get_mailing(mailing_id: int) -> Mailing:
    """A mailing; NotFound when there is none."""
    if mailing := db.session.get(Mailing, mailing_id):
        return mailing
    raise NotFound(_("There is no such mailing."))


def list_series() -> Sequence[Series]:
    """Newsletters that repeat: the next first, ended ones last."""
    order = Series.ended_at.is_not(None), Series.paused_at.is_not(None), Series.next_on, Series.id
    return db.session.scalars(select(Series).order_by(*order).options(joinedload(Series.segment))).all()


def get_series(series_id: int) -> Series:
    """A series; NotFound when there is none."""
    if series := db.session.get(Series, series_id):
        return series
    raise NotFound(_("There is no such series."))


def find_series(name: str) -> Series | None:
    """The series of this name."""
    return db.session.scalar(select(Series).filter_by(name=name))


def list_issues(series_id: int) -> Sequence[Mailing]:
    """The mailings that a series made, newest first."""
    return db.session.scalars(select(Mailing).filter_by(series_id=series_id).order_by(Mailing.on.desc()).limit(SHOWN)).all()


def last_issue_on(series_id: int) -> date | None:
    """The day of the latest mailing that a series made."""
    return db.session.scalar(select(func.max(Mailing.on)).where(Mailing.series_id == series_id))


def list_active_series() -> Sequence[Series]:
    """Series that go on, the next first."""
    return db.session.scalars(select(Series).where(Series.paused_at.is_(None)).order_by(Series.next_on, Series.id)).all()


def list_planned() -> Sequence[Mailing]:
    """Mailings that wait for their day, the next first."""
    planned = select(Mailing).where(Mailing.status == MailingStatus.PLANNED, Mailing.on.is_not(None))
    return db.session.scalars(planned.order_by(Mailing.on, Mailing.id)).all()


def list_unfinished() -> Sequence[Mailing]:
    """Mailings that were started and are not over; paused ones wait."""
    return db.session.scalars(select(Mailing).where(Mailing.status == MailingStatus.RUNNING).order_by(Mailing.id)).all()


def audience(segment: Segment | None) -> Select[int]:
    """A select of the ids of those whom a mailing means: the segment's people, or everybody, who have an address."""
    return segment_candidate_ids(segment).where(Candidate.email.is_not(None))


def count_audience(segment: Segment | None) -> int:
    """How many people a mailing means."""
    return db.session.scalar(select(func.count()).select_from(audience(segment).subquery())) or 0


def list_audience(segment: Segment | None, after: int, limit: int = SLICE) -> Sequence[Candidate]:
    """A slice of the audience, by number, beginning after one."""
    people = select(Candidate).where(Candidate.id.in_(audience(segment)), Candidate.id > after)
    return db.session.scalars(people.order_by(Candidate.id).limit(limit)).all()


def reach(segment: Segment | None, at: datetime | None = None) -> Reach:
    """Ask the gate about everybody in the audience, as of a moment (now unless given)."""
    at, total, allowed = at or clock.now(), 0, 0
    later, left_out = dict[str, list[int]](), dict[str, list[int]]()
    for people in _slices(segment):
        total += len(people)
        for number, ruling in delivery.gate_many(people, Purpose.MAILING, at).items():
            allowed += ruling.allowed
            if not ruling.allowed:
                soon = ruling.not_before is not None and ruling.not_before <= at + FRESH
                (later if soon else left_out).setdefault(ruling.reason, []).append(number)
    return Reach(total, allowed, later, left_out)


def list_by_ids(candidate_ids: Sequence[int]) -> Sequence[Candidate]:
    """The first so many people of a list of numbers, by name."""
    return _people(candidate_ids[:SHOWN])


def find_reader(segment: Segment | None, candidate_id: int | None) -> Reader | None:
    """Somebody of the audience to read a mailing as: the one asked for, or the first; with the neighbours to leaf to."""
    ids = audience(segment).subquery()
    first = select(func.min(ids.c.id)) if candidate_id is None else select(ids.c.id).where(ids.c.id == candidate_id)
    if (number := db.session.scalar(first)) is None:
        return find_reader(segment, None) if candidate_id is not None else None
    before = db.session.scalar(select(func.max(ids.c.id)).where(ids.c.id < number))
    after = db.session.scalar(select(func.min(ids.c.id)).where(ids.c.id > number))
    candidate = db.session.get(Candidate, number)
    return Reader(candidate, before, after) if candidate else None


def outcomes(mailing_id: int) -> Sequence[Outcome]:
    """How many were sent, wait, were withheld (by reason), and so on."""
    columns = Delivery.status, Delivery.withheld_reason, func.count()
    grouped = _deliveries(mailing_id).with_only_columns(*columns).group_by(Delivery.status, Delivery.withheld_reason)
    rows = [Outcome(*row) for row in db.session.execute(grouped)]
    return sorted(rows, key=lambda row: (list(Status).index(row.status), -row.count))


def count_by_status(mailing_ids: Sequence[int]) -> Mapping[int, Mapping[Status, int]]:
    """For each mailing the number of its deliveries by status."""
    counts: dict[int, dict[Status, int]] = {number: {} for number in mailing_ids}
    grouped = select(Delivery.subject_id, Delivery.status, func.count()).where(Delivery.purpose == Purpose.MAILING)
    chosen = grouped.where(Delivery.subject_id.in_(mailing_ids)).group_by(Delivery.subject_id, Delivery.status)
    for mailing_id, status, count in db.session.execute(chosen):
        counts[mailing_id][status] = count
    return counts


def is_settled(mailing_id: int) -> bool:
    """Whether nothing of a mailing waits any more."""
    waits = _deliveries(mailing_id).with_only_columns(Delivery.id).where(Delivery.status.in_(OPEN))
    return db.session.scalar(waits.limit(1)) is None


def list_people(mailing_id: int, status: Status, reason: str = "") -> Sequence[Candidate]:
    """The people behind a number, by name: of a status, and withheld for a reason."""
    rows = _deliveries(mailing_id).where(Delivery.status == status, Delivery.withheld_reason == reason)
    return _people(rows.with_only_columns(Delivery.candidate_id))


def list_unsubscribed(mailing_id: int) -> Sequence[Candidate]:
    """Who got a mailing and unsubscribed within thirty days of it."""
    return _people(_unsubscribed_ids(mailing_id))


def count_unsubscribed(mailing_id: int) -> int:
    """How many got a mailing and unsubscribed within thirty days of it; each counts once."""
    return db.session.scalar(select(func.count()).select_from(_unsubscribed_ids(mailing_id).subquery())) or 0


def get_answer(response_id: int) -> Response:
    """An answer by number; NotFound when there is none."""
    if response := db.session.get(Response, response_id):
        return response
    raise NotFound(_("There is no such answer."))


def list_to_remind(limit: int) -> Sequence[Response]:
    """Answers "not now" whose day has come somewhere on earth, and for which no mail was made yet."""
    made = exists().where(Delivery.purpose == Purpose.REMINDER, Delivery.subject_id == Response.id)
    said = select(Response).filter_by(answer=Answer.NOT_NOW, replaced_at=None)
    come = Response.ask_on <= clock.now().astimezone(EAST).date()
    alive = Candidate.erased_at.is_(None) & Candidate.merged_into_id.is_(None)
    wanted = said.join(Response.candidate).where(come, alive, ~made).options(contains_eager(Response.candidate))
    return db.session.scalars(wanted.order_by(Response.id).limit(limit)).all()


def count_visits(mailing_id: int) -> Counts:
    """Visits to the landing links in a mailing."""
    return count_by_channel(channel_of(mailing_id))


def channel_of(mailing_id: int) -> str:
    """The channel of the landing links in a mailing."""
    return f"mailing {mailing_id}"


def _unsubscribed_ids(mailing_id: int) -> Select[int | None]:
    sent = _deliveries(mailing_id).where(Delivery.status == Status.SENT)
    last = db.session.scalar(sent.with_only_columns(func.max(Delivery.sent_at)))
    until = (last or clock.now()) + BLAMED
    told = Touchpoint.kind == Kind.UNSUBSCRIBED, Touchpoint.at >= Delivery.sent_at, Touchpoint.at <= until
    joined = sent.join(Touchpoint, Touchpoint.candidate_id == Delivery.candidate_id)
    return joined.where(*told).with_only_columns(Delivery.candidate_id).distinct()


def _people(ids: Select[Any] | Sequence[int]) -> Sequence[Candidate]:
    people = select(Candidate).where(Candidate.id.in_(ids), Candidate.erased_at.is_(None), Candidate.merged_into_id.is_(None))
    return db.session.scalars(people.order_by(Candidate.full_name, Candidate.id).limit(SHOWN)).all()


def _slices(segment: Segment | None) -> Iterator[Sequence[Candidate]]:
    after = 0
    while people := list_audience(segment, after):
        after = people[-1].id
        yield people


def _deliveries(mailing_id: int) -> Select[Delivery]:
    return select(Delivery).where(Delivery.purpose == Purpose.MAILING, Delivery.subject_id == mailing_id)
