"""What people say against our mail: unsubscribing, and complaining to their mail provider; for each mailing and campaign."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Subquery, and_, case, distinct, func, or_, select
from sqlalchemy.orm import aliased

from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns, span, within
from portal.analytics.queries.response import bounced_mails
from portal.candidates.models import Candidate
from portal.db import db
from portal.mailings.models import Mailing
from portal.mailings.queries import BLAMED
from portal.outreach.models import Campaign
from portal.privacy.models import Suppression, SuppressionReason
from portal.privacy.queries import address_hash
from portal.rates import Rate
from portal.timeline.models import Kind, Touchpoint

# Where mail providers begin to turn a sender's mail away.
WARN, STOP = 0.001, 0.003
_SLICE = 1000
# "mailing" or "campaign" with its number, or "all".
_Place = tuple[str, int | None]
_Moments = Mapping[int, Sequence[datetime]]


@dataclass(frozen=True)
class MailRow:
    """Of the people whom a mail reached: who unsubscribed, and who complained, within 30 days of it."""

    label: str
    mailing_id: int | None
    campaign_id: int | None
    unsubscribed: Rate
    complained: Rate

    @property
    def warns(self) -> bool:
        """Whether at least one in a thousand complained."""
        return (self.complained.value or 0) >= WARN

    @property
    def stops(self) -> bool:
        """Whether at least three in a thousand complained: nothing more should go out before somebody knows why."""
        return (self.complained.value or 0) >= STOP


@dataclass(frozen=True)
class MailReport:
    """All mail of a period, each person once; mailings and campaigns, those with most complaints first."""

    total: MailRow
    by_mailing: Sequence[MailRow]
    by_campaign: Sequence[MailRow]


def complaints(filters: Filters) -> MailReport:
    """Unsubscribing and complaints about mail that left in a period. Who says no to an outreach is taken off all lists as well;
    that is an answer and not counted here."""
    mails = _mails(filters)
    gone, angry = _blamed(mails, _unsubscribed(filters)), _blamed(mails, _complained(mails))
    everybody = db.session.scalar(select(func.count(distinct(mails.c.candidate_id)))) or 0

    def rates(place: _Place, reached: int) -> tuple[Rate, Rate]:
        return Rate(len(gone[place]), reached), Rate(len(angry[place]), reached)

    mailings, campaigns = _reached(mails.c.mailing_id), _reached(mails.c.campaign_id)
    subjects = _pairs(select(Mailing.id, Mailing.subject).where(Mailing.id.in_(mailings)))
    names = _pairs(select(Campaign.id, Campaign.name).where(Campaign.id.in_(campaigns)))
    sent = [MailRow(subjects.get(one, "—"), one, None, *rates(("mailing", one), n)) for one, n in mailings.items()]
    written = [MailRow(names.get(one, "—"), None, one, *rates(("campaign", one), n)) for one, n in campaigns.items()]
    return MailReport(MailRow("", None, None, *rates(("all", None), everybody)), _ranked(sent), _ranked(written))


def _mails(filters: Filters) -> Subquery:
    """Mail that arrived: to whom, when, of which mailing or campaign."""
    mailing = and_(Touchpoint.kind == Kind.MAIL_DELIVERED, Touchpoint.subject_type == "mailing")
    mailing_id = case((mailing, Touchpoint.subject_id), else_=None).label("mailing_id")
    mails = select(Touchpoint.candidate_id, Touchpoint.at, mailing_id, Touchpoint.campaign_id)
    mails = mails.where(Touchpoint.kind.in_((Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED)))
    mails = mails.where(or_(mailing, Touchpoint.campaign_id.is_not(None)), within(Touchpoint.at.expression, span(filters)))
    mails = mails.where(Touchpoint.id.not_in(bounced_mails()), *of_campaigns(filters, Touchpoint.campaign_id.expression))
    if (people := chosen_people(filters)) is not None:
        mails = mails.where(Touchpoint.candidate_id.in_(people))
    return mails.subquery()


def _reached(key: ColumnElement[Any]) -> dict[int, int]:
    """People by mailing or campaign."""
    people = select(key, func.count(distinct(key.table.c.candidate_id))).where(key.is_not(None))
    return _pairs(people.group_by(key))


def _unsubscribed(filters: Filters) -> _Moments:
    """When people unsubscribed by themselves, and not by saying no."""
    said_no = aliased(Touchpoint)
    same = said_no.candidate_id == Touchpoint.candidate_id, said_no.kind == Kind.RESPONDED, said_no.at == Touchpoint.at
    whole = span(filters)
    left = select(Touchpoint.candidate_id, Touchpoint.at).where(Touchpoint.kind == Kind.UNSUBSCRIBED)
    left = left.where(Touchpoint.at >= whole.start, Touchpoint.at < whole.end + BLAMED)
    return _grouped(db.session.execute(left.where(~select(said_no.id).where(*same).exists())))


def _complained(mails: Subquery) -> _Moments:
    """When people complained. Of a complaint only the keyed hash of the address is kept, so who it was is worked out."""
    moments = _pairs(select(Suppression.address_hash, Suppression.at).where(Suppression.reason == SuppressionReason.COMPLAINED))
    if not moments:
        return {}
    near = mails.c.at >= min(moments.values()) - BLAMED, mails.c.at <= max(moments.values())
    people = select(Candidate.id, Candidate.address_key).where(Candidate.id.in_(select(mails.c.candidate_id).where(*near)))
    hashed = ((number, address_hash(key)) for number, key in db.session.execute(people) if key)
    return {number: [moments[digest]] for number, digest in hashed if digest in moments}


def _blamed(mails: Subquery, moments: _Moments) -> Mapping[_Place, set[int]]:
    """Who had which mail in the 30 days before; they are few, so it is worked out here."""
    found: dict[_Place, set[int]] = defaultdict(set)
    people = list(moments)
    for start in range(0, len(people), _SLICE):
        theirs = select(mails).where(mails.c.candidate_id.in_(people[start : start + _SLICE]))
        for person, at, mailing_id, campaign_id in db.session.execute(theirs):
            if any(timedelta() <= moment - at <= BLAMED for moment in moments[person]):
                for place in (("all", None), ("mailing", mailing_id), ("campaign", campaign_id)):
                    found[place].add(person)
    return found


def _grouped(rows: Iterable[Any]) -> _Moments:
    found: dict[int, list[datetime]] = defaultdict(list)
    for person, at in rows:
        found[person].append(at)
    return found


def _pairs(rows: Executable) -> dict[Any, Any]:
    return {key: value for key, value in db.session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker


def _ranked(rows: list[MailRow]) -> list[MailRow]:
    return sorted(rows, key=lambda row: (-(row.complained.value or 0), -(row.unsubscribed.value or 0), row.label))
