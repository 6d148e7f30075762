"""Finding what came back, and what a mail that came in is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from portal import clock
from portal.config import SAMPLE, settings
from portal.db import db
from portal.delivery.models import Bounce, Delivery, Purpose, Status
from portal.delivery.queries import LEFT
from portal.errors import Invalid, NotFound
from portal.inbound.models import InboundMail, Kind, PoisonMail, Reply
from portal.privacy.queries import address_hash, address_key

LATELY = timedelta(days=30)
PHRASES = "stop-words.txt"


@dataclass(frozen=True)
class Alarm:
    """Mails about one thing that mail servers refused for what we are or what we said."""

    purpose: Purpose
    subject_id: int
    count: int
    code: str
    last_at: datetime


def is_known(digest: str) -> bool:
    """Whether a mail was read before."""
    return db.session.scalar(select(InboundMail.id).filter_by(digest=digest)) is not None


def find_delivery(number: int | None) -> Delivery | None:
    """The mail of ours that a token names, if it has left; a mail that never left cannot come back."""
    row = db.session.get(Delivery, number) if number is not None and number < 2**31 else None
    return row if row is not None and row.status in LEFT else None


def find_by_message_ids(message_ids: Sequence[str]) -> Delivery | None:
    """The mail of ours that one of these names, the first that is found."""
    mine = select(Delivery).where(Delivery.message_id.in_(message_ids), Delivery.status.in_(LEFT))
    found = {row.message_id: row for row in db.session.scalars(mine)} if message_ids else {}
    return next((found[one] for one in message_ids if one in found), None)


def key_of(address: str) -> str:
    """The keyed hash of an address as it came; "" when it is none."""
    try:
        return address_hash(address_key(address))
    except Invalid:
        return ""


def list_waiting() -> Sequence[Reply]:
    """Replies that nobody has settled: who wants us to stop first, then who waits longest."""
    waiting = select(Reply).where(Reply.settled_at.is_(None)).options(joinedload(Reply.candidate), joinedload(Reply.delivery))
    return db.session.scalars(waiting.order_by(Reply.wants_stop.desc(), Reply.at, Reply.id).limit(200)).all()


def count_waiting() -> int:
    """How many replies wait."""
    return db.session.scalar(select(func.count(Reply.id)).where(Reply.settled_at.is_(None))) or 0


def get_reply(reply_id: int) -> Reply:
    """A reply; NotFound when there is none."""
    if row := db.session.get(Reply, reply_id):
        return row
    raise NotFound(_("There is no such reply."))


def list_set_aside() -> Sequence[PoisonMail]:
    """Mails that could not be read, without their bytes, the oldest first."""
    return db.session.scalars(select(PoisonMail).order_by(PoisonMail.id).limit(100)).all()


def get_set_aside(number: int) -> PoisonMail:
    """Such a mail with its bytes; NotFound when there is none."""
    wanted = select(PoisonMail).filter_by(id=number).options(undefer(PoisonMail.raw))
    if row := db.session.scalars(wanted).one_or_none():
        return row
    raise NotFound(_("There is no such mail."))


def counts() -> dict[Kind, int]:
    """What came in during the last 30 days."""
    since = clock.now() - LATELY
    rows = select(InboundMail.kind, func.count(InboundMail.id)).where(InboundMail.at >= since).group_by(InboundMail.kind)
    return {kind: count for kind, count in db.session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker


def list_alarms() -> Sequence[Alarm]:
    """What was refused for what we are or said in the last 30 days, by mailing, the most often refused first."""
    about = Delivery.purpose, Delivery.subject_id
    refused = select(*about, func.count(Delivery.id), func.max(Delivery.status_code), func.max(Delivery.bounced_at))
    refused = refused.where(Delivery.bounce == Bounce.POLICY, Delivery.bounced_at >= clock.now() - LATELY).group_by(*about)
    rows = [Alarm(purpose, subject, count, code, at) for purpose, subject, count, code, at in db.session.execute(refused) if at]
    return sorted(rows, key=lambda row: -row.count)


def complaint_rate(purpose: Purpose, subject_id: int) -> tuple[int, int]:
    """Complaints about the mails of one mailing, and how many of it have left."""
    mine = Delivery.purpose == purpose, Delivery.subject_id == subject_id
    left = select(func.count(Delivery.id), func.count(Delivery.complained_at)).where(*mine, Delivery.status == Status.SENT)
    sent, complained = db.session.execute(left).one()
    return complained, sent


def stop_phrases() -> Sequence[str]:
    """What "please stop" is called, from the list in the content folder that the company may edit, else from ours."""
    own = settings().content_dir / PHRASES
    text = (own if own.is_file() else SAMPLE / PHRASES).read_text("utf-8", "replace")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
