"""The queue of a campaign: whose message is to be researched and written next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate
from portal.db import db
from portal.outreach.models import MessageStatus, OutreachMessage, SetAside

OPEN = (MessageStatus.HELD, MessageStatus.READY)


@dataclass(frozen=True)
class Turn:
    """Where a message stands in its queue: the 7th of 40, 12 of them written, 3 set aside; `next_id` follows it, if any."""

    number: int
    of: int
    written: int
    aside: int
    next_id: int | None
    before_id: int | None

    @property
    def left(self) -> int:
        """How many wait to be written."""
        return self.of - self.written


def list_queue(campaign_id: int) -> Sequence[tuple[OutreachMessage, SetAside | None]]:
    """Messages that have not been sent, in the order of their drafting; those set aside last, the longest waiting first."""
    wanted = select(OutreachMessage, SetAside).outerjoin(SetAside, SetAside.message_id == OutreachMessage.id)
    wanted = wanted.where(OutreachMessage.campaign_id == campaign_id, OutreachMessage.status.in_(OPEN))
    wanted = wanted.options(joinedload(OutreachMessage.candidate).joinedload(Candidate.persona))
    rows = db.session.execute(wanted.order_by(SetAside.at.is_not(None), SetAside.at, OutreachMessage.id)).all()
    return [(row[0], row[1]) for row in rows]


def find_aside(message_id: int) -> SetAside | None:
    """Why a message waits, if it was set aside."""
    return db.session.scalar(select(SetAside).filter_by(message_id=message_id))


def list_aside(campaign_id: int) -> dict[int, str]:
    """Why messages of a campaign wait, by number."""
    wanted = select(SetAside.message_id, SetAside.reason).join(OutreachMessage, OutreachMessage.id == SetAside.message_id)
    rows = db.session.execute(wanted.where(OutreachMessage.campaign_id == campaign_id, OutreachMessage.status.in_(OPEN)))
    return {row[0]: row[1] for row in rows}


def first_turn(campaign_id: int) -> OutreachMessage | None:
    """Where to begin: the first that is not written, those set aside last; else the first of all."""
    queue = list_queue(campaign_id)
    waiting = [message for message, _aside in queue if message.status is MessageStatus.HELD]
    return next(iter(waiting), queue[0][0] if queue else None)


def turn_of(message: OutreachMessage) -> Turn:
    """Where a message stands; 0 when it is not in the queue any more."""
    queue = list_queue(message.campaign_id)
    ids = [row.id for row, _aside in queue]
    here = ids.index(message.id) if message.id in ids else -1
    return Turn(
        number=here + 1,
        of=len(ids),
        written=sum(1 for row, _aside in queue if row.status is MessageStatus.READY),
        aside=sum(1 for _row, aside in queue if aside),
        next_id=_following(queue, here),
        before_id=ids[here - 1] if here > 0 else None,
    )


def _following(queue: Sequence[tuple[OutreachMessage, SetAside | None]], here: int) -> int | None:
    """The next one to write: behind this one, then from the start; somebody set aside only when nobody else is left."""
    round_ = [*queue[here + 1 :], *queue[: max(here, 0)]]
    unwritten = [(row.id, aside) for row, aside in round_ if row.status is MessageStatus.HELD]
    fresh = [number for number, aside in unwritten if aside is None]
    return next(iter(fresh or [number for number, _aside in unwritten]), None)
