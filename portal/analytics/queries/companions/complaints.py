"""What people say against our mail: unsubscribing, and complaining to their mail provider; for each mailing and campaign."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, distinct, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal.analytics.queries.periods import Filters, chosen_people, of_campaigns, seconds, span, within
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
    mailing = and_(Touchpoint.kind == Kind.MAIL_DELIVERED, Touchpoint.subject_type == "mailing")
    outreach = and_(Touchpoint.kind.in_((Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED)), Touchpoint.campaign_id.is_not(None))
    whole = _counts(filters, or_(mailing, outreach), literal(0))
    mailings = _counts(filters, mailing, Touchpoint.subject_id.expression)
    campaigns = _counts(filters, outreach, Touchpoint.campaign_id.expression)
    subjects = _pairs(select(Mailing.id, Mailing.subject).where(Mailing.id.in_(mailings)))
    names = _pairs(select(Campaign.id, Campaign.name).where(Campaign.id.in_(campaigns)))
    return MailReport(
        total=MailRow("", None, None, *whole.get(0, (Rate(0, 0), Rate(0, 0)))),
        by_mailing=_ranked([MailRow(subjects.get(one, "—"), one, None, *rates) for one, rates in mailings.items()]),
        by_campaign=_ranked([MailRow(names.get(one, "—"), None, one, *rates) for one, rates in campaigns.items()]),
    )


def _counts(filters: Filters, which: ColumnElement[bool], key: ColumnElement[Any]) -> Mapping[int, tuple[Rate, Rate]]:
    """For each key the share of people who unsubscribed and who complained."""
    mails = _mails(filters, which, key.label("key"))
    reached = _by_key(select(mails.c.key, func.count(distinct(mails.c.candidate_id))).group_by(mails.c.key))
    left = select(mails.c.key, func.count(distinct(mails.c.candidate_id)))
    gone = _by_key(_blamed(left, mails).group_by(mails.c.key))
    angry = _complained(mails)
    return {one: (Rate(gone[one], count), Rate(angry[one], count)) for one, count in reached.items()}


def _mails(filters: Filters, which: ColumnElement[bool], key: ColumnElement[Any]) -> Any:
    """Mail that arrived: (key, candidate_id, at)."""
    mails = select(key, Touchpoint.candidate_id, Touchpoint.at).where(which, within(Touchpoint.at.expression, span(filters)))
    mails = mails.where(Touchpoint.id.not_in(bounced_mails()), *of_campaigns(filters, Touchpoint.campaign_id.expression))
    if (people := chosen_people(filters)) is not None:
        mails = mails.where(Touchpoint.candidate_id.in_(people))
    return mails.subquery()


def _blamed(counted: Select[Any], mails: Any) -> Select[Any]:
    """Only mail after which somebody unsubscribed by themselves, and not by saying no."""
    said_no = aliased(Touchpoint)
    by_answer = select(said_no.id).where(
        said_no.candidate_id == Touchpoint.candidate_id, said_no.kind == Kind.RESPONDED, said_no.at == Touchpoint.at
    )
    left = Touchpoint.kind == Kind.UNSUBSCRIBED, ~by_answer.correlate(Touchpoint).exists()
    soon = Touchpoint.at >= mails.c.at, seconds(Touchpoint.at) - seconds(mails.c.at) <= BLAMED.total_seconds()
    return counted.join(Touchpoint, Touchpoint.candidate_id == mails.c.candidate_id).where(*left, *soon)


def _complained(mails: Any) -> Counter[int]:
    """People who complained, by key. Of a complaint only the keyed hash of the address is kept, so who it was is worked out."""
    told = select(Suppression.address_hash, Suppression.at).where(Suppression.reason == SuppressionReason.COMPLAINED)
    moments = _pairs(told)
    if not moments:
        return Counter()
    first, last = min(moments.values()) - BLAMED, max(moments.values())
    written = select(mails.c.key, mails.c.candidate_id, mails.c.at, Candidate.address_key)
    written = written.join(Candidate, Candidate.id == mails.c.candidate_id).where(Candidate.address_key.is_not(None))
    people: dict[int, set[int]] = defaultdict(set)
    for key, candidate_id, at, address in db.session.execute(written.where(mails.c.at >= first, mails.c.at <= last)):
        complained = moments.get(address_hash(address))
        if complained is not None and timedelta() <= complained - at <= BLAMED:
            people[key].add(candidate_id)
    return Counter({key: len(ids) for key, ids in people.items()})


def _by_key(pairs: Select[Any]) -> Counter[int]:
    return Counter({int(key): int(count) for key, count in db.session.execute(pairs)})


def _pairs(rows: Executable) -> dict[Any, Any]:
    return {key: value for key, value in db.session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker


def _ranked(rows: list[MailRow]) -> list[MailRow]:
    return sorted(rows, key=lambda row: (-(row.complained.value or 0), -(row.unsubscribed.value or 0), row.label))
