"""Finding links, stays and addresses that wait; and who is meant by an address or by the foot of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import undefer

from portal import clock, tokens
from portal.candidates.models import Candidate
from portal.db import db
from portal.delivery.models import Delivery, OutboxMail
from portal.delivery.queries import address_key_of
from portal.errors import NotFound
from portal.privacy.queries import address_key
from portal.selfservice.models import Access, AddressChange, Stay
from portal.submissions.models import Question

LINK_LIVES = timedelta(minutes=30)
ADDRESS_LIVES = timedelta(days=3)
# A stay ends after half an hour without a look, and after half a day in any case.
IDLE = timedelta(minutes=30)
LONGEST_STAY = timedelta(hours=12)
# What each token is for; it opens nothing else.
FOOT, LINK, OLD, NEW = "own page", "access", "address from", "address to"
FOOT_LIVES_SECONDS = 5 * 366 * 24 * 3600
SLICE = 100
# Whose row it is: whoever was merged into another is the other.
_PERSON = func.coalesce(Candidate.merged_into_id, Candidate.id)


@dataclass(frozen=True)
class Own:
    """What this feature keeps of one person, each newest first."""

    links: Sequence[Access]
    stays: Sequence[Stay]
    changes: Sequence[AddressChange]


def find_id_by_address(email: str) -> int | None:
    """Whose address this is, by number alone: nothing is loaded that would make one answer slower than the other."""
    return db.session.scalar(select(_PERSON).filter_by(address_key=address_key(email), erased_at=None))


def find_id_by_foot(signed: str) -> int | None:
    """Whom a mail was written to, by the link in its foot; None when they were erased since. NotFound for a forged link."""
    match tokens.unsign(FOOT, signed, FOOT_LIVES_SECONDS):
        case int(candidate_id):
            return db.session.scalar(select(_PERSON).filter_by(id=candidate_id, erased_at=None))
    raise NotFound(_("This link is not valid, or no longer."))


def find_access(token: str) -> Access | None:
    """The fresh link of a token, if it still opens something."""
    own = select(Access).filter_by(token_hash=tokens.digest(token), spent_at=None)
    return db.session.scalar(own.where(Access.candidate_id.is_not(None), Access.asked_at > clock.now() - LINK_LIVES))


def get_access(access_id: int) -> Access:
    """A fresh link by its number, whatever became of it."""
    if row := db.session.get(Access, access_id):
        return row
    raise NotFound(_("There is no such link."))


def list_waiting_accesses() -> Sequence[Access]:
    """Links that were asked for and whose mail is not queued yet, the oldest first."""
    return db.session.scalars(select(Access).filter_by(handed_on_at=None).order_by(Access.id).limit(SLICE)).all()


def count_accesses(candidate_id: int, since: datetime) -> int:
    """How many mails with a fresh link somebody had since a moment."""
    own = select(func.count()).select_from(Access).where(Access.candidate_id == candidate_id, Access.handed_on_at > since)
    return db.session.scalar(own) or 0


def find_stay(secret: str) -> Stay | None:
    """The stay that a cookie belongs to, unless it has ended or its person is erased."""
    own = select(Stay).filter_by(token_hash=tokens.digest(secret), ended_at=None)
    stay = db.session.scalar(own.where(Stay.since > clock.now() - LONGEST_STAY))
    return stay if stay and stay.candidate.erased_at is None else None


def find_change(token: str) -> AddressChange | None:
    """The wish for a new address that a link in either mailbox belongs to, if it is open."""
    digest = tokens.digest(token)
    either = (AddressChange.old_hash == digest) | (AddressChange.new_hash == digest)
    return db.session.scalar(_open_changes().where(either))


def find_open_change(candidate_id: int) -> AddressChange | None:
    """The new address that somebody asked for and that is not confirmed at both yet."""
    own = _open_changes().filter_by(candidate_id=candidate_id)
    return db.session.scalar(own.order_by(AddressChange.id.desc()).limit(1))


def get_change(change_id: int) -> AddressChange:
    """A wish for a new address by its number, whatever became of it."""
    if row := db.session.get(AddressChange, change_id):
        return row
    raise NotFound(_("There is no such change."))


def own(candidate_id: int) -> Own:
    """Links, stays and new addresses of one person."""
    links = select(Access).filter_by(candidate_id=candidate_id).order_by(Access.id.desc())
    stays = select(Stay).filter_by(candidate_id=candidate_id).order_by(Stay.id.desc())
    changes = select(AddressChange).filter_by(candidate_id=candidate_id).order_by(AddressChange.id.desc())
    return Own(db.session.scalars(links).all(), db.session.scalars(stays).all(), db.session.scalars(changes).all())


def list_answer_times(since: datetime) -> list[timedelta]:
    """How long each question waited that was answered after a moment, the shortest first."""
    answered = select(Question.at, Question.answered_at).where(Question.answered_at >= since, Question.removed_at.is_(None))
    return sorted(row.answered_at - row.at for row in db.session.execute(answered))


def list_mails(candidate_id: int, page: int) -> Sequence[tuple[Delivery, OutboxMail]]:
    """Mails to somebody of which a copy is kept, newest first, without their bytes; pages count from 1."""
    rows = select(Delivery, OutboxMail).join(OutboxMail, OutboxMail.delivery_id == Delivery.id)
    rows = rows.where(_to(candidate_id)).order_by(OutboxMail.at.desc(), OutboxMail.id.desc())
    return [(row[0], row[1]) for row in db.session.execute(rows.limit(SLICE).offset((page - 1) * SLICE))]


def count_mails(candidate_id: int) -> int:
    """How many copies of mails to somebody are kept."""
    rows = select(func.count()).select_from(OutboxMail).join(Delivery, OutboxMail.delivery_id == Delivery.id)
    return db.session.scalar(rows.where(_to(candidate_id))) or 0


def find_mail(candidate_id: int, name: str) -> OutboxMail | None:
    """The copy of a mail to this person, by the random part of its Message-ID; with its bytes."""
    rows = (
        select(OutboxMail)
        .join(Delivery, OutboxMail.delivery_id == Delivery.id)
        .options(undefer(OutboxMail.raw), undefer(OutboxMail.slots))
    )
    own = _to(candidate_id) & Delivery.message_id.startswith(f"<{name}@", autoescape=True)
    return db.session.scalar(rows.where(own))


def _to(candidate_id: int) -> ColumnElement[bool]:
    """Mail to this person, also from before their address belonged to a candidate."""
    key = address_key_of(candidate_id)
    mine = Delivery.candidate_id == candidate_id
    return mine | (Delivery.address_key == key) if key else mine


def _open_changes() -> Select[AddressChange]:
    fresh = AddressChange.asked_at > clock.now() - ADDRESS_LIVES
    return select(AddressChange).where(AddressChange.closed_at.is_(None), fresh)
