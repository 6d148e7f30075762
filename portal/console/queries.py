"""What the first page of the console says: how far the house is set up, who waits, what goes out, what looks wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, exists, func, select

from portal import clock, config
from portal.candidates.models import Candidate, Import, ImportStatus
from portal.content import queries as content
from portal.db import Base, db
from portal.delivery.models import Delivery, OutboxMail, Status
from portal.mailings.models import Mailing, MailingStatus, Series
from portal.outreach import queries as outreach
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.outreach.queries import Unsent
from portal.pipeline import queries as pipeline
from portal.sourcing.models import Persona, Source
from portal.submissions.models import Response

WAITING_SHOWN = 12
_MONTH = timedelta(days=30)
_BUSY = (ImportStatus.MAPPING, ImportStatus.CHECKING, ImportStatus.CHECKED, ImportStatus.RUNNING)
_WRONG = (Status.FAILED, Status.UNCERTAIN, Status.WITHHELD)


@dataclass(frozen=True)
class Setup:
    """What has been done once; `pages` counts the company site's."""

    pages: int
    mail_server: bool
    persona: bool
    source: bool
    candidate: bool
    campaign: bool
    outreach: bool
    mailing: bool

    @property
    def complete(self) -> bool:
        """Whether the whole path has been walked once; a mail server may still be missing."""
        return all((self.pages, self.persona, self.source, self.candidate, self.campaign, self.outreach, self.mailing))


def setup() -> Setup:
    """How far the installation has come."""
    there = {
        "persona": Persona.id,
        "source": Source.id,
        "candidate": Candidate.id,
        "campaign": Campaign.id,
        "mailing": Mailing.id,
    }
    columns = [exists().where(key.is_not(None)).label(name) for name, key in there.items()]
    sent = exists().where(OutreachMessage.status.in_((MessageStatus.QUEUED, MessageStatus.SENT))).label("outreach")
    found = db.session.execute(select(*columns, sent)).mappings().one()
    has_server = bool(config.settings().smtp_url.get_secret_value())
    return Setup(pages=len(content.list_pages()), mail_server=has_server, **{name: bool(value) for name, value in found.items()})


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for us: where they stand, what they said last on their page, and since when it is our turn."""

    row: pipeline.TableRow
    response: Response | None
    since: date | datetime | None


def count_waiting() -> int:
    """How many people wait for us, as the pipeline counts them."""
    return pipeline.count(pipeline.Filters(waits=True))


def list_waiting() -> Sequence[Waiting]:
    """Who said yes and has nothing agreed comes before steps that are due; in both those who wait longest first."""
    # No step sorts last, so the first page from either end holds whoever can be among the first few here.
    pages = [pipeline.list_rows(pipeline.Filters(waits=True), sort) for sort in ("-next", "next")]
    rows = {row.candidate_id: row for page in pages for row in page.rows}
    said = _last_words(list(rows))
    waiting = [Waiting(row, said.get(row.candidate_id), row.next_step_on or row.since) for row in rows.values()]
    return sorted(waiting, key=_turn)[:WAITING_SHOWN]


def list_imports() -> Sequence[Import]:
    """Imports that run or wait for somebody."""
    return db.session.scalars(select(Import).where(Import.status.in_(_BUSY)).order_by(Import.id.desc()).limit(5)).all()


def list_planned() -> Sequence[Mailing]:
    """Mailings that are planned or on their way, the next first."""
    soon = select(Mailing).where(Mailing.status.in_((MailingStatus.PLANNED, MailingStatus.RUNNING, MailingStatus.PAUSED)))
    return db.session.scalars(soon.order_by(Mailing.on, Mailing.id).limit(5)).all()


def list_series() -> Sequence[Series]:
    """Newsletters that repeat, the next first."""
    return db.session.scalars(select(Series).where(Series.paused_at.is_(None)).order_by(Series.next_on).limit(3)).all()


def count_unsent() -> Unsent:
    """How many outreach messages of campaigns that go on lack something, are set aside, or have all they need to leave."""
    return sum(outreach.count_unsent().values(), Unsent())


def count_wrong() -> dict[Status, int]:
    """Mails of the last 30 days that did not leave as they should."""
    since = clock.now() - _MONTH
    rows = select(Delivery.status, func.count(Delivery.id)).where(Delivery.status.in_(_WRONG), Delivery.created_at >= since)
    return {status: count for status, count in db.session.execute(rows.group_by(Delivery.status))}  # noqa: C416


def whose(arguments: Mapping[str, Any]) -> Sequence[int]:
    """Whom a page is about, by what stands in its address: a candidate, or a row of somebody, a message or an answer say."""
    if number := arguments.get("candidate_id"):
        return [int(number)]
    if mail := arguments.get("mail_id"):
        delivered = select(Delivery.candidate_id).join(OutboxMail, OutboxMail.delivery_id == Delivery.id)
        found: list[int | None] = [db.session.scalar(delivered.where(OutboxMail.id == mail))]
    else:
        found = [
            db.session.scalar(select(column).where(column.table.c.id == number))
            for name, number in arguments.items()
            for column in columns_of_people(name)
        ]
    return [number for number in found if number is not None]


@cache
def columns_of_people(argument: str) -> Sequence[Column[Any]]:
    """The columns that name people in the table an argument counts in: `message_id` is a row of outreach_message."""
    word = argument.removesuffix("_id")
    for table in Base.metadata.sorted_tables:
        named = [column for column in table.columns if _names_a_person(column)]
        if named and (table.name == word or table.name.endswith("_" + word)):
            return named
    return []


def _names_a_person(column: Column[Any]) -> bool:
    return column.name == "candidate_id" or any(key.column.table.name == "candidate" for key in column.foreign_keys)


def _last_words(candidate_ids: Sequence[int]) -> dict[int, Response]:
    """The answer that counts of each of these people."""
    current = select(Response).where(Response.candidate_id.in_(candidate_ids), Response.replaced_at.is_(None))
    return {response.candidate_id: response for response in db.session.scalars(current.order_by(Response.id))}


def _turn(waiting: Waiting) -> tuple[bool, str]:
    return waiting.row.next_step_on is not None, waiting.since.isoformat() if waiting.since else ""
