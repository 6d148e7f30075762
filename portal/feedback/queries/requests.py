"""Whom we asked, and whether they answered. The second is written nowhere: it is worked out from the installation's key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from portal import clock, tokens
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.queries import LEFT
from portal.errors import NotFound
from portal.feedback.models import FormKey, Request, Rule

AGAIN_AFTER = timedelta(days=180)
OPEN_FOR = timedelta(days=30)
REMIND_AFTER = timedelta(days=7)
_SLICE = 500
_UNSENT = (Status.WITHHELD, Status.CANCELLED, Status.FAILED)


def subject_of(request_id: int, *, reminder: bool = False) -> int:
    """The subject of a request's mail, or of its reminder: even and odd numbers, so that each can be sent once."""
    return 2 * request_id + reminder


def request_of(subject_id: int) -> tuple[Request, bool]:
    """The request that a mail belongs to, and whether the mail is its reminder; NotFound when it is gone."""
    if found := db.session.get(Request, subject_id // 2):
        return found, bool(subject_id % 2)
    raise NotFound(_("There is no such request."))


def get_request(token: str) -> Request:
    """The open request of a link; NotFound for unknown and old ones, which look the same."""
    request = db.session.scalar(select(Request).filter_by(token_hash=tokens.digest(token)))
    if request is None or request.candidate is None or request.asked_at + 2 * OPEN_FOR < clock.now():
        raise NotFound(_("This link is not valid, or no longer."))
    return request


def token_of(request: Request) -> str:
    """The token of a request's link."""
    return tokens.derive("feedback", request.nonce)


def ballot_of(request: Request) -> str:
    """The anonymous half of a request: another token, of which no row keeps anything, neither in clear nor as a digest."""
    return tokens.derive("ballot", request.nonce)


def ballot_key(ballot: str) -> str:
    """What is kept of a ballot once it was used."""
    return tokens.digest(f"ballot:{ballot}")


def is_used(form_key: str) -> bool:
    """Whether a form or ballot was used."""
    return db.session.scalar(select(FormKey.id).filter_by(digest=form_key)) is not None


def is_spent(request: Request) -> bool:
    """Whether a request was answered, in either way."""
    return is_used(ballot_key(ballot_of(request)))


def spent(requests: Iterable[Request]) -> set[int]:
    """Numbers of the requests that were answered, in either way."""
    keys = {ballot_key(ballot_of(request)): request.id for request in requests}
    digests, found = list(keys), set()
    for start in range(0, len(digests), _SLICE):
        used = select(FormKey.digest).where(FormKey.digest.in_(digests[start : start + _SLICE]))
        found |= {keys[digest] for digest in db.session.scalars(used)}
    return found


def last_request(candidate_id: int) -> Request | None:
    """The latest request that reached somebody, or is about to; those that the gate or a fault stopped do not count."""
    own = select(Request).filter_by(candidate_id=candidate_id).order_by(Request.asked_at.desc(), Request.id.desc())
    stopped = select(Delivery.id).where(_mail_of_request(), Delivery.status.in_(_UNSENT))
    return db.session.scalar(own.where(~stopped.exists()).limit(1))


def may_ask(candidate_id: int, at: datetime) -> bool:
    """Whether nobody asked within 180 days, and no request is open."""
    last = last_request(candidate_id)
    if last is None:
        return True
    is_open = last.asked_at + OPEN_FOR > at and not is_spent(last)
    return not is_open and last.asked_at + AGAIN_AFTER <= at


def list_to_remind(at: datetime, limit: int) -> Sequence[Request]:
    """Requests whose mail left a week ago and that had no reminder yet, while they are open; answered ones among them."""
    left = select(Request).join(Delivery, _mail_of_request()).where(Delivery.status == Status.SENT)
    due = left.where(Request.reminded_at.is_(None), Delivery.sent_at <= at - REMIND_AFTER, Request.asked_at > at - OPEN_FOR)
    return db.session.scalars(due.order_by(Request.id).limit(limit)).all()


def list_requests(candidate_id: int) -> Sequence[Request]:
    """Every request to somebody, newest first."""
    own = select(Request).filter_by(candidate_id=candidate_id).options(joinedload(Request.rule), joinedload(Request.version))
    return db.session.scalars(own.order_by(Request.id.desc())).all()


@dataclass(frozen=True)
class Asked:
    """A request that left, for counting: which rule and questionnaire, the month (of UTC), and whether it was answered."""

    rule_id: int
    questionnaire_id: int
    month: str
    answered: bool


def list_asked() -> Sequence[Asked]:
    """Every request whose mail left."""
    left = select(Request).join(Delivery, _mail_of_request()).where(Delivery.status.in_(LEFT))
    requests = db.session.scalars(left.options(joinedload(Request.version))).all()
    done = spent(requests)
    return [Asked(r.rule_id, r.version.questionnaire_id, f"{r.asked_at:%Y-%m}", r.id in done) for r in requests]


def list_rules() -> Sequence[Rule]:
    """All rules by name, with their questionnaires."""
    return db.session.scalars(select(Rule).options(joinedload(Rule.questionnaire)).order_by(Rule.name)).all()


def get_rule(rule_id: int) -> Rule:
    """A rule; NotFound when there is none."""
    if found := db.session.get(Rule, rule_id):
        return found
    raise NotFound(_("There is no such rule."))


def find_rule(name: str) -> Rule | None:
    """A rule by its name."""
    return db.session.scalar(select(Rule).filter_by(name=name))


def _mail_of_request() -> ColumnElement[bool]:
    return and_(Delivery.purpose == Purpose.FEEDBACK, Delivery.subject_id == 2 * Request.id)
